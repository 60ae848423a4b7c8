package advice

// This file defines the words that rows derive from what was typed.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

func goes(text string) words { return words{"go": text} }

func unquote(text string) string { return strings.Trim(text, `"'`) }

func fString(t words) words { return goes(sprintf(unquote(t["text"]))) }

func quoted(t words) words {
	text := unquote(t["text"])
	if strings.ContainsAny(text, "`\\\"") {
		text = "text"
	}
	return goes(`"` + text + `"`)
}

func camel(t words) words { return goes(capital(t["name"])) }

func def(t words) words {
	params, _ := parameters(t["args"])
	if strings.HasPrefix(t["name"], "__init__") {
		return words{"name": "set", "params": params}
	}
	return words{"params": params}
}

func lambda(t words) words {
	params, _ := parameters(t["args"])
	body := goOf(strings.Trim(t["body"], "{} "), "")
	if strings.ContainsAny(body, ".[") {
		body = ""
	}
	switch {
	case params == "" && body == "":
		body = "1"
	case body == "":
		body = strings.TrimSuffix(strings.Split(params, ",")[0], " int")
	}
	if params == "" {
		return goes("func() { fmt.Println(" + body + ") }")
	}
	return goes("func(" + params + ") any { return " + body + " }")
}

func annotation(t words) words {
	kind := map[string]string{"int": "int", "str": "string", "float": "float64", "bool": "bool"}[t["type"]]
	return words{"gotype": kind,
		"value": goOf(t["value"],
			map[string]string{"int": "1", "str": `"text"`, "float": "1.5", "bool": "true"}[t["type"]])}
}

// assigned makes the value of an assignment Go.
func assigned(t words) words {
	value := strings.TrimRight(strings.SplitN(t["value"], "#", 2)[0], " ;")
	if parts := list(value); len(parts) > 1 {
		text, easy := goList(parts)
		if !easy {
			return nil
		}
		if len(list(t["names"])) == 1 {
			return words{"value": "[]" + typeOf(parts) + "{" + text + "}"} // a tuple, which Go doesn't have
		}
		return words{"value": text}
	}
	value = constructed(goOf(value, ""))
	if value == "" {
		value = "1"
	}
	return words{"value": value}
}

func opened(t words) words {
	name, file := t["name"], `"file.txt"`
	if name == "" {
		name = "f"
	}
	if args := list(t["args"]); len(args) > 0 {
		file = goOf(args[0], file)
	}
	return words{"name": name, "file": file}
}

func pool(t words) words {
	name := t["name"]
	if name == "" {
		name = "pool"
	}
	pkg := "futures"
	if t["class"] == "Pool" {
		pkg = "multiprocessing"
	}
	plain, named := keywords(t["args"])
	return words{"name": name, "pkg": pkg, "class": t["class"],
		"n": goOf(cmp.Or(named["max_workers"], named["processes"]), strings.Join(plain, ", "))}
}

func condition(otherwise string) func(words) words {
	return func(t words) words { return goes(goOf(strings.TrimRight(t["condition"], " :"), otherwise)) }
}

func comprehension(t words) words {
	if t["name"] == "_" { // Go's _ can't be read
		t["name"] = "i"
	}
	loop := forIn(t["name"], strings.Split(t["what"], " if ")[0])
	return words{"loop": strings.TrimSuffix(loop, "{ }") + "{ ys = append(ys, " + t["name"] + ") }"}
}

func forLoop(t words) words {
	what := strings.TrimSuffix(t["what"], ":")
	if strings.Contains(t["names"], ":=") {
		return nil
	}
	return goes(forIn(t["names"], what))
}

func raised(t words) words {
	kind, rest, _ := strings.Cut(t["what"], "(")
	text := `"text"`
	if args := list(strings.TrimSuffix(strings.TrimSpace(rest), ")")); len(args) > 0 {
		text = goOf(args[0], text)
	}
	if !textLiteral().MatchString(text) {
		text = `"text"`
	}
	switch strings.TrimSpace(kind) {
	case "ValueError", "TypeError", "RuntimeError":
		return goes("panic(exceptions." + strings.TrimSuffix(strings.TrimSpace(kind), "Error") + "(" + text + "))")
	}
	return goes("panic(errors.New(" + text + "))")
}

func deleted(t words) words { return goes(goOf(t["key"], `"a"`)) }

