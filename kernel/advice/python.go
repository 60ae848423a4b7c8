package advice

// This file defines how pieces of Python become Go: enough for one line that shows the way, not a translator.

import (
	"fmt"
	"go/parser"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// goOf returns a Python expression in Go, or otherwise if that isn't easy.
func goOf(python, otherwise string) string {
	s := strings.TrimSpace(python)
	for _, r := range []struct{ from, to string }{
		{`\bis\s+not\s+None\b`, "!= nil"}, {`\bis\s+None\b`, "== nil"}, {`\bNone\b`, "nil"}, {`\bTrue\b`, "true"},
		{`\bFalse\b`, "false"},
		{`\bis\s+not\b`, "!="}, {`\bis\b`, "=="}, {`\band\b`, "&&"}, {`\bor\b`, "||"}, {`\bnot\s+`, "!"},
	} {
		s = regexp.MustCompile(r.from).ReplaceAllString(s, r.to)
	}
	if text, ok := strings.CutPrefix(s, "'"); ok && strings.HasSuffix(text, "'") &&
		!strings.ContainsAny(text[:len(text)-1], `'"`) && len(s) > 1 {
		s = `"` + text[:len(text)-1] + `"`
	}
	if _, err := parser.ParseExpr(s); err != nil || strings.ContainsAny(s, "`\n") {
		return otherwise
	}
	return s
}

// list splits a list at its commas outside of brackets and strings.
func list(s string) (parts []string) {
	depth, from, quote := 0, 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		case c == ',' && depth == 0:
			parts, from = append(parts, strings.TrimSpace(s[from:i])), i+1
		}
	}
	if rest := strings.TrimSpace(s[from:]); rest != "" {
		parts = append(parts, rest)
	}
	return parts
}

// inside returns the text between the bracket at the start of s and its closing bracket, and what follows.
func inside(s string) (in, after string) {
	depth, quote := 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			if depth--; depth == 0 {
				return s[1:i], s[i+1:]
			}
		}
	}
	return strings.TrimPrefix(s, s[:min(1, len(s))]), ""
}

var (
	intLiteral = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^-?\d+$`)
	})
	floatLiteral = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^-?\d*\.\d+$`)
	})
	textLiteral = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^("[^"]*"|'[^']*')$`)
	})
)

// typeOf returns the Go type of values that are written like these.
func typeOf(values []string) string {
	kind := ""
	for _, v := range values {
		k := "any"
		switch {
		case intLiteral().MatchString(v):
			k = "int"
		case floatLiteral().MatchString(v):
			k = "float64"
		case textLiteral().MatchString(v):
			k = "string"
		case v == "True" || v == "False" || v == "true" || v == "false":
			k = "bool"
		}
		switch {
		case kind == "" || kind == k:
			kind = k
		case kind == "int" && k == "float64" || kind == "float64" && k == "int":
			kind = "float64"
		default:
			return "any"
		}
	}
	if kind == "" {
		return "int"
	}
	return kind
}

// goList returns the values of a Python list as those of a Go literal, and false if one isn't easy.
func goList(values []string) (string, bool) {
	out := make([]string, len(values))
	for i, v := range values {
		if out[i] = goOf(v, ""); out[i] == "" {
			return "", false
		}
	}
	return strings.Join(out, ", "), true
}

// sliceOf returns a Python list, without its brackets, as a Go slice.
func sliceOf(in string) string {
	values := list(in)
	if text, ok := goList(values); ok {
		return "[]" + typeOf(values) + "{" + text + "}"
	}
	return "[]int{1, 2}"
}

// mapOf returns a Python dict or set, without its braces, as a Go map.
func mapOf(in string) string {
	var keys, values []string
	for _, pair := range list(in) {
		k, v, isPair := strings.Cut(pair, ":")
		if !isPair {
			v = "true"
		}
		keys, values = append(keys, strings.TrimSpace(k)), append(values, strings.TrimSpace(v))
	}
	var pairs []string
	for i := range keys {
		k, v := goOf(keys[i], ""), goOf(values[i], "")
		if k == "" || v == "" {
			return `map[string]int{"a": 1}`
		}
		pairs = append(pairs, k+": "+v)
	}
	if len(keys) == 0 {
		return "map[string]int{}"
	}
	return fmt.Sprintf("map[%s]%s{%s}", typeOf(keys), typeOf(values), strings.Join(pairs, ", "))
}

// forRange returns the loop for i in range(args).
func forRange(name, args string) string {
	a := list(args)
	for i := range a {
		if a[i] = goOf(a[i], ""); a[i] == "" {
			return "for " + name + " := range 10 { }"
		}
	}
	switch len(a) {
	case 1:
		return fmt.Sprintf("for %s := range %s { }", name, a[0])
	case 2:
		return fmt.Sprintf("for %s := %s; %s < %s; %s++ { }", name, a[0], name, a[1], name)
	case 3:
		op, step := "<", name+" += "+a[2]
		if back, ok := strings.CutPrefix(a[2], "-"); ok {
			op, step = ">", name+" -= "+back
		}
		return fmt.Sprintf("for %s := %s; %s %s %s; %s { }", name, a[0], name, op, a[1],
			strings.NewReplacer(" += 1", "++", " -= 1", "--").Replace(step))
	}
	return "for " + name + " := range 10 { }"
}

