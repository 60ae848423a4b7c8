//go:build linux && !race

package worker_test

import (
	"strings"
	"testing"

	"gilkernel/kernel/session"
	"gilkernel/kernel/worker"
)

// An error names the limit of the system that a cell has reached. The race detector needs more than these limits.
func TestSystemLimitsAreNamed(t *testing.T) {
	e, _ := newReal(t, worker.Options{Spare: true})
	for i, row := range []struct{ code, kind, reason string }{
		{"syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: 1, Max: 1})\nfor {\n}", "out of processor time",
			"the interpreter used up the 1s of processor time that the system allows a process (ulimit -t changes it)"},
		{"syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 1<<30, Max: 1<<30})\nvar all [][]byte\n" +
			"for { all = append(all, make([]byte, 16<<20)) }", "out of memory",
			"1GiB of address space (ulimit -v changes it)"},
		{"syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: 300<<20, Max: 1<<30})\nvar all [][]byte\n" +
			"for { all = append(all, make([]byte, 16<<20)) }", "out of memory",
			"300MiB of data (ulimit -d changes it)"},
		{"syscall.Exec(`/bin/sleep`, []string{`sleep`, `1000`}, nil)", "killed", "syscall.Exec"},
	} {
		res := runReal(e, compiled(t, session.New(nil), i+1, row.code))
		if res.Crash == nil || res.Crash.Kind != row.kind || !strings.Contains(res.Crash.Reason, row.reason) {
			t.Errorf("%s: %+v, %+v", row.code, res.Crash, res.Done.Error)
		}
	}
}
