package magic

// This file defines %timeit. It writes a Go program around the statement and runs that: a clock in this
// process would measure the way to the interpreter process and back as well.

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"strconv"
	"strings"

	"gilkernel/kernel/cell"
)

// timeitOptions are the options of %timeit.
type timeitOptions struct {
	loops int // 0: as many as take a fifth of a second
	runs  int
	quiet bool
}

// timeit runs code often enough to measure how long one loop takes.
func timeit(ctx context.Context, c call) error {
	opts, rest, err := c.timeitOptions()
	if err != nil {
		return err
	}
	setup, code := "", blank(c.Code, c.Args, rest)
	if c.Kind == cell.StepCell {
		setup, code = rest, c.Code
	}
	if strings.TrimSpace(code) == "" {
		return c.usage("there is nothing to time")
	}
	place := place{c.k.Label(), c.Line, len("%%timeit ") + len(c.Args) - len(rest) + 1}
	// Errors should be those of the person's own code at its own place, so it is compiled alone first.
	alone := code
	if setup != "" {
		alone = strings.Repeat("\n", c.Line-1) + strings.Repeat(" ", place.col-1) + setup + code[c.Line-1:]
	}
	if err := c.k.CheckGo(alone); err != nil {
		return err
	}
	_, err = c.k.RunGo(ctx, timeitProgram(opts, place, setup, code), Running{})
	return err
}

// timeitOptions reads the options; rest is what follows them.
func (c call) timeitOptions() (opts timeitOptions, rest string, err error) {
	opts, rest = timeitOptions{runs: 7}, c.Args
	for {
		if r, found := option(rest, "-q"); found {
			opts.quiet, rest = true, r
		} else if n, r, found := count(rest, "-n"); found {
			if n < 0 {
				return opts, "", c.usage("-n takes a number")
			}
			opts.loops, rest = n, r
		} else if n, r, found := count(rest, "-r"); found {
			if n < 1 {
				return opts, "", c.usage("-r takes a number from 1")
			}
			opts.runs, rest = n, r
		} else if r, found := option(rest, "--"); found {
			return opts, r, nil
		} else {
			return opts, rest, nil
		}
	}
}

// count takes an option with a number off args. Text that only looks like the option, such as the statement -n, stays.
func count(args, name string) (n int, rest string, found bool) {
	v, rest, found := value(args, name)
	if !found {
		return 0, args, false
	}
	n, err := strconv.Atoi(v)
	if err != nil || n > 1_000_000_000 {
		return 0, args, false
	}
	return n, rest, true
}

// blank returns code, which ends in args, with spaces for all of args before its last part rest, so that
// what is left keeps its place.
func blank(code, args, rest string) string {
	at := strings.LastIndex(code, args)
	if at < 0 || !strings.HasSuffix(args, rest) {
		return rest
	}
	return code[:at] + strings.Repeat(" ", len(args)-len(rest)) + rest
}

// A place is where a text stands in a cell.
type place struct {
	label     string
	line, col int // from 1; col in bytes
}

// directive returns the comment by which Go's scanner counts from a place on (go doc cmd/compile, "Compiler
// Directives").
func (p place) directive() string { return fmt.Sprintf("/*line %s:%d:%d*/", p.label, p.line, p.col) }

// generated is where the program is that the person hasn't written: in no cell, so tracebacks leave it out.
var generated = place{"timeit", 1, 1}

// timeitProgram returns one expression statement of Go that measures code and prints the report. setup stands at a
// place of the cell, code at the lines and columns that it has. The program's own names are unlikely to occur in the
// code of a cell; the loop is of the kind that costs the interpreter least.
func timeitProgram(opts timeitOptions, at place, setup, code string) string {
	body := strings.TrimLeft(code, " \t\r\n")
	before := code[:len(code)-len(body)]
	lines := strings.Count(before, "\n")
	start := place{at.label, lines + 1, len(before) - strings.LastIndexByte(before, '\n')}
	if setup != "" {
		// A body has a line above it, which is the setup's place; so a comment there ends with it.
		setup = at.directive() + setup + "\n"
		lines--
	}
	after := strings.NewReplacer("LOOPS", strconv.Itoa(opts.loops), "RUNS",
		strconv.Itoa(opts.runs)).Replace(timeitAfter)
	if opts.quiet {
		after = after[:strings.Index(after, "\ttimeitText")] + "}()\n"
	}
	value, statement := "", body
	if discard(body) != body {
		value = start.directive() + "_ = "
	}
	return strings.Repeat("\n", lines) + generated.directive() + timeitImports + generated.directive() +
		"func() { timeitRun := func(timeitLoops int) float64 { " + setup +
		generated.directive() + "timeitStart := timeitTime.Now(); for timeitI := 0; timeitI < timeitLoops; timeitI++ " +
		"{ " + value +
		start.directive() + statement + "\n" + generated.directive() + after
}

