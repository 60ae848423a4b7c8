package advice

// This file defines what Python's names are called in Go: modules, their functions, builtins, and the methods of list,
// dict and str.

import (
	"slices"
	"strings"
)

// goPackage returns the import path of a Python module's counterpart, "" if there is none.
func goPackage(module string) string {
	switch module {
	case "threading", "queue", "asyncio", "multiprocessing", "socket", "socketserver":
		return "gilkernel/runtime/" + module
	case "concurrent", "concurrent.futures", "futures":
		return "gilkernel/runtime/futures"
	case "time", "math", "os", "errors", "strings", "fmt", "sync", "net", "bytes", "sort":
		return module
	case "datetime":
		return "time"
	case "random":
		return "math/rand/v2"
	case "json":
		return "encoding/json"
	case "csv":
		return "encoding/csv"
	case "re":
		return "regexp"
	case "multiprocessing.shared_memory":
		return "gilkernel/runtime/multiprocessing/sharedmemory"
	case "multiprocessing.connection":
		return "gilkernel/runtime/multiprocessing/connection"
	case "subprocess":
		return "os/exec"
	case "logging":
		return "log/slog"
	case "urllib", "urllib.request", "requests", "http", "http.server", "http.client":
		return "net/http"
	case "sys":
		return "os"
	case "os.path", "pathlib":
		return "path/filepath"
	case "collections":
		return "container/list"
	case "itertools", "functools":
		return "slices"
	case "string":
		return "strings"
	case "hashlib":
		return "crypto/sha256"
	case "heapq":
		return "container/heap"
	case "contextlib":
		return "context"
	case "dis", "_thread":
		return "gilkernel/runtime/threading"
	}
	return ""
}

// imported says how a module is imported.
func imported(t words) words {
	module := t["module"]
	path := goPackage(module)
	if path == "" {
		if first, _, more := strings.Cut(module, "."); more {
			path = goPackage(first)
		}
	}
	if path == "" && strings.Contains(strings.Split(module, "/")[0], ".") && strings.Contains(module, "/") {
		return words{} // what can't be imported of it is said already
	}
	if path == "" {
		return words{"say": module + " is no package of Go; a path stands between quotes, as in `import \"math\"`. A " +
			"cell that begins with %%python runs in Python."}
	}
	return words{"say": "In Python import takes a name; in Go a path between quotes: `import \"" + path +
		"\"`. Cells also import by themselves what they use."}
}

// importedFrom says that names keep the name of their package before them.
func importedFrom(t words) words {
	say := imported(t)["say"]
	if goPackage(t["module"]) == "" {
		return words{"say": say}
	}
	path := goPackage(t["module"])
	return words{"say": "In Python from … import takes names out of a module; in Go a package is imported whole, " +
		"`import \"" + path +
		"\"`, and its name stands before each of its own, as in " + path[strings.LastIndexByte(path, '/')+1:] +
		".Name."}
}

