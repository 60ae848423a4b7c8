package celltest

// This file defines the methods of package testing's types that cells call in place of its own. Package testing finds
// the line that a message belongs to by the frames of compiled code, and cells have none; and it starts the goroutines
// of subtests, in which a panic would end the process.

import (
	"bytes"
	"fmt"
	"path"
	"reflect"
	"strings"
	"testing"

	"gilkernel/kernel/exec"
)

// Method returns a function to call instead of a method, see exec.Host, and nil for most.
func (x *Runner) Method(t reflect.Type, name string) any {
	switch t {
	case reflect.TypeFor[*testing.T]():
		switch name {
		case "Run":
			return func(t *testing.T, name string, f func(*testing.T)) (ok bool) {
				x.wait(t, func() { ok = t.Run(name, x.test(f)) })
				return ok
			}
		case "Parallel":
			return func(t *testing.T) { x.wait(t, t.Parallel) }
		}
		return method[*testing.T](x, name)
	case reflect.TypeFor[*testing.B]():
		switch name {
		case "Run":
			return func(b *testing.B, name string, f func(*testing.B)) (ok bool) {
				x.wait(b, func() { ok = b.Run(name, func(b *testing.B) { x.guard(b, func() { f(b) }) }) })
				return ok
			}
		case "RunParallel":
			return x.runParallel
		}
		return method[*testing.B](x, name)
	case reflect.TypeFor[*testing.F]():
		if name == "Fuzz" {
			return func(f *testing.F, target any) { x.wait(f, func() { f.Fuzz(x.target(target)) }) }
		}
		return method[*testing.F](x, name)
	case reflect.TypeFor[*testing.M]():
		if name == "Run" {
			return func(m *testing.M) (code int) {
				x.wait(m, func() { code = m.Run() })
				return code
			}
		}
	}
	return nil
}

// method returns what replaces a method that all three types have.
func method[T testing.TB](x *Runner, name string) any {
	switch name {
	case "Helper":
		return func(g *exec.G, t T) { x.helper(g, t) }
	case "Cleanup":
		return func(t T, f func()) { t.Cleanup(func() { x.guard(t, f) }) }
	}
	verb, formats := strings.CutSuffix(name, "f")
	then := map[string]func(testing.TB){"Log": func(testing.TB) {}, "Error": testing.TB.Fail,
		"Fatal": testing.TB.FailNow, "Skip": testing.TB.SkipNow}[verb]
	switch {
	case then == nil:
		return nil
	case formats:
		return func(g *exec.G, t T, format string, args ...any) {
			x.log(g, t, fmt.Sprintf(format, args...))
			then(t)
		}
	}
	return func(g *exec.G, t T, args ...any) {
		x.log(g, t, fmt.Sprintln(args...))
		then(t)
	}
}

// helper is Helper: the calling function is left out when lines are named.
func (x *Runner) helper(g *exec.G, t testing.TB) {
	frames := g.Callers()
	if len(frames) == 0 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.helpers[t] == nil {
		x.helpers[t] = map[string]bool{}
	}
	x.helpers[t][frames[0].Func] = true
}

// log prints a text of a test behind the line that it belongs to, in the form of package testing.
func (x *Runner) log(g *exec.G, t testing.TB, text string) {
	text = strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ")
	w := func() (w interface{ Write([]byte) (int, error) }) {
		defer func() {
			if v := recover(); v != nil && strings.HasSuffix(fmt.Sprint(v), " has completed") {
				panic(fmt.Sprintf("Log in goroutine after %s has completed: %s", t.Name(), text))
			} else if v != nil {
				panic(v)
			}
		}()
		return t.Output()
	}()
	var line bytes.Buffer // one write: other goroutines log too
	fmt.Fprintf(&line, "%s: %s\n", x.line(g, t), text)
	_, _ = w.Write(line.Bytes()) // what a test logs can be lost, as in package testing
}

// line returns the place of the innermost call that isn't in a helper, and of the outermost if all are.
func (x *Runner) line(g *exec.G, t testing.TB) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	frames := g.Callers()
	for i, f := range frames {
		if !x.helpers[t][f.Func] || i == len(frames)-1 {
			at := f.Pos[:max(0, strings.LastIndexByte(f.Pos, ':'))] // without the column
			if !strings.HasPrefix(at, "In[") {
				at = path.Base(at) // of a module
			}
			return at
		}
	}
	return "???:1"
}

// runParallel is RunParallel, each of whose goroutines may panic. They are plain goroutines.
func (x *Runner) runParallel(b *testing.B, body func(*testing.PB)) {
	failed := make(chan any, 1)
	x.wait(b, func() {
		b.RunParallel(func(pb *testing.PB) {
			returned := false
			defer func() {
				if v := recover(); !returned && v != nil {
					select {
					case failed <- v: // the first one is told
					default:
					}
					for pb.Next() { // or package testing ends the benchmark, with another reason
					}
				}
			}()
			body(pb)
			returned = true
		})
	})
	select {
	case v := <-failed:
		panic(v) // in the benchmark's own goroutine
	default:
	}
}

// target returns a fuzz target that fails where f panics. What is none is left to package testing.
func (x *Runner) target(f any) any {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Func || v.Type().NumIn() < 2 || v.Type().In(0) != reflect.TypeFor[*testing.T]() ||
		v.Type().NumOut() != 0 {
		return f
	}
	return reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
		x.guard(args[0].Interface().(*testing.T), func() { v.Call(args) })
		return nil
	}).Interface()
}
