package advice

// This file defines the table. The first row that fits wins, so what is special stands before what is general.

var table = []row{
	// Comments and strings.
	{name: "# comment", code: `#`, advice: "In Python # begins a comment; in Go `// text` does."},
	{name: "triple quotes", code: `"""|'''`,
		advice: `In Python """ begins a string of several lines; in Go a backquote begins one and ends it.`},
	{name: "f-string", code: `(^|\W)[fF][rR]?(?P<text>"_*"|'_*')`,
		advice: "In Python f\"…\" puts values into a text; in Go a function does: `$go`.", with: fString},
	{name: "prefixed string", code: `(^|\W)([rRuU]|[bB][rR]?)(?P<text>"_*"|'_*')`,
		advice: "In Python r'…' and b'…' are kinds of strings; in Go raw text stands between backquotes, and " +
			"`[]byte(\"text\")` makes bytes."},
	{name: "'text'", msg: `rune literal`, at: `^(?P<text>'_*'?)`,
		advice: "In Python '…' is a string; in Go it is one character, and a string stands between double quotes: " +
			"`$go`.", with: quoted},
	{name: "'c'", msg: `untyped rune constant|rune\)|untyped rune`, code: `(?P<text>'_+')`,
		advice: "In Python '…' is a string; in Go it is one character, which is a number: the string is `$go`.",
		with:   quoted},

	// Imports.
	{name: "import", code: `^\s*import\s+(?P<module>[a-zA-Z_][\w.]*)\s*(as\b.*|[,;#].*)?$`, advice: "$say",
		with: imported},
	{name: "from import", code: `^\s*from\s+(?P<module>[\w.]+)\s+import\b\s*(?P<names>.*)`, advice: "$say",
		with: importedFrom},
	{name: `import "threading"`, msg: `^could not import (?P<module>[\w./]+)`, advice: "$say", with: imported},

	{name: "go get", code: `^\s*go\s+get\s+(-u\s+)?(?P<path>[\w.~/@-]+)`,
		advice: "The go command is for a terminal; in a cell %get $path fetches a module."},

	// Definitions.
	{name: "decorator", code: `^\s*@\s*(?P<name>\w+)`,
		advice: "In Python @$name wraps the function below it; Go has no decorators: call what wraps, as in `g := " +
			"$name(f)`."},
	{name: "async def", code: `^\s*async\s+def\s+(?P<name>\w+)`,
		advice: "In Python async def makes a coroutine function; in Go a function is one when a task runs it: `func " +
			"$name() { }` and `asyncio.Run($name)`."},
	{name: "async with", code: `^\s*async\s+(with|for)\b`,
		advice: "In Python async marks what awaits; in Go nothing is marked: any call may wait."},
	{name: "method", code: `^\s*def\s+(?P<name>\w+)\s*\((?P<args>\s*(self|cls)\b[^)]*)`,
		advice: "In Python a method stands in its class and takes self; in Go it stands by itself and names its " +
			"receiver: `type Counter struct { n int }` and `func (c *Counter) $name($params) { }`.", with: def},
	{name: "def", code: `^\s*def\s+(?P<name>\w+)\s*\((?P<args>[^)]*)`,
		advice: "In Python def makes a function; in Go func does, and parameters and result have types: `func " +
			"$name($params) int { return 1 }`.", with: def},
	{name: "def", code: `^\s*def\s+\w`,
		advice: "In Python def makes a function; in Go func does: `func add(a, b int) int { return a + b }`."},
	{name: "class", code: `^\s*class\s+(?P<name>\w+)`,
		advice: "In Python class makes a type; in Go type does, and methods stand beside it: `type $name struct { n " +
			"int }` and `func (x *$name) Add() { x.n++ }`."},
	{name: "lambda", code: `\blambda\b\s*(?P<args>[\w\s,*=]*):\s*(?P<body>[^=,)\s][^,)]*)`,
		advice: "In Python lambda makes a function; in Go func does: `$go`.", with: lambda},
	{name: "global", code: `^\s*(global|nonlocal)\s+(?P<name>\w+)`, advice: "In Python global and nonlocal say that " +
		"= sets a variable outside; in Go = always sets the variable that exists, and := makes a new one."},
	{name: "yield", code: `(^|=)\s*yield\s+\S`, advice: "In Python yield makes a generator; in Go a function that " +
		"takes yield is one: `func numbers(yield func(int) bool) { yield(1) }`, for `for n := range numbers { " +
		"fmt.Println(n) }`."},
	{name: "await", code: `\bawait\s+asyncio\.(?P<name>\w+)\(`,
		advice: "In Python await waits for a coroutine; in Go a call waits by itself: asyncio.$go(…).", with: camel},
	{name: "await", code: `\bawait\s+\w`, advice: "In Python await waits for a coroutine; in Go a call waits by " +
		"itself, and `asyncio.CreateTask(work).Await()` waits for a task."},
	{name: "annotation", msg: `cannot assign to|is not an expression|is a type|^undefined: str$`,
		code:   `^\s*(?P<name>\w+)\s*:\s*(?P<type>int|str|float|bool)\s*=\s*(?P<value>.+)$`,
		advice: "In Python a type stands behind a colon; in Go `var $name $gotype = $value`.", with: annotation},
	{name: "let", code: `^\s*((let|auto)\s+(?P<name>\w+)\s*:?=|(const|var)\s+(?P<name>\w+)\s*:=)\s*(?P<value>.+)$`,
		advice: "In Go := makes a variable without another word: `$name := $value`.", with: assigned},

	// Statements.
	{name: "with open", code: `^\s*with\s+open\((?P<args>[^)]*)\)\s*(as\s+(?P<name>\w+))?`,
		advice: "In Python with closes the file; in Go defer does: `$name, err := os.Open($file)`, then `defer " +
			"$name.Close()`.", with: opened},
	{name: "with pool",
		code: `^\s*with\b.*\b(?P<class>(Thread|Process|Interpreter)PoolExecutor|Pool)\((?P<args>[^)]*)\)\s*(as\s+(?P<name>\w+))?`,
		advice: "In Python with shuts the pool down; in Go its method With does: `$pkg.New$class($n).With(func($name " +
			"*$pkg.$class) { })`.", with: pool},
	{name: "with", code: `^\s*with\s+(?P<name>\w+)\s*[:{]`,
		advice: "In Python with acquires and releases; in Go the lock's method With does: `$name.With(func() { })`."},
	{name: "with", code: `^\s*with\s+\w`, advice: "In Python with ends what it began; in Go defer does when the " +
		"function returns: `defer fmt.Println(\"closed\")`."},
	{name: "while True", code: `^\s*while\s*\(?\s*(True|true|1)\s*\)?\s*[:{]`,
		advice: "In Python while is a loop; in Go for is the only one: `for { }`."},
	{name: "while", code: `^\s*while\b\s*(?P<condition>[\w(!"'][^:{]*)`,
		advice: "In Python while is a loop; in Go for is the only one: `for $go { }`.", with: condition("x < 3")},
	{name: "comprehension", code: `\[[^\[\]]*\bfor\s+(?P<name>\w+)\s+in\s+(?P<what>[^\]]*)\]`,
		advice: "In Python a comprehension makes a list; in Go a loop does: `ys := []int{}`, then `$loop`.",
		with:   comprehension},
	{name: "dict comprehension", code: `\{[^{}]*\bfor\s+(?P<name>[\w, ]+)\s+in\s+(?P<what>[^}]*)\}`,
		advice: "In Python a comprehension makes a dict; in Go a loop fills a map: `m := map[int]bool{}`, then `for " +
			"i := range 3 { m[i] = true }`."},
	{name: "generator expression", code: `\([^()]*\bfor\s+\w+\s+in\b`, advice: "In Python (… for x in xs) is a " +
		"generator; in Go a loop is written out: `total := 0`, then `for _, n := range []int{1, 2} { total += n }`."},
	{name: "for in", code: `^\s*for\s+(?P<names>[\w, ()]+?)\s+in\s+(?P<what>.*?)\s*:?\s*\{?\s*$`,
		advice: "Python's for … in is for … range in Go, and the block stands in braces: `$go`.", with: forLoop},
	{name: "for in", code: `^\s*for\s+(?P<names>[\w, ]+?)\s+in\s+(?P<what>.*?):`,
		advice: "Python's for … in is for … range in Go, and the block stands in braces: `$go`.", with: forLoop},
	{name: "try", code: `^\s*except\s*(\w.*|\(.*)?:\s*($|[^=])`, advice: tryAdvice},
	{name: "try", msg: `label try (declared|defined) and not used`, advice: tryAdvice},
	{name: "finally", msg: `label finally (declared|defined) and not used`,
		advice: "In Python finally is done in any case; in Go what is deferred is: `defer fmt.Println(\"done\")`."},
	{name: "finally", code: `^\s*finally\s*:\s*\S`,
		advice: "In Python finally is done in any case; in Go what is deferred is: `defer fmt.Println(\"done\")`."},
	{name: "raise", code: `^\s*raise\s+(?P<what>\w.*)$`,
		advice: "In Python raise throws an exception; in Go panic does, `$go`, but functions mostly return an error.",
		with:   raised},
	{name: "raise", msg: `^undefined: raise$`,
		advice: "In Python raise throws an exception again; in Go panic throws one: `panic(errors.New(\"text\"))`."},
	{name: "assert", code: `^\s*assert\s+(?P<condition>[\w(!"'][^,]*)`,
		advice: "In Python assert stops if the condition doesn't hold; in Go `if !($go) { panic(\"assertion " +
			"failed\") }`.", with: condition("x == 1")},
	{name: "elif", code: `\belif\b\s*(?P<condition>[\w(!"'][^:{]*)`,
		advice: "In Python elif asks again; in Go `if x > 9 { } else if $go { }`.", with: condition("x > 1")},
	{name: "del", code: `^\s*del\s+(?P<map>[\w.]+)\[(?P<key>[^\]]+)\]`,
		advice: "In Python del removes a key; in Go `delete($map, $go)` does, from a map.", with: deleted},
	{name: "del", code: `^\s*del\s+\w`, advice: "In Python del forgets a name; in cells %del does, and " +
		"`delete(map[string]int{\"a\": 1}, \"a\")` removes a key from a map."},
	{name: "print x", code: `^\s*print\s+[^(=:\s]`, advice: "In Go a call has parentheses: `fmt.Println(\"text\")`."},
	{name: "match", code: `^\s*match\s+(?P<what>[^:{]+):\s*$`, advice: "In Python match compares with patterns; in " +
		"Go switch compares with values: `switch $go { case 1: fmt.Println(\"one\") }`.", with: matched},
	{name: "not in", code: `(?P<x>[\w."'\[\]]+)\s+not\s+in\s+(?P<xs>[\w.]+)`, advice: "In Python not in looks into a " +
		"list; in Go `!slices.Contains($xs, $go)` does, and `_, ok := m[\"a\"]` looks into a map.", with: contained},
	{name: "is None", code: `(?P<x>[\w.]+)\s+is\s+(?P<not>not\s+)?None\b`,
		advice: "In Python is None asks for no value; in Go `$x $op nil`.", with: isNone},
	{name: "is", code: `(?P<x>[\w.]+)\s+is\s+(not\s+)?\w`, advice: "In Python is asks whether two are the same " +
		"object; in Go == compares, and pointers are equal if they point to the same: `x == 1`."},
	{name: "not, and, or", code: `(^|[\w)\]"'] )\s*(and|or|not)\s+[\w("'!]|(\b(if|return|while)|[=(,])\s*not\s+`,
		advice: "In Python not, and, or; in Go !, &&, ||: `!(x > 3) && (x == 1 || x == 2)`."},
	{name: "in", code: `(^|[=(,]|\bif|\breturn)\s*(?P<x>[\w.]+|"_*"|'_*')\s+in\s+(?P<xs>[\w.]+)`,
		advice: "In Python in looks into a list; in Go `slices.Contains($xs, $go)` does; for a map, `_, ok := " +
			"m[\"a\"]`.", with: contained},
	{name: "in", code: `(^|[=(,]|\bif|\breturn)\s*(?P<x>[\w.]+|"_*"|'_*')\s+in\b\s*\S`,
		advice: "In Python in looks into a list; in Go `slices.Contains([]int{1, 2}, 1)` does."},
	{name: "type(x)", code: `(^|[=(,]|\breturn|\bif)\s*type\((?P<x>[^()]+)\)`,
		advice: "In Python type tells what a value is; in Go `fmt.Printf(\"%T\", $x)` prints it."},
	{name: "x if c else y",
		code:   `(?P<head>(^|=|\breturn\b|[(,]))\s*(?P<x>[^=(,]+?)\s+if\s+(?P<condition>.+?)\s+else\s+(?P<y>[^):,]+)`,
		advice: "In Python x if c else y chooses; Go has an if statement only: `y := $y`, then `if $go { y = $x }`.",
		with:   choice},

	// Calls.
	{name: "keyword argument", code: `(?P<callee>[\w.]+)\s*(?P<args>\(([^(){}]|\([^(){}]*\))*?\b\w+\s*=[^=].*)$`,
		advice: "In Python an argument may have a name; in Go arguments go by their places$also: `$go`.",
		with:   keyworded},
	{name: "**kwargs", msg: `cannot indirect`, code: `[(,]\s*\*\*?(?P<name>\w+)\s*[,)]`, advice: "In Python * and ** " +
		"spread a list or a dict over the parameters; in Go `append([]int{}, []int{1, 2}...)` spreads a slice, and " +
		"there is nothing for maps."},

	// Expressions.
	{name: "slice with step", msg: `3-index slice|middle index|final index`, code: `\[[^\]]*:[^\]]*:`,
		advice: "In Python [a:b:step] takes each step-th value, and [::-1] turns a list round; in Go a loop or " +
			"`slices.Reverse([]int{1, 2})` does."},
	{name: "list", code: `(^|[=(,:]|\breturn|\bin)\s*(?P<list>\[[^\]]*\])\s*($|[^\w\[\]({*.\s]|\s*[-+*/:;)#])`,
		advice: "In Python [1, 2] is a list; in Go a slice names its type: `$go`.", with: listed},
	{name: "list", msg: `expecting \]|expected type|unexpected comma`, code: `(?P<list>\[[^\]]*,.*)`,
		advice: "In Python [1, 2] is a list; in Go a slice names its type: `$go`.", with: listed},
	{name: "dict", code: `(^|(?P<head>[=(,]|\breturn))\s*(?P<map>\{[^}]*\}?)\s*($|[^\w\s])`,
		advice: "In Python {\"a\": 1} is a dict; in Go a map names its types: `$go`.", with: mapped},
	{name: "dict", msg: `label`, code: `^\s*(?P<map>\{.*)`,
		advice: "In Python {\"a\": 1} is a dict; in Go a map names its types: `$go`.", with: mapped},
	{name: "tuple", code: `(=|\breturn)\s*(?P<list>\([^()]*,[^()]*\))\s*$`, advice: "In Python (1, 2) is a tuple; Go " +
		"has none: `x, y := 1, 2` sets two variables, and a function may return two values."},
	{name: "if x = 5", msg: `assignment|cannot use .* as value|used as value|missing parentheses`,
		code:   `^\s*(if|for|} else if)\s+(?P<x>[\w.]+)\s*=\s*(?P<y>[^={]+?)\s*\{`,
		advice: "= sets a variable; == compares: `if $x == $y { }`."},
	{name: "x = y = 3", code: `^\s*(?P<x>\w+)\s*=\s*(?P<y>\w+)\s*=\s*(?P<value>[^=]+)$`,
		advice: "In Python x = y = 3 sets both; in Go `$x, $y = $value, $value`."},
	{name: "i++", code: `(=|\(|\breturn)\s*(?P<x>\w+)\s*(\+\+|--)`,
		advice: "In Go `$x++` is a statement, not a value: it stands on a line of its own."},
	{name: "++i", code: `(\+\+|--)\s*(?P<x>[a-zA-Z_]\w*)`, advice: "In Go the sign stands behind the name: `$x++`."},
	{name: "range()", code: `(?P<x>\w+)\s*:?=\s*(list\()?range\((?P<args>[^)]*)\)`,
		advice: "In Python range makes a sequence; in Go it is a word of the loop: `for i := range 3 { " +
			"fmt.Println(i) }`."},
	{name: "<>", code: `\w\s*<>\s*\w`, advice: "In Go != is unequal: `x != 1`."},
	{name: "x?", code: `\w\s*\?`, advice: "Go has no ?: operator, but an if statement: `if x > 3 { }`. For the " +
		"documentation of a name, ? stands before it at the start of a cell, as in ?fmt.Println."},

	// Blocks.
	{name: "else:", code: `^\s*\}?\s*else\s*:`, advice: "In Python a colon begins a block; in Go it stands in " +
		"braces, and else on the line of the brace: `if x > 1 { } else { }`."},
	{name: "if:", code: `^\s*if\s*(?P<condition>[^:{]+?)\s*:([^=]|$)`,
		advice: "In Python a colon begins a block; in Go it stands in braces: `if $go { }`.", with: condition("x > 1")},
	{name: "for:", code: `^\s*for\b.*[^:]:\s*$`,
		advice: "In Python a colon begins a block; in Go it stands in braces: `for i := range 3 { fmt.Println(i) }`."},
	{name: "func:", code: `^\s*func\b.*:\s*$`,
		advice: "In Python a colon begins a block; in Go it stands in braces: `func add(a, b int) int { return a + b " +
			"}`."},
	{name: "else on its own line", msg: `keyword else`, code: `^\s*else\b`,
		advice: "In Go else stands on the line of the closing brace: `if x > 1 { } else { }`."},
	{name: "brace on its own line",
		msg:    `unexpected newline, (expected|expecting) \{|before \{|missing function body|unexpected \{`,
		code:   `^\s*(if|for|func|switch|\{)`,
		advice: "In Go the opening brace stands on the line of its if, for or func: `if x > 1 { }`."},

	// Names.
	{name: "True", msg: `^undefined: True$`, advice: "In Python True; in Go `true`."},
	{name: "False", msg: `^undefined: False$`, advice: "In Python False; in Go `false`."},
	{name: "None", msg: `^undefined: (None|null|NULL)$`, advice: "In Python None is no value; in Go nil is, for " +
		"pointers, slices, maps, channels, functions and interfaces: `var p *int = nil`. Other types have a zero " +
		"value."},
	{name: "self", msg: `^undefined: (self|this|cls)$`, advice: "In Python a method takes self; in Go it names its " +
		"receiver: `type Counter struct { n int }` and `func (c *Counter) Add() { c.n++ }`."},
	{name: "__name__", msg: `__name__`,
		advice: "In Python __name__ tells a program from a module; a cell has no need of it: its statements run."},
	{name: "pass", msg: `^undefined: pass$`,
		advice: "In Python pass does nothing; in Go a block may be empty: `for range 3 { }`."},
	{name: "parameter without a type", msg: `^undefined: (?P<x>\w+)$`, before: `\bfunc\b[^{]*\([^()]*$`,
		advice: "In Python a parameter is a name; in Go it has a type: `func f(x int) { }`.", with: unknownType},
	{name: "a module", msg: `^undefined: (?P<module>\w+)$`, at: `^\w+\.(?P<member>\w+)`, advice: "$say", with: module},
	{name: "a function of a module", msg: `^undefined: (?P<module>\w+)\.(?P<member>\w+)`, advice: "$say", with: module},
	{name: "for i = 0", msg: `^undefined: (?P<x>\w+)$`, before: `\bfor\s+$`, at: `^\w+\s*=[^=]`,
		advice: "= sets a variable that exists; := makes a new one: `for $x := 0; $x < 3; $x++ { }`."},
	{name: "y = 3", msg: `^undefined: (?P<x>\w+)$`, before: `(^|[;{}])\s*$`,
		at:     `^(?P<names>\w+(\s*,\s*\w+)*)\s*=\s*(?P<value>[^=].*)$`,
		advice: "In Python = makes a variable; in Go := does, and = sets one that exists: `$names := $value`.",
		with:   assigned},
	{name: "total += 1", msg: `^undefined: (?P<x>\w+)$`, at: `^\w+\s*([-+*/]=|\+\+|--)`,
		advice: "$x has no value yet that could change; := makes it: `$x := 0`."},
	{name: "x := 6 again", msg: `no new variables`,
		code:   `(?P<names>\w+(\s*,\s*\w+)*)\s*:=\s*(?P<value>.*?)(\s*[;{].*)?$`,
		advice: ":= makes a variable, and $names exists already in this cell; = sets it: `$names = $value`.",
		with:   assigned},
	{name: "exception", msg: `^undefined: (?P<x>(Value|Runtime|Type|Timeout|Attribute|Assertion|Overflow)Error)$`,
		advice: "Python's exceptions are in a package: `&exceptions.$x{Message: \"text\"}`; panic raises one."},
	{name: "exception",
		msg: `^undefined: (Exception|KeyError|IndexError|ZeroDivisionError|StopIteration|FileNotFoundError|IOError|OSError|NameError|ImportError|BaseException|NotImplementedError)$`,
		advice: "In Python exceptions are raised; in Go functions return an error: `err := errors.New(\"text\")`, " +
			"and panic raises one."},
	{name: "builtin", msg: `^undefined: (?P<x>\w+)$`, at: `^\w+\s*(?P<args>\(.*)?`,
		advice: "In Python $x $does; in Go $say.", with: builtin},
	{name: "map", msg: `unexpected (newline|\(|name|comma|literal).*|expected \[|unexpected keyword map`,
		code: `\bmap\s*\(`, advice: "In Python map calls a function for each value; in Go a loop does: `for _, n := " +
			"range []int{1, 2} { fmt.Println(n) }`."},

	// Types.
	{name: "method of list, dict or str",
		msg: `^(?P<x>.+)\.(?P<member>\w+) undefined \(type (?P<type>(\[\]|map\[|(untyped )?string|\[).*?) has no`,
		at:  `^\w+\s*(?P<args>\(.*)?`, advice: "$say", with: method},
	{name: "arguments of a thread",
		msg:    `^cannot use (?P<x>.+?) \(.*\) as (?P<pkg>threading|multiprocessing)\.Option value in argument to (?P<f>(threading|multiprocessing)\.New(Thread|Timer|Process))`,
		advice: "In Python args=(…) has the target's arguments; in Go the option $pkg.Args does: `$pkg.Args($x)`."},
	{name: "wait in seconds",
		msg: `^cannot use (?P<n>-?[\d.]+) \(untyped \w+ constant\) as (?P<pkg>threading|queue|futures|multiprocessing)\.(Wait)?Option value in argument to (?P<f>[\w.]+)`,
		advice: "In Python a timeout is a number of seconds; in Go an option with a time.Duration: " +
			"`$f($pkg.Timeout($go))`.", with: timeout},
	{name: "wait or not",
		msg:    `^cannot use (?P<n>true|false) \(untyped bool constant\) as (?P<pkg>threading|queue|multiprocessing)\.(Wait)?Option value in argument to (?P<f>[\w.]+)`,
		advice: "In Python the first argument says whether to wait; in Go an option does: `$f($pkg.$go($n))`.",
		with:   blocking},
	{name: "seconds", msg: `(cannot use|constant) (?P<n>\d*\.\d+).*(time\.Duration|truncated)`,
		code:   `(?P<f>time\.Sleep|time\.After|asyncio\.Sleep|threading\.Timeout|queue\.Timeout|futures\.Timeout|multiprocessing\.Timeout|time\.NewTimer)\(`,
		advice: "In Python a time is a number of seconds; in Go it is a time.Duration: `$f($go)`.", with: timeout},
	{name: "seconds",
		msg: `cannot use (?P<n>[\w.]+) \(.*variable of type (int|float64|int64)\) as time\.Duration value`,
		advice: "In Python a time is a number of seconds; in Go it is a time.Duration: `time.Duration($n) * " +
			"time.Second`."},
	{name: "any",
		msg:    `^cannot use (?P<x>.+) \(.*of (interface )?type (any|interface\{\})\) as (?P<type>[\w.\[\]*]+) value`,
		advice: "$x is an any: whatever was put in; say what it is: `$x.($type)`."},
	{name: "any in arithmetic",
		msg:    `^invalid operation: (?P<all>.+) \(mismatched types (?P<left>[\w ]+) and (?P<right>[\w ]+)\)$`,
		advice: "$x is an any: whatever was put in; say what it is: `$go`.", with: asserted},
	{name: "any in arithmetic",
		msg:    `operator \S+ not defined on (?P<x>.+) \(.*of (interface )?type (any|interface\{\})\)`,
		advice: "$x is an any: whatever was put in; say what it is: `$x.(int)`."},
	{name: "**", msg: `cannot indirect|mismatched types`,
		code:   `(?P<x>[\w.]+|\([^()]*\))\s*\*\*\s*(?P<y>[\w.]+|\([^()]*\))`,
		advice: "In Python ** is the power; in Go a function is: `math.Pow($x, $y)`, of float64 values."},
	{name: `"a" * 3`, msg: `mismatched types|operator \* not defined|cannot convert`,
		code:   `(?P<x>"_*")\s*\*\s*(?P<y>\w+)`,
		advice: "In Python a string times a number repeats it; in Go `strings.Repeat($x, $y)` does."},
	{name: `"%d" % x`, msg: `mismatched types|operator % not defined`, code: `(?P<x>"_*")\s*%\s*(?P<y>[\w.]+)`,
		advice: "In Python % puts values into a text; in Go `fmt.Sprintf($x, $y)` does."},
	{name: `"a" + 1`, msg: `mismatched types (untyped string|string) and|mismatched types .* and (untyped ` +
		`string|string)|operator \+ not defined|cannot convert .* to type string`,
		code:   `(?P<x>[\w."]+)\s*\+\s*(?P<y>[\w."]+)`,
		advice: "A string and a number don't add up, as in Python; `fmt.Sprint($x, $y)` makes one text of them."},
	{name: "a < b < c", msg: `mismatched types (untyped )?bool and`,
		code:   `(?P<x>[\w.]+)\s*(?P<one><=?|>=?)\s*(?P<y>[\w.]+)\s*(?P<two><=?|>=?)\s*(?P<z>[\w.]+)`,
		advice: "In Python comparisons form a chain; in Go `$x $one $y && $y $two $z`."},
	{name: "int and float",
		msg:    `^invalid operation: (?P<all>.+) \(mismatched types (?P<left>int|float64) and (int|float64)\)$`,
		advice: "In Python numbers mix; in Go one is converted first: `$go`.", with: converted},
	{name: "int(text)", msg: `cannot convert (?P<x>.+?) \(.*\bstring\b.*\) to type (int|float64)`,
		advice: "In Python int and float read text; in Go `n, err := strconv.Atoi($x)` does, and `f, err := " +
			"strconv.ParseFloat($x, 64)`."},
	{name: "truth", msg: `non-boolean condition in`, code: `^\s*(?:\} else )?(if|for)\s+(?P<x>[^{]+?)\s*\{`,
		advice: "In Python any value is true or false; in Go a condition is a bool: compare $x, as in `x != 0`, or " +
			"`len(\"text\") > 0`."},
	{name: "not x", msg: `operator ! not defined on (?P<x>\S+)`,
		advice: "In Python any value is true or false; in Go ! needs a bool: compare $x, as in `x == 0`."},
	{name: "and, or", msg: `operator (&&|\|\|) not defined|mismatched types (untyped )?bool and|and (untyped )?bool\)`,
		code: `&&|\|\|`, advice: "In Python and and or take any value; in Go && and || need a bool on both sides: a " +
			"number is compared, as in `x != 0`."},
	{name: "nil", msg: `untyped nil|cannot use nil`, advice: "In Python any variable can be None; in Go a number, a " +
		"string or a struct can't be nil and has a zero value instead: `x == 0`."},
	{name: "negative index", msg: `index .*must not be negative`, code: `(?P<x>[\w.]+)\[\s*-\s*(?P<n>\w+)\s*\]`,
		advice: "In Python [-1] counts from the end; in Go `$x[len($x)-$n]`."},
	{name: "negative index", msg: `index .*must not be negative`,
		code:   `(?P<x>[\w.]+)\[(?P<from>[^\[\]:-]*):\s*-\s*(?P<n>\w+)\s*\]`,
		advice: "In Python [:-1] counts from the end; in Go `$x[$from:len($x)-$n]`."},
	{name: "negative index", msg: `index .*must not be negative`, code: `(?P<x>[\w.]+)\[\s*-\s*(?P<n>\w+)\s*:\s*\]`,
		advice: "In Python [-1:] counts from the end; in Go `$x[len($x)-$n:]`."},
	{name: "tuple", msg: `assignment mismatch: 1 variable but \d+ values`,
		code: `^\s*(var\s+)?(?P<x>\w+)\s*:?=\s*(?P<values>[^=]+,[^=]+)$`,
		advice: "In Python 1, 2 is a tuple; Go has none: `$names := $list` sets several variables, and a slice holds " +
			"several values: `$x := $go`.", with: tuple},
	{name: "attribute",
		msg: `^(?P<x>[\w.]+)\.(?P<member>name|daemon) undefined \(type \*?(threading\.Thread|asyncio\.Task|multiprocessing\.Process) `, code: `\.(name|daemon)\s*=\s*(?P<value>[^=].*)$`,
		advice: "In Python an attribute is set with =; in Go a method does: `$go`.", with: attribute},
	{name: "attribute", msg: `^cannot assign to (?P<x>[\w.]+)\.(?P<member>Name|Daemon) \(neither addressable`,
		code:   `\.(Name|Daemon)\s*=\s*(?P<value>[^=].*)$`,
		advice: "In Python an attribute is set with =; in Go a method does: `$go`.", with: attribute},
	{name: "range over a List",
		msg:    `^cannot range over (?P<x>[\w.]+) \(variable of (struct )?type \*?builtins\.(?P<type>List|Dict)\)`,
		code:   `\bfor\s+(?P<names>[\w, ]+?)\s*:?=\s*range\b`,
		advice: "In Python for goes over a list; in Go a method of the $type yields what the loop goes over: `$go`.",
		with:   overList},
	{name: "range over a List",
		msg:    `^cannot range over (?P<x>[\w.]+) \(variable of (struct )?type \*?builtins\.(?P<type>List|Dict)\)`,
		advice: "In Python for goes over a list; in Go a method of the $type yields what the loop goes over: `$go`.",
		with:   overList},
	{name: "len of a List",
		msg: `^invalid argument: (?P<x>[\w.]+) \(variable of (struct )?type \*?builtins\.(List|Dict)\) for built-in len`, advice: "In Python len counts; here a method does: `$x.Len()`."},
	{name: "append to a List",
		msg: `^invalid append: argument must be a slice; have (?P<x>[\w.]+) \(variable of (struct )?type \*?builtins\.List\)`, advice: "Go's append makes a longer slice; a List has Python's method: `$x.Append(1)`."},
	{name: "item of a List",
		msg:    `^cannot index (?P<x>[\w.]+) \(variable of (struct )?type \*?builtins\.(?P<type>List|Dict)\)`,
		code:   `\[(?P<key>[^\[\]]+)\]\s*(=\s*(?P<value>[^=].*))?`,
		advice: "In Python brackets reach an item; here a method does: `$go`.", with: item},
	{name: "target that was called", msg: `^(?P<f>[\w.]+)\((?P<args>[^()]*)\) \(no value\) used as value`,
		before: `(?P<callee>threading\.New(?:Thread|Timer)|multiprocessing\.NewProcess|[\w.]+\.Submit)\([^()]*$`,
		advice: "This calls $f at once, and passes its result; the function itself is passed without parentheses, " +
			"its arguments beside it: `$go`.", with: passed},
	{name: "maxsize", msg: `^undefined: queue\.(?i:max_?size)$`, code: `(?i:max_?size)\(\s*(?P<n>\w+)\s*\)`,
		advice: "In Python maxsize=$n is an argument; in Go it is the only one: `queue.NewQueue($n)`."},
	{name: "unpacking",
		msg:  `assignment mismatch: 2 variables but (?P<x>.+) is 1|assignment mismatch: 2 variables but 1 value`,
		code: `(?P<a>\w+)\s*,\s*(?P<b>\w+)\s*:?=\s*(?P<xs>\w+)\s*$`,
		advice: "In Python a list unpacks into names; in Go its values are taken one by one: `$a, $b := $xs[0], " +
			"$xs[1]`."},
}

// tryAdvice is for both halves of a try statement.
const tryAdvice = "In Python try catches exceptions; in Go functions return an error, `if _, err := " +
	"strconv.Atoi(\"x\"); err != nil { fmt.Println(err) }`, and a deferred function catches a panic: `defer func() { " +
	"fmt.Println(recover()) }()`."