// module says what a function of a Python module is called in Go.
func module(t words) words {
	say := ""
	switch t["module"] + "." + t["member"] {
	case "time.sleep":
		say = "In Python time.sleep(1) sleeps a second; in Go `time.Sleep(time.Second)`, and `time.Sleep(100 * " +
			"time.Millisecond)` for 0.1."
	case "time.time", "time.perf_counter", "time.monotonic", "time.process_time":
		say = "In Python a clock is a number of seconds; in Go `start := time.Now()`, and later `time.Since(start)`."
	case "random.random":
		say = "In Python random.random(); in Go `rand.Float64()`."
	case "random.randint", "random.randrange":
		say = "In Python random.randint(1, 6); in Go `1 + rand.IntN(6)`."
	case "random.choice":
		say = "In Python random.choice(xs); in Go `[]int{1, 2}[rand.IntN(2)]`, an index by chance."
	case "random.shuffle":
		say = "In Python random.shuffle(xs); in Go `rand.Shuffle(2, func(i, j int) { })`, with a function that swaps " +
			"two."
	case "random.seed", "random.sample", "random.uniform", "random.gauss":
		say = "Python's random is math/rand/v2 in Go: `rand.Float64()`, `rand.IntN(6)`, `rand.Perm(3)`."
	case "sys.exit":
		say = "In Python sys.exit() ends the program; a cell ends with `return`, and `os.Exit(0)` ends the " +
			"interpreter with all variables."
	case "sys.argv":
		say = "In Python sys.argv; in Go `os.Args`."
	case "sys.stdout", "sys.stderr", "sys.stdin":
		say = "In Python sys." + t["member"] + "; in Go `os." + capital(t["member"]) + "`."
	case "sys.maxsize":
		say = "In Python sys.maxsize; in Go `math.MaxInt`."
	case "sys.version", "sys.version_info":
		say = "In Python sys.version; in Go `runtime.Version()`, and `gil.Version()` for the Python whose GIL is " +
			"modelled."
	case "sys.getswitchinterval":
		say = "In Python sys.getswitchinterval(); in Go `gil.GetSwitchInterval()`."
	case "sys.setswitchinterval":
		say = "In Python sys.setswitchinterval(0.005); in Go `gil.SetSwitchInterval(5 * time.Millisecond)`."
	case "sys.getcheckinterval", "sys.setcheckinterval":
		say = "In Python sys." + t["member"] + "; in Go `gil.GetCheckInterval()` and `gil.SetCheckInterval(100)`."
	case "sys._is_gil_enabled":
		say = "In Python sys._is_gil_enabled(); in Go `gil.IsGILEnabled()`."
	case "sys.getrefcount", "sys.getsizeof":
		say = "In Python sys." + t["member"] +
			" looks into an object; Go counts no references, and `unsafe.Sizeof(1)` is the size of a value."
	case "os.cpu_count", "os.process_cpu_count":
		say = "In Python " + t["module"] + "." + t["member"] + "(); in Go `runtime.NumCPU()`."
	case "os.path", "os.listdir":
		say = "In Python os.path and os.listdir; in Go `filepath.Join(\"a\", \"b\")` and `os.ReadDir(\".\")`."
	case "os.environ":
		say = "In Python os.environ[\"HOME\"]; in Go `os.Getenv(\"HOME\")`."
	case "os.system", "subprocess.run", "subprocess.Popen", "os.popen":
		say = "In Python " + t["module"] + "." + t["member"] +
			" runs a program; in Go `exec.Command(\"ls\").Output()`, and in a cell a line that begins with !"
	case "os.fork":
		say = "In Python os.fork copies the process; a Go program can't: `p := multiprocessing.NewProcess(func() { " +
			"})` is a new one, which `p.Start()` starts."
	case "multiprocessing.cpu_count":
		return nil // did you mean
	case "multiprocessing.pool":
		say = "In Python multiprocessing.pool; in Go `multiprocessing.NewPool(4)`."
	case "multiprocessing.managers":
		say = "In Python multiprocessing.managers; in Go `multiprocessing.NewManager()`."
	case "multiprocessing.shared_memory", "multiprocessing.connection":
		say = "Python's " + t["module"] + "." + t["member"] + " is in Go the package `import \"" +
			goPackage(t["module"]+"."+t["member"]) + "\"`."
	case "json.dumps", "json.dump":
		say = "In Python json.dumps(x); in Go `b, err := json.Marshal(1)`."
	case "json.loads", "json.load":
		say = "In Python json.loads(s); in Go `var v any` and `err := json.Unmarshal([]byte(\"1\"), &v)`."
	case "math.pi", "math.inf", "math.nan", "math.e":
		say = "In Python math." + t["member"] + "; in Go `" +
			map[string]string{"pi": "math.Pi", "inf": "math.Inf(1)", "nan": "math.NaN()", "e": "math.E"}[t["member"]] +
			"`."
	case "threading.enumerate", "threading.active_count":
		return nil // did you mean
	case "threading.local":
		say = "In Python threading.local(); in Go `threading.NewLocal()`."
	case "asyncio.get_event_loop", "asyncio.get_running_loop", "asyncio.new_event_loop":
		say = "In Python a loop is an object; here `asyncio.Run(func() { })` runs one, and the functions of asyncio " +
			"find it."
	}
	if say == "" && t["module"] == "sys" {
		say = "Go has no sys: `os.Args`, `os.Stdout`, `os.Exit(1)`, and of the GIL `gil.GetSwitchInterval()`."
	}
	if say == "" && t["module"] == "mp" {
		say = "In Python mp is short for multiprocessing; in Go a package keeps its name: " +
			"`multiprocessing.NewProcess(func() { })`."
	}
	if say == "" &&
		!slices.Contains([]string{"os", "time", "math", "threading", "queue", "asyncio", "futures", "multiprocessing",
			"socket", "socketserver"}, t["module"]) {
		switch path := goPackage(t["module"]); {
		case path != "" && !strings.HasSuffix(path, t["module"]):
			say = "Python's " + t["module"] + " is in Go the package `import \"" + path + "\"`."
		case t["module"] == "np" || t["module"] == "numpy" || t["module"] == "pd" || t["module"] == "plt":
			say = t["module"] + " is a package of Python; a cell that begins with %%python runs in Python, and " +
				"`[]float64{1, 2}` is Go's array of numbers."
		}
	}
	if say == "" {
		return nil
	}
	return words{"say": say}
}

