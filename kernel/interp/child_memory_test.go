//go:build linux

package interp_test

// This file tests what is said of processes that end for want of memory.

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const eaters = mpImports + `
func eat(x int) int { var all [][]byte; for { b := make([]byte, 1<<20); for i := 0; i < len(b); i += 4096 { b[i] = 1 }; all = append(all, b) } }
var _, _, _ = os.Getpid, time.Now, exceptions.Is
---
p := mp.NewProcess(eat, mp.Args(1), mp.Name("plain")); p.Start(); p.Join()
fmt.Println("exit code", p.ExitCode())
func() {
	defer func() { fmt.Println(recover()) }()
	mp.NewPool(1).Map(eat, 2)
}()`

// A group of processes that may have little memory: the system kills the process that eats it, and both the cell's
// stderr and the pool's error say why. Few systems permit a program to make such a group, so this isn't asked of any:
// the tests of package process read the counters of groups from files of their own.
func TestKilledForWantOfMemory(t *testing.T) {
	group := filepath.Join("/sys/fs/cgroup/memory", fmt.Sprintf("gilkernel-test-%d", os.Getpid()))
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Logf("not tried, since this system permits no such group: %v", err)
		return
	}
	t.Cleanup(func() { _ = os.Remove(group) }) // its last processes may be ending
	write := func(file, text string) {
		if err := os.WriteFile(filepath.Join(group, file), []byte(text), 0); err != nil {
			t.Fatal(err)
		}
	}
	write("memory.limit_in_bytes", strconv.Itoa(200<<20))
	variable := fmt.Sprintf("GILKERNEL_TEST_FAMILY=memory%d", os.Getpid())
	p := begin(t, variable)
	for _, pid := range pids(t, variable) {
		write("cgroup.procs", strconv.Itoa(pid))
	}
	r := p.run(eaters).ok(t)
	got := r.out[r.id]
	for _, want := range []string{"exit code -9\n",
		"Process plain was killed by the system because memory had run out.\n",
		") was ended by SIGKILL because memory had run out, while it ran eat for item "} {
		if !strings.Contains(got, want) {
			t.Errorf("%q isn't in %q", want, got)
		}
	}
}

// At the limit that this program sets, Go's runtime ends the process; it fails in other ways as well, for which it has
// other words.
func TestProcessAtTheLimitOfMemory(t *testing.T) {
	p := begin(t, "GILKERNEL_MEMORY_LIMIT=300MiB")
	const limit = "because it had used up the memory that a process may have: the limit is 300MiB " +
		"(GILKERNEL_MEMORY_LIMIT or %limit memory changes it)"
	plain, pool := false, false
	for range 20 {
		r := p.run(eaters).ok(t)
		got := r.out[r.id]
		plain = plain || strings.Contains(got, "Process plain was ended by Go's runtime "+limit+".\n")
		pool = pool || strings.Contains(got, ") ended with exit code 2 "+limit+", while it ran eat for item ")
		if plain && pool {
			return
		}
	}
	t.Errorf("said of a process %v, of a pool's worker %v", plain, pool)
}