// timeitImports names the packages so that a variable named time or fmt doesn't hide them.
const timeitImports = `import timeitFmt "fmt"; import timeitMath "math"; import timeitTime "time"; `

const timeitAfter = `		}
		return float64(timeitTime.Since(timeitStart))
	}
	timeitLoops := LOOPS
	if timeitLoops == 0 {
		timeitLoops = 1
		for timeitLoops < 1000000000 && timeitRun(timeitLoops) < 2e8 {
			timeitLoops *= 10
		}
	}
	timeitBest, timeitWorst, timeitSum, timeitSquares := 0.0, 0.0, 0.0, 0.0
	for timeitI := 0; timeitI < RUNS; timeitI++ {
		timeitOne := timeitRun(timeitLoops) / float64(timeitLoops)
		if timeitI == 0 || timeitOne < timeitBest {
			timeitBest = timeitOne
		}
		if timeitOne > timeitWorst {
			timeitWorst = timeitOne
		}
		timeitSum += timeitOne
		timeitSquares += timeitOne * timeitOne
	}
	timeitText := func(timeitX float64) string {
		if timeitX >= 6e10 {
			return timeitTime.Duration(timeitX).Round(timeitTime.Second).String()
		}
		if timeitX >= 1e9 {
			return timeitFmt.Sprintf("%.3g s", timeitX/1e9)
		}
		if timeitX >= 1e6 {
			return timeitFmt.Sprintf("%.3g ms", timeitX/1e6)
		}
		if timeitX >= 1e3 {
			return timeitFmt.Sprintf("%.3g µs", timeitX/1e3)
		}
		return timeitFmt.Sprintf("%.3g ns", timeitX)
	}
	timeitMean := timeitSum / RUNS
	timeitVariance := timeitSquares/RUNS - timeitMean*timeitMean
	if timeitVariance < 0 {
		timeitVariance = 0
	}
	timeitPlural := func(timeitN int, timeitWord string) string {
		if timeitN == 1 {
			return timeitFmt.Sprint(timeitN, " ", timeitWord)
		}
		return timeitFmt.Sprint(timeitN, " ", timeitWord, "s")
	}
	if timeitWorst > 4*timeitBest && timeitBest > 0 && timeitWorst > 1e3 {
		timeitFmt.Printf("The slowest run took %.2f times longer than the fastest: other work on this machine, or a cache, may be why.\n", timeitWorst/timeitBest)
	}
	timeitFmt.Printf("%s ± %s per loop (mean ± std. dev. of %s, %s each)\n", timeitText(timeitMean), timeitText(timeitMath.Sqrt(timeitVariance)), timeitPlural(RUNS, "run"), timeitPlural(timeitLoops, "loop"))
}()
`

// discard makes a statement of an expression whose value Go wants to be used. Whether a call has a
// value can't be seen without types; those of builtin functions and of predeclared types can.
func discard(code string) string {
	x, err := parser.ParseExpr(code)
	if err != nil {
		return code
	}
	switch y := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		if !hasValue(y.Fun) {
			return code
		}
	case *ast.UnaryExpr:
		if y.Op.String() == "<-" {
			return code
		}
	}
	return "_ = " + code
}

// hasValue reports whether a call of fun surely has one value that must be used.
func hasValue(fun ast.Expr) bool {
	switch f := ast.Unparen(fun).(type) {
	case *ast.Ident:
		switch f.Name {
		case "append", "cap", "complex", "imag", "len", "make", "max", "min", "new", "real",
			"any", "bool", "byte", "complex64", "complex128", "error", "float32", "float64", "int", "int8", "int16",
			"int32",
			"int64", "rune", "string", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr":
			return true
		}
	case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.StarExpr, *ast.InterfaceType, *ast.StructType:
		return true
	}
	return false
}
