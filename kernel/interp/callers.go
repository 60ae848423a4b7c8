package interp

// This file defines how a cell learns where it is: runtime.Caller, debug.Stack, and the file and line that package log
// prints. Compiled code would find the engine's own frames there.

import (
	"fmt"
	"log"
	"strconv"
	"strings"

	"gilkernel/kernel/exec"
	rt "gilkernel/runtime/machine"
)

// positions adds the functions of a package that look at their callers.
func (s *runner) positions(path string, functions map[string]any) {
	switch path {
	case "runtime":
		functions["Caller"] = func(g *exec.G, skip int) (pc uintptr, file string, line int, ok bool) {
			file, line, ok = callerOf(g, skip)
			return 0, file, line, ok
		}
		functions["Stack"] = func(g *exec.G, buf []byte, _ bool) int { return copy(buf, stackOf(g)) }
	case "runtime/debug":
		functions["Stack"] = func(g *exec.G) []byte { return []byte(stackOf(g)) }
		functions["PrintStack"] = func(g *exec.G) { _, _ = s.stderr.Write([]byte(stackOf(g))) }
	case "log":
		functions["Print"] = func(g *exec.G, a ...any) { logged(g, log.Default(), 0, fmt.Sprint(a...)) }
		functions["Printf"] = func(g *exec.G, format string, a ...any) {
			logged(g, log.Default(), 0, fmt.Sprintf(format, a...))
		}
		functions["Println"] = func(g *exec.G, a ...any) { logged(g, log.Default(), 0, fmt.Sprintln(a...)) }
		functions["Output"] = func(g *exec.G, depth int, text string) error {
			return logged(g, log.Default(), depth-1, text)
		}
		functions["Panic"] = func(g *exec.G, a ...any) { panic(loggedText(g, log.Default(), fmt.Sprint(a...))) }
		functions["Panicf"] = func(g *exec.G, format string, a ...any) {
			panic(loggedText(g, log.Default(), fmt.Sprintf(format, a...)))
		}
		functions["Panicln"] = func(g *exec.G, a ...any) { panic(loggedText(g, log.Default(), fmt.Sprintln(a...))) }
		functions["Fatal"] = func(g *exec.G, a ...any) {
			logged(g, log.Default(), 0, fmt.Sprint(a...))
			s.exit(g, 1, "log.Fatal")
		}
		functions["Fatalf"] = func(g *exec.G, format string, a ...any) {
			logged(g, log.Default(), 0, fmt.Sprintf(format, a...))
			s.exit(g, 1, "log.Fatalf")
		}
		functions["Fatalln"] = func(g *exec.G, a ...any) {
			logged(g, log.Default(), 0, fmt.Sprintln(a...))
			s.exit(g, 1, "log.Fatalln")
		}
	}
}

// callerOf returns the cell and the line of an open call: 0 is the innermost.
func callerOf(g *exec.G, skip int) (label string, line int, ok bool) {
	frames := g.Callers()
	if skip < 0 || skip >= len(frames) {
		return "", 0, false
	}
	return splitPos(frames[skip].Pos)
}

// splitPos takes a position such as In[3]:4:2 apart.
func splitPos(pos string) (label string, line int, ok bool) {
	rest, _, _ := cutLast(pos)
	label, text, _ := cutLast(rest)
	line, err := strconv.Atoi(text)
	return label, line, err == nil
}

// cutLast cuts at the last colon.
func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// stackOf writes the open calls as Go writes a stack.
func stackOf(g *exec.G) string {
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine %d [running]:\n", rt.GoroutineID())
	for _, f := range g.Callers() {
		label, line, ok := splitPos(f.Pos)
		if !ok || label == "" {
			continue
		}
		name := f.Func
		if strings.HasPrefix(name, "__") || name == "" {
			name = "the cell"
		} else {
			name = "main." + name + "(...)"
		}
		fmt.Fprintf(&b, "%s\n\t%s:%d\n", name, label, line)
	}
	return b.String()
}

// loggerMethod returns what prints with a logger of a cell in place of a method of package log.
func (s *runner) loggerMethod(name string) any {
	switch name {
	case "Print":
		return func(g *exec.G, l *log.Logger, a ...any) { logged(g, l, 0, fmt.Sprint(a...)) }
	case "Printf":
		return func(g *exec.G, l *log.Logger, format string, a ...any) { logged(g, l, 0, fmt.Sprintf(format, a...)) }
	case "Println":
		return func(g *exec.G, l *log.Logger, a ...any) { logged(g, l, 0, fmt.Sprintln(a...)) }
	case "Panic":
		return func(g *exec.G, l *log.Logger, a ...any) { panic(loggedText(g, l, fmt.Sprint(a...))) }
	case "Panicf":
		return func(g *exec.G, l *log.Logger, format string, a ...any) {
			panic(loggedText(g, l, fmt.Sprintf(format, a...)))
		}
	case "Panicln":
		return func(g *exec.G, l *log.Logger, a ...any) { panic(loggedText(g, l, fmt.Sprintln(a...))) }
	case "Fatal":
		return func(g *exec.G, l *log.Logger, a ...any) {
			logged(g, l, 0, fmt.Sprint(a...))
			s.exit(g, 1, "log.Logger.Fatal")
		}
	case "Fatalf":
		return func(g *exec.G, l *log.Logger, format string, a ...any) {
			logged(g, l, 0, fmt.Sprintf(format, a...))
			s.exit(g, 1, "log.Logger.Fatalf")
		}
	case "Fatalln":
		return func(g *exec.G, l *log.Logger, a ...any) {
			logged(g, l, 0, fmt.Sprintln(a...))
			s.exit(g, 1, "log.Logger.Fatalln")
		}
	}
	return nil
}

// logged prints with a logger; a file and line are those of the cell.
func logged(g *exec.G, l *log.Logger, skip int, text string) error {
	const places = log.Lshortfile | log.Llongfile
	if l.Flags()&places == 0 {
		return l.Output(2, text)
	}
	place := "???:0"
	if label, line, ok := callerOf(g, skip); ok {
		place = fmt.Sprintf("%s:%d", label, line)
	}
	flags, prefix := l.Flags()&^places, l.Prefix()
	if flags&log.Lmsgprefix != 0 { // the prefix comes behind the place
		return log.New(l.Writer(), "", flags&^log.Lmsgprefix).Output(2, place+": "+prefix+text)
	}
	return log.New(l.Writer(), prefix, flags).Output(2, place+": "+text)
}

func loggedText(g *exec.G, l *log.Logger, text string) string {
	_ = logged(g, l, 0, text)
	return text
}
