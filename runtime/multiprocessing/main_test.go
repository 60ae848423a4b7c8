//go:build unix

package multiprocessing_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

func TestMain(m *testing.M) { processtest.Main(m, mp.Bootstrap) }

// run runs fn as the main process's MainThread, with the end of a program, and returns what it logged.
func run(t *testing.T, real bool, version string, fn func(log func(...any))) string {
	t.Helper()
	var b strings.Builder
	w := processtest.NewWorld(t, real, version, 1)
	var errs strings.Builder
	threading.SetHost(w.Interpreter, threading.Host{Stderr: &errs})
	err := w.Run(func(*machine.Thread) { fn(func(a ...any) { fmt.Fprintln(&b, a...) }) })
	if err != nil {
		fmt.Fprintln(&b, "ended by", err)
	}
	if err := threading.Shutdown(w.Interpreter); err != nil {
		fmt.Fprintln(&b, "its end:", err)
	}
	if testing.Verbose() {
		t.Log(errs.String())
	}
	return b.String()
}

// A program is one in both languages. They print the same. A function that a process calls must have no captures.
type program struct {
	name   string
	since  int // the first minor version of Python 3 that prints it
	python string
	fn     func(log func(...any))
}

// compare runs all programs in each Python, with fork, and in Go on both machines: what they print must be the same.
func compare(t *testing.T, programs []program) {
	for _, py := range twin.Pythons(t) {
		minor := 0
		if _, err := fmt.Sscanf(py.Version, "3.%d", &minor); err != nil {
			continue // 2.7 has less of it, and other words
		}
		t.Run(py.Version, func(t *testing.T) {
			for _, p := range programs {
				if minor < p.since {
					continue
				}
				t.Run(p.name, func(t *testing.T) {
					t.Parallel()
					cmd := exec.Command(py.Path, "-W", "ignore", "-")
					cmd.Stdin = strings.NewReader(p.python)
					out, err := cmd.CombinedOutput()
					if err != nil {
						t.Fatalf("%v: %s", err, out)
					}
					for _, real := range []bool{false, true} {
						if got := run(t, real, py.Version, p.fn); got != string(out) {
							t.Errorf("real=%v: Go\n%sPython\n%s", real, got, out)
						}
					}
				})
			}
		})
	}
}

// truth is how Python prints a bool.
func truth(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// none is how Python prints what may be nil.
func none(v any) any {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return truth(v)
	}
	return v
}

// raised is what f panicked with: the name and the text of the exception, "nothing" if it returned.
func raised(f func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
			if e, ok := v.(interface{ Exception() string }); ok {
				text = e.Exception() + ": " + text
			}
		}
	}()
	f()
	return "nothing"
}