// forIn returns the loop for names in what.
func forIn(names, what string) string {
	name := list(strings.Trim(names, "() "))
	what = strings.TrimSpace(what)
	call, arg := "", what
	if i := strings.IndexByte(what, '('); i > 0 && strings.HasSuffix(what, ")") {
		call, arg = what[:i], what[i+1:len(what)-1]
	}
	object, method := "", ""
	if i := strings.LastIndexByte(call, '.'); i > 0 {
		object, method = call[:i], call[i+1:]
	}
	two := strings.Join(name, ", ")
	switch {
	case call == "range":
		return forRange(name[0], arg)
	case call == "enumerate" && len(name) == 2:
		return fmt.Sprintf("for %s := range %s { }", two, goOf(list(arg)[0], "xs"))
	case call == "zip" && len(name) == 2 && len(list(arg)) == 2:
		xs := list(arg)
		return fmt.Sprintf("for i := range min(len(%s), len(%s)) { %s := %s[i], %s[i]; fmt.Println(%s) }", xs[0], xs[1],
			two, xs[0], xs[1], two)
	case call == "sorted" || call == "reversed":
		return fmt.Sprintf("for _, %s := range %s { }", name[0],
			map[string]string{"sorted": "slices.Sorted(slices.Values(xs))", "reversed": "slices.Backward(xs)"}[call])
	case method == "items" && len(name) == 2:
		return fmt.Sprintf("for %s := range %s { }", two, object)
	case method == "keys":
		return fmt.Sprintf("for %s := range %s { }", name[0], object)
	case method == "values":
		return fmt.Sprintf("for _, %s := range %s { }", name[0], object)
	case len(name) > 1:
		return "for k, v := range d { }"
	case strings.HasPrefix(what, "[") || strings.HasPrefix(what, "("):
		in, _ := inside(what)
		return fmt.Sprintf("for _, %s := range %s { }", name[0], sliceOf(in))
	}
	return fmt.Sprintf("for _, %s := range %s { }", name[0], goOf(what, "xs"))
}

// parameters returns the names of Python parameters, as Go's with a type.
func parameters(s string) (text string, self bool) {
	var names []string
	for _, p := range list(s) {
		p, _, _ = strings.Cut(p, "=")
		p, _, _ = strings.Cut(p, ":")
		if p = strings.Trim(p, "* "); p == "self" || p == "cls" {
			self = true
		} else if p != "" && p != "/" {
			names = append(names, p)
		}
	}
	if names == nil {
		return "", self
	}
	return strings.Join(names, ", ") + " int", self
}

var replacement = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\{([^{}:!]+)(![rsa])?(?::([^{}]*))?\}`)
})

// sprintf returns an f-string's text as a call of fmt.Sprintf.
func sprintf(text string) string {
	var args []string
	hard := strings.ContainsAny(text, "`\"\\")
	format := replacement().ReplaceAllStringFunc(strings.ReplaceAll(text, "%", "%%"), func(part string) string {
		m := replacement().FindStringSubmatch(part)
		arg := goOf(strings.TrimSuffix(m[1], "="), "")
		hard = hard || arg == "" || strings.Contains(arg, "'")
		args = append(args, arg)
		if spec := m[3]; regexp.MustCompile(`^\d*(\.\d+)?[dfxse]$`).MatchString(spec) {
			return "%" + spec
		} else if m[2] == "!r" {
			return "%#v"
		}
		return "%v"
	})
	if hard || strings.ContainsAny(format, "{}") {
		return `fmt.Sprintf("x is %v", 5)`
	}
	return fmt.Sprintf("fmt.Sprintf(%q%s)", format, strings.Join(append([]string{""}, args...), ", "))
}

// seconds returns a number of Python's seconds as a time.Duration.
func seconds(s string) string {
	s = strings.TrimSpace(s)
	switch {
	case s == "1" || s == "1.0":
		return "time.Second"
	case intLiteral().MatchString(s):
		return s + " * time.Second"
	case floatLiteral().MatchString(s):
		whole, part, _ := strings.Cut(s, ".")
		for _, u := range []struct {
			digits int
			unit   string
		}{{3, "time.Millisecond"}, {6, "time.Microsecond"}, {9, "time.Nanosecond"}} {
			if len(part) <= u.digits {
				n := strings.TrimLeft(whole+part+strings.Repeat("0", u.digits-len(part)), "0")
				switch n {
				case "":
					return "0"
				case "1":
					return u.unit
				}
				return n + " * " + u.unit
			}
		}
	}
	return "time.Second"
}

