//go:build unix

package multiprocessing_test

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
	"gilkernel/runtime/threading"
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