// builtin says what replaces a builtin function of Python.
func builtin(t words) words {
	x := argument(t["args"], 0, "x")
	does, say := "", ""
	switch t["x"] {
	case "input":
		prompt := argument(t["args"], 0, `"name? "`)
		does, say = "asks the person", "`name, err := display.Input("+prompt+")` does"
	case "str", "repr", "format":
		does, say = "makes a text of a value", "`fmt.Sprint("+x+")` does"
	case "float":
		does, say = "makes a number of a value",
			"`float64("+x+")` converts a number, and `f, err := strconv.ParseFloat(\"1.5\", 64)` reads a text"
	case "int", "bool":
		return nil
	case "range":
		does, say = "makes a sequence",
			"range is a word of the loop: `for i := range "+argument(t["args"], 0, "3")+" { fmt.Println(i) }`"
	case "list", "tuple":
		does, say = "makes a list", "a slice is one: `xs := []int{1, 2}`"
	case "dict":
		does, say = "makes a dict", "a map is one: `d := map[string]int{\"a\": 1}`"
	case "set", "frozenset":
		does, say = "makes a set", "the keys of a map are one: `s := map[int]bool{1: true}`"
	case "enumerate":
		does, say = "counts values", "range does: `for i, v := range []int{5, 6} { fmt.Println(i, v) }`"
	case "zip":
		does, say = "goes through two lists", "an index does: `for i := range 2 { fmt.Println(i) }`"
	case "sorted":
		does, say = "sorts a list", "`slices.Sort([]int{2, 1})` does, in place"
	case "reversed":
		does, say = "turns a list round", "`slices.Reverse([]int{2, 1})` does, in place"
	case "sum", "any", "all", "filter", "reduce":
		does, say = "goes through values",
			"a loop does: `total := 0` and `for _, n := range []int{1, 2} { total += n }`"
	case "abs", "round", "pow", "divmod":
		does, say = "computes",
			"functions of math do, of float64 values: `math.Abs(-1.5)`, `math.Round(1.5)`, `math.Pow(2, 3)`"
	case "open":
		does, say = "opens a file",
			"`f, err := os.Open("+argument(t["args"], 0, `"file.txt"`)+
				")` does, and `b, err := os.ReadFile(\"file.txt\")` reads all of it"
	case "isinstance", "type", "issubclass":
		does, say = "asks for a type", "`fmt.Printf(\"%T\", 1)` prints it, and a switch tells types apart: `switch v "+
			":= any(1).(type) { case int: fmt.Println(v) }`"
	case "id":
		does, say = "is where an object is", "`fmt.Printf(\"%p\", new(int))` prints the address that a pointer holds"
	case "chr", "ord", "hex", "bin", "oct":
		does, say = "converts a number",
			"`string(rune(65))` is chr, `int('A')` is ord, and `fmt.Sprintf(\"%x\", 255)` is hex"
	case "exit", "quit":
		does, say = "ends the program",
			"a cell ends with `return`, and `os.Exit(0)` ends the interpreter with all variables"
	case "dir", "help", "vars", "locals", "globals":
		does, say = "tells about names", "?name does at the start of a cell, and %whos lists the variables"
	case "iter", "next":
		does, say = "goes through values one by one", "range does: `for _, n := range []int{1, 2} { fmt.Println(n) }`"
	case "bytes", "bytearray":
		does, say = "makes bytes", "`[]byte(\"text\")` does"
	case "object", "property", "staticmethod", "super", "getattr", "setattr", "hasattr":
		does, say = "works on classes",
			"types have fields and methods, and no such functions: `type P struct { n int }`"
	case "hash", "eval", "exec", "compile", "callable":
		does, say = "is a builtin function", "there is none like it; %%python runs a cell in Python"
	}
	if say == "" {
		return nil
	}
	return words{"does": does, "say": say}
}