func matched(t words) words { return goes(goOf(t["what"], "x")) }

func contained(t words) words { return goes(goOf(t["x"], "1")) }

func isNone(t words) words {
	if t["not"] != "" {
		return words{"op": "!="}
	}
	return words{"op": "=="}
}

func choice(t words) words {
	x, y, c := goOf(t["x"], ""), goOf(t["y"], ""), goOf(t["condition"], "")
	if x == "" || y == "" || c == "" {
		x, y, c = "1", "2", "x > 3"
	}
	return words{"x": x, "y": y, "go": c}
}

func keyworded(t words) words {
	args, _ := inside(t["args"])
	also := ""
	if call := keywordCall(t["callee"], args); call != "" {
		if strings.Contains(call, "threading.") || strings.Contains(call, "queue.") ||
			strings.Contains(call, "futures.") || strings.Contains(call, "multiprocessing.") {
			also = " or are options"
		}
		return words{"go": call, "also": also}
	}
	plain, named := keywords(args)
	values := plain
	for _, a := range list(args) {
		k, v, _ := strings.Cut(a, "=")
		if named[strings.TrimSpace(k)] != "" {
			values = append(values, strings.TrimSpace(v))
		}
	}
	text, easy := goList(values)
	if goOf(t["callee"], "") == "" || !easy {
		return goes("fmt.Println(1, 2)")
	}
	return goes(t["callee"] + "(" + text + ")")
}

func listed(t words) words {
	in, _ := inside(t["list"])
	return goes(sliceOf(in))
}

func mapped(t words) words {
	in, _ := inside(t["map"])
	pairs := list(in)
	if !strings.Contains(in, ":") && (len(pairs) == 1 || t["head"] == "" && len(pairs) == 0) ||
		strings.Contains(in, ";") || regexp.MustCompile(`:=|\breturn\b`).MatchString(in) {
		return nil // a block
	}
	for _, pair := range pairs {
		if k, _, _ := strings.Cut(pair, ":"); goOf(k, "") == "" {
			return nil
		}
	}
	return goes(mapOf(in))
}

// unknownType keeps the advice about parameters from unknown types.
func unknownType(t words) words {
	if token.IsExported(t["x"]) {
		return nil
	}
	return words{}
}

func timeout(t words) words { return goes(seconds(t["n"])) }

func blocking(t words) words {
	if t["pkg"] != "threading" {
		return goes("Block")
	}
	return goes("Blocking")
}

// binary returns the operation of a message, "x + y (mismatched types A and B)".
func binary(t words) *ast.BinaryExpr {
	x, err := parser.ParseExpr(t["all"])
	if err != nil {
		return nil
	}
	b, _ := x.(*ast.BinaryExpr)
	return b
}

// asserted says what type the any of an operation has: that of the other operand.
func asserted(t words) words {
	b := binary(t)
	if b == nil || (t["left"] == "any") == (t["right"] == "any") {
		return nil
	}
	kind := func(s string) string {
		s = strings.TrimPrefix(s, "untyped ")
		return map[string]string{"float": "float64", "rune": "rune"}[s] +
			map[bool]string{true: "", false: s}[s == "float" || s == "rune"]
	}
	x, y := types.ExprString(b.X), types.ExprString(b.Y)
	if t["left"] == "any" {
		return words{"x": x, "go": fmt.Sprintf("%s.(%s) %s %s", x, kind(t["right"]), b.Op, y)}
	}
	return words{"x": y, "go": fmt.Sprintf("%s %s %s.(%s)", x, b.Op, y, kind(t["left"]))}
}

// converted makes a float64 of the int in an operation.
func converted(t words) words {
	b := binary(t)
	if b == nil {
		return nil
	}
	x, y := types.ExprString(b.X), types.ExprString(b.Y)
	if strings.Contains(t["all"], "(mismatched") {
		return nil
	}
	if t["left"] == "int" {
		return goes(fmt.Sprintf("float64(%s) %s %s", x, b.Op, y))
	}
	return goes(fmt.Sprintf("%s %s float64(%s)", x, b.Op, y))
}

// argument returns the n-th argument of a call "(a, b)…" in Go.
func argument(args string, n int, otherwise string) string {
	if args == "" {
		return otherwise
	}
	in, _ := inside(args)
	if a := list(in); n < len(a) {
		return goOf(a[n], otherwise)
	}
	return otherwise
}
