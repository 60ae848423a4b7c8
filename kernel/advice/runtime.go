package advice

// This file converts Python's attributes, lists and calls to those of the runtime's types.

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// pythonClass is a call of one of the runtime's classes, as Python writes it.
var pythonClass = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^(threading|queue|futures|asyncio|multiprocessing)\.((?:Thread|Process|Timer|R?Lock|Condition|(?:Bounded)?Semaphore|Event|Barrier|(?:Lifo|Priority|Simple|Joinable)?Queue|(?:Raw)?(?:Value|Array)|Pool|Manager|(?:Thread|Process|Interpreter)PoolExecutor))(\(.*\))$`)
})

// constructed returns a value in Go in which a function makes the object that Python makes by calling a class.
func constructed(value string) string {
	if m := pythonClass().FindStringSubmatch(value); m != nil {
		return m[1] + ".New" + m[2] + m[3]
	}
	return value
}

// tuple shows what holds several values.
func tuple(t words) words {
	values := list(strings.TrimRight(strings.SplitN(t["values"], "#", 2)[0], " ;"))
	names := make([]string, len(values))
	for i := range values {
		names[i] = string(rune('a' + i%26))
	}
	text, easy := goList(values)
	if !easy || len(values) < 2 {
		text, names = "1, 2", []string{"a", "b"}
	}
	return words{"names": strings.Join(names, ", "), "list": text, "go": "[]" + typeOf(values) + "{" + text + "}"}
}

// attribute shows the method that stands for an attribute of Python's.
func attribute(t words) words {
	value := strings.TrimSpace(strings.SplitN(t["value"], "#", 2)[0])
	switch name := strings.ToLower(t["member"]); name {
	case "name":
		return words{"go": fmt.Sprintf("%s.SetName(%s)", t["x"], goOf(value, `"worker"`))}
	case "daemon":
		return words{"go": fmt.Sprintf("%s.SetDaemon(%s)", t["x"], goOf(value, "true"))}
	}
	return nil
}

// overList shows how a loop goes over a List or Dict.
func overList(t words) words {
	x, two := t["x"], strings.Contains(t["names"], ",")
	switch {
	case t["type"] == "Dict" && two:
		return words{"go": "for k, v := range " + x + ".Items() { fmt.Println(k, v) }"}
	case t["type"] == "Dict":
		return words{"go": "for k := range " + x + ".Keys() { fmt.Println(k) }"}
	case two:
		return words{"go": "for i, v := range " + x + ".Enumerate() { fmt.Println(i, v) }"}
	}
	return words{"go": "for v := range " + x + ".All() { fmt.Println(v) }"}
}

// item shows how an item of a List or Dict is read and set.
func item(t words) words {
	key := goOf(t["key"], map[string]string{"List": "0", "Dict": `"a"`}[t["type"]])
	if v := strings.TrimSpace(t["value"]); v != "" {
		return words{"go": fmt.Sprintf("%s.SetItem(%s, %s)", t["x"], key, goOf(v, "1"))}
	}
	return words{"go": fmt.Sprintf("%s.GetItem(%s)", t["x"], key)}
}

// passed shows how a function is passed together with its arguments, where it was called.
func passed(t words) words {
	args := strings.TrimSpace(t["args"])
	f := t["f"]
	switch t["callee"] {
	case "threading.NewThread", "multiprocessing.NewProcess":
		if args == "" {
			return words{"go": t["callee"] + "(" + f + ")"}
		}
		pkg, _, _ := strings.Cut(t["callee"], ".")
		return words{"go": t["callee"] + "(" + f + ", " + pkg + ".Args(" + args + "))"}
	case "threading.NewTimer":
		if args == "" {
			return words{"go": "threading.NewTimer(time.Second, " + f + ")"}
		}
		return words{"go": "threading.NewTimer(time.Second, " + f + ", threading.Args(" + args + "))"}
	}
	if args != "" {
		f += ", " + args
	}
	return words{"go": t["callee"] + "(" + f + ")"}
}