// keywords splits the arguments of a call into those by place and those by name.
func keywords(args string) (plain []string, named map[string]string) {
	named = map[string]string{}
	for _, a := range list(args) {
		if k, v, ok := strings.Cut(a, "="); ok && regexp.MustCompile(`^\w+\s*$`).MatchString(k) &&
			!strings.HasPrefix(v, "=") {
			named[strings.TrimSpace(k)] = strings.TrimSpace(v)
		} else {
			plain = append(plain, a)
		}
	}
	return plain, named
}

// function returns a Python callable in Go.
func function(python string) string {
	if body, ok := strings.CutPrefix(python, "lambda:"); ok {
		return "func() { " + goOf(body, "work()") + " }"
	}
	return goOf(python, "work")
}

// capital returns a method's name in Go's spelling: is_set becomes IsSet.
func capital(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// keywordCall returns a call with named arguments in Go; nil if it isn't one of ours.
func keywordCall(callee, args string) string {
	object, name := "", callee
	if i := strings.LastIndexByte(callee, '.'); i >= 0 {
		object, name = callee[:i], callee[i+1:]
	}
	plain, named := keywords(args)
	has := func(names ...string) bool {
		for n := range named {
			if !slices.Contains(names, n) {
				return false
			}
		}
		return len(named) > 0
	}
	option := func(pkg, block string) string {
		opts := slices.Clone(plain)
		if v, ok := named[block]; ok {
			opts = append(opts, pkg+"."+capital(block)+"("+goOf(v, "false")+")")
		}
		if v, ok := named["timeout"]; ok {
			opts = append(opts, pkg+".Timeout("+seconds(v)+")")
		}
		return fmt.Sprintf("%s.%s(%s)", object, capital(name), strings.Join(opts, ", "))
	}
	lower := strings.ToLower(strings.TrimPrefix(name, "New"))
	processes := object == "multiprocessing" || object == "mp" || lower == "process"
	pkg := "threading"
	if processes {
		pkg = "multiprocessing"
	}
	switch {
	case lower == "thread" || lower == "process" || lower == "timer":
		var opts []string
		switch {
		case lower == "timer" && len(plain) > 1:
			opts = []string{"threading.NewTimer(" + seconds(plain[0]), function(plain[1])}
		case lower == "timer":
			opts = []string{"threading.NewTimer(time.Second", "work"}
		case named["target"] != "":
			opts = []string{pkg + ".New" + capital(lower) + "(" + function(named["target"])}
		default:
			opts = []string{pkg + ".New" + capital(lower) + "(" +
				function(strings.Join(plain[:min(1, len(plain))], ""))}
		}
		if v, ok := named["args"]; ok {
			in, _ := inside(v)
			if text, easy := goList(list(in)); easy {
				opts = append(opts, pkg+".Args("+text+")")
			} else {
				opts = append(opts, pkg+".Args(1)")
			}
		}
		for _, k := range []string{"name", "daemon"} {
			if v, ok := named[k]; ok {
				opts = append(opts,
					pkg+"."+capital(k)+"("+goOf(v, map[string]string{"name": `"worker"`, "daemon": "true"}[k])+")")
			}
		}
		return strings.Join(opts, ", ") + ")"
	case lower == "pool" && has("processes"):
		return "multiprocessing.NewPool(" + goOf(named["processes"], "4") + ")"
	case lower == "processpoolexecutor" || lower == "interpreterpoolexecutor":
		return "futures.New" + strings.TrimPrefix(name, "New") + "(" +
			goOf(named["max_workers"], strings.Join(plain, ", ")) + ")"
	case lower == "threadpoolexecutor":
		s := "futures.NewThreadPoolExecutor(" + goOf(named["max_workers"], strings.Join(plain, ", ")) + ")"
		if v, ok := named["thread_name_prefix"]; ok {
			s += ".ThreadNamePrefix(" + goOf(v, `"pool"`) + ")"
		}
		return s
	case processes && (lower == "queue" || lower == "joinablequeue") && has("maxsize"):
		return "multiprocessing.New" + strings.TrimPrefix(name, "New") + "(" + goOf(named["maxsize"], "1") + ")"
	case (lower == "queue" || lower == "lifoqueue" || lower == "priorityqueue") && has("maxsize"):
		return "queue.New" + strings.TrimPrefix(name, "New") + "(" + goOf(named["maxsize"], "1") + ")"
	case strings.HasSuffix(lower, "semaphore") && has("value"):
		return pkg + ".New" + strings.TrimPrefix(name, "New") + "(" + goOf(named["value"], "1") + ")"
	case object != "" && (lower == "get" || lower == "put") && has("timeout", "block"):
		return option("queue", "block")
	case object != "" && slices.Contains([]string{"acquire", "join", "wait", "wait_for"}, lower) &&
		has("timeout", "blocking"):
		return option("threading", "blocking")
	case object != "" && lower == "result" && has("timeout"):
		return option("futures", "")
	case callee == "print" && has("end", "sep", "flush"):
		if named["end"] == `""` || named["end"] == "''" {
			return `fmt.Print("x")`
		}
		return `fmt.Printf("%v\n", 5)`
	case callee == "print":
		return `fmt.Fprintln(os.Stderr, "x")`
	}
	return ""
}
