//go:build linux

package interp_test

// This file tests the spares.

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// awaitPIDs waits until so many processes have a variable, and returns them.
func awaitPIDs(t *testing.T, variable string, n int) (list []int) {
	t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		if list = pids(t, variable); len(list) == n {
			return list
		}
	}
	t.Fatalf("there are %d processes, want %d", len(list), n)
	return nil
}

// A spare that reads nothing holds up no cell, and knows all definitions when it reads again.
func TestStoppedSpares(t *testing.T) {
	const variable = "GILKERNEL_TEST_FAMILY=stopped"
	p := begin(t, variable)
	p.run("import mp \"gilkernel/runtime/multiprocessing\"\n---\np := mp.NewProcess(nil)\np.Start(); p.Join()").ok(t)
	for _, pid := range awaitPIDs(t, variable, 3) {
		if pid != p.cmd.Process.Pid {
			_ = syscall.Kill(pid, syscall.SIGSTOP) // it may have ended
			defer syscall.Kill(pid, syscall.SIGCONT)
		}
	}
	long := strings.Repeat("/* a cell that is longer than a pipe */ ", 3000)
	for i := range 4 {
		p.run(fmt.Sprintf("import \"fmt\"\n%s\nfunc f%d() { fmt.Println(%[2]d) }\n---\nf%[2]d()", long, i)).ok(t)
	}
	for _, pid := range pids(t, variable) {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
	r := p.run("import mp \"gilkernel/runtime/multiprocessing\"\n---\np := mp.NewProcess(f3)\np.Start(); p.Join()").
		ok(t)
	if got := r.out[r.id]; got != "3\n" {
		t.Errorf("got %q", got)
	}
}

// After a cell that started many processes at a time there are as many spares, up to a bound.
func TestSparesFollowBursts(t *testing.T) {
	const variable = "GILKERNEL_TEST_FAMILY=burst"
	p := begin(t, variable)
	for i, row := range []struct{ starts, spares int }{{1, 2}, {12, 8}, {1, 8}} {
		p.run(fmt.Sprintf(`import mp "gilkernel/runtime/multiprocessing"
func none%[2]d() {}
---
var all []*mp.Process
for range %[1]d { p := mp.NewProcess(none%[2]d); p.Start(); all = append(all, p) }
for _, p := range all { p.Join() }`, row.starts, i)).ok(t)
		awaitPIDs(t, variable, 1+row.spares)
	}
}
