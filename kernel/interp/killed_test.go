//go:build linux

package interp_test

// This file tests that nothing is left of processes with a manager, whichever of them is killed.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/link"
)

// managed is a parent, a child and a manager that use all that could be left behind: objects, locks, queues and shared
// memory.
const managed = mpImports + `import "gilkernel/runtime/multiprocessing/sharedmemory"
func use(d *mp.DictProxy, l *mp.AcquirerProxy, q *mp.QueueProxy, name string) {
	s := sharedmemory.NewSharedMemory(sharedmemory.Name(name))
	for i := 0; ; i++ {
		l.With(func() { d.SetItem("i", i); s.Buf().Set(0, byte(i)) })
		q.Put(i)
		q.Get()
	}
}
---
{ // what they are is gone with the cell
m := mp.NewManager()
s := sharedmemory.NewSharedMemory(sharedmemory.Create(true), sharedmemory.Size(1<<20))
d, l, q := m.Dict(), m.Lock(), m.Queue()
p := mp.NewProcess(use, mp.Args(d, l, q, s.Name()))
p.Start()

_, _, _ = os.Stdout, exceptions.Is, time.Now
fmt.Println(m.Process().PID(), p.PID(), s.Name(), "begun")
for { l.With(func() { d.Get("i"); s.Buf().Get(0) }); q.Put(nil); q.Get() }
}
`

// cleaned is what the next cell does.
const cleaned = mpImports + `---
for _, c := range mp.ActiveChildren() { c.Kill(); c.Join() }
_, _, _ = os.Stdout, exceptions.Is, time.Now
fmt.Println(len(mp.ActiveChildren()))
`

// The manager, the child or the parent is killed at 30 points each. Nothing is left of it, and the next cell runs.
func TestKilledWithManager(t *testing.T) {
	// Other programs have memory in the usual directories, at any time: so these processes have one of their own, and
	// of /dev/shm only the names count that they have used.
	temp := "TMPDIR=" + t.TempDir()
	var names []string
	rng := rand.New(rand.NewPCG(3, 4))
	soon := func() { time.Sleep(time.Duration(rng.IntN(20_000)) * time.Microsecond) } // any point will do
	for victim, name := range []string{"manager", "child"} {
		t.Run(name, func(t *testing.T) {
			variable := fmt.Sprintf("GILKERNEL_TEST_FAMILY=%s%d", name, os.Getpid())
			p := begin(t, variable, temp)
			open := func() int {
				list, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.cmd.Process.Pid))
				if err != nil {
					t.Fatal(err)
				}
				return len(list)
			}
			descriptors := 0
			for i := range 30 {
				// each cell declares its own
				q := p.request(strings.ReplaceAll(managed, "use", fmt.Sprintf("use%d", i)))
				p.send(&link.Request{Run: q})
				said := p.until(func(r *result) bool { return strings.Contains(r.out[q.ID], "begun") }).out[q.ID]
				var list [2]int
				shared := ""
				if _, err := fmt.Sscan(said, &list[0], &list[1], &shared); err != nil {
					t.Fatal(err)
				}
				names = append(names, shared)
				soon()
				_ = syscall.Kill(list[victim], syscall.SIGKILL)
				soon()
				p.interrupt(q.ID) // it may have failed already
				p.wait(q.ID)
				r := p.run(cleaned).ok(t)
				if got := strings.TrimSpace(r.out[r.id]); got != "0" {
					t.Fatalf("round %d: %s children are left", i, got)
				}
				if i < 5 {
					descriptors = max(descriptors, open())
				}
			}
			// Spares come and go, two of them with eight descriptors each; what is left of each round would be 25
			// descriptors and more.
			for until := time.Now().Add(patience); open() > descriptors+20; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(until) {
					t.Fatalf("%d descriptors are open; in the first rounds there were at most %d", open(), descriptors)
				}
			}
			p.closeIn()
			none(t, variable)
		})
	}
	t.Run("parent", func(t *testing.T) {
		for i := range 30 {
			variable := fmt.Sprintf("GILKERNEL_TEST_FAMILY=parent%d-%d", os.Getpid(), i)
			p := begin(t, variable, temp)
			if i%2 == 0 {
				p.begun(managed)
			} else { // while it starts
				p.send(&link.Request{Run: p.request(managed)})
			}
			soon()
			_ = syscall.Kill(p.cmd.Process.Pid, syscall.SIGKILL)
			none(t, variable)
		}
	})
	for _, name := range names {
		if _, err := os.Stat(filepath.Join("/dev/shm", name)); !os.IsNotExist(err) {
			t.Errorf("%s is left in /dev/shm: %v", name, err)
		}
	}
	if left, _ := os.ReadDir(strings.TrimPrefix(temp, "TMPDIR=")); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}