// method says what replaces a method of list, dict or str.
func method(t words) words {
	x, arg := t["x"], argument(t["args"], 0, "1")
	text := argument(t["args"], 0, `"a"`)
	kind := "list"
	switch {
	case strings.HasPrefix(t["type"], "map["):
		kind = "dict"
	case strings.HasPrefix(t["type"], "string"), t["type"] == "untyped string":
		kind = "str"
	}
	code := ""
	switch kind + "." + t["member"] {
	case "list.len", "list.length", "list.size", "dict.len", "dict.length", "dict.size", "str.len", "str.length",
		"str.size":
		return words{"say": "In Go, as in Python, a function counts: `len(" + x + ")`."}
	case "list.append":
		code = x + " = append(" + x + ", " + arg + ")"
	case "list.extend":
		code = x + " = append(" + x + ", " + argument(t["args"], 0, "1") + "...)"
		if strings.HasSuffix(code, "1...)") {
			code = x + " = append(" + x + ", " + x + "...)"
		}
	case "list.pop":
		code = x + " = " + x + "[:len(" + x + ")-1]"
	case "list.insert":
		code = x + " = slices.Insert(" + x + ", " + argument(t["args"], 0, "0") + ", " + argument(t["args"], 1, "1") +
			")"
	case "list.remove":
		code = "if i := slices.Index(" + x + ", " + arg + "); i >= 0 { " + x + " = slices.Delete(" + x + ", i, i+1) }"
	case "list.clear":
		code = x + " = " + x + "[:0]"
	case "list.copy":
		code = "ys := slices.Clone(" + x + ")"
	case "list.sort":
		code = "slices.Sort(" + x + ")"
	case "list.reverse":
		code = "slices.Reverse(" + x + ")"
	case "list.index":
		code = "i := slices.Index(" + x + ", " + arg + ")"
	case "list.count", "dict.setdefault", "dict.pop", "dict.popitem":
		return words{"say": "Go's slices and maps have no methods; a loop does it: `for i, v := range " + x +
			" { fmt.Println(i, v) }`."}
	case "dict.keys", "dict.values", "dict.items":
		code = "for k, v := range " + x + " { fmt.Println(k, v) }"
	case "dict.get":
		code = "v, ok := " + x + "[" + text + "]"
	case "dict.update":
		code = "maps.Copy(" + x + ", " + argument(t["args"], 0, t["type"]+"{}") + ")"
	case "dict.clear":
		code = "clear(" + x + ")"
	case "dict.copy":
		code = "m := maps.Clone(" + x + ")"
	case "str.upper":
		code = "strings.ToUpper(" + x + ")"
	case "str.lower":
		code = "strings.ToLower(" + x + ")"
	case "str.strip", "str.lstrip", "str.rstrip":
		code = "strings.TrimSpace(" + x + ")"
	case "str.split", "str.splitlines":
		code = "strings.Fields(" + x + ")"
		if t["args"] != "" && text != `"a"` {
			code = "strings.Split(" + x + ", " + text + ")"
		}
	case "str.join":
		code = "strings.Join([]string{\"a\", \"b\"}, " + x + ")"
	case "str.replace":
		code = "strings.ReplaceAll(" + x + ", " + text + ", " + argument(t["args"], 1, `"b"`) + ")"
	case "str.startswith":
		code = "strings.HasPrefix(" + x + ", " + text + ")"
	case "str.endswith":
		code = "strings.HasSuffix(" + x + ", " + text + ")"
	case "str.find", "str.index":
		code = "strings.Index(" + x + ", " + text + ")"
	case "str.count":
		code = "strings.Count(" + x + ", " + text + ")"
	case "str.format":
		code = "fmt.Sprintf(\"%v\", " + argument(t["args"], 0, "1") + ")"
	case "str.encode":
		code = "[]byte(" + x + ")"
	case "str.isdigit", "str.isalpha", "str.title", "str.capitalize", "str.zfill", "str.center":
		code = "strings.ToTitle(" + x + ")"
		return words{"say": "In Python a " + kind +
			" has methods; in Go the functions of strings, unicode and fmt do such things: `" + code + "`."}
	}
	if code == "" {
		return nil
	}
	return words{"say": "In Python a " + kind + " has methods; in Go a function or a statement does it: `" + code +
		"`."}
}
