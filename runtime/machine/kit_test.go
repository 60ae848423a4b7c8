package machine_test

// This file defines what the tests stand on: both machines, an interpreter without a GIL that records its calls, and
// resources to deadlock on.

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const forever = time.Duration(-1)

// onBoth runs a test on a machine of each kind, and on a simulated one with a Crew.
func onBoth(t *testing.T, test func(t *testing.T, m *machine.Machine)) {
	t.Helper()
	t.Run("simulated", func(t *testing.T) { test(t, simulate(t, machine.Options{})) })
	t.Run("crew", func(t *testing.T) {
		crew := &machine.Crew{}
		defer crew.Close()
		test(t, simulate(t, machine.Options{Crew: crew}))
	})
	t.Run("real", func(t *testing.T) { test(t, realMachine(t, machine.Options{})) })
}

func simulate(tb testing.TB, o machine.Options) *machine.Machine {
	tb.Helper()
	m, err := machine.Simulate(&o)
	if err != nil {
		tb.Fatal(err)
	}
	watch(tb)
	return m
}

func realMachine(tb testing.TB, o machine.Options) *machine.Machine {
	tb.Helper()
	m, err := machine.Real(&o)
	if err != nil {
		tb.Fatal(err)
	}
	watch(tb)
	return m
}

// watch ends the process with all stacks if a test hangs, however loaded the computer is.
func watch(tb testing.TB) {
	timer := time.AfterFunc(5*time.Minute, func() {
		buf := make([]byte, 1<<20)
		panic(tb.Name() + " hangs\n" + string(buf[:runtime.Stack(buf, true)]))
	})
	tb.Cleanup(func() { timer.Stop() })
}

// run runs a main thread of no interpreter.
func run(t *testing.T, m *machine.Machine, fn func(main *machine.Thread)) error {
	t.Helper()
	return m.NewThread(nil, "main").Run(fn)
}

// ok is run, which must end well.
func ok(t *testing.T, m *machine.Machine, fn func(main *machine.Thread)) {
	t.Helper()
	if err := run(t, m, fn); err != nil {
		t.Fatal(err)
	}
}

// join waits for a thread's end and reports how it failed.
func join(t *testing.T, by, th *machine.Thread) *machine.Failure {
	t.Helper()
	if !th.Join(by, forever) {
		t.Fatalf("%s didn't end", th.Name())
	}
	return th.Failure()
}

// panicOf returns what fn panics with, nil if it doesn't.
func panicOf(fn func()) (v any) {
	defer func() { v = recover() }()
	fn()
	return nil
}

// list is a list of words for several threads.
type list struct {
	mu    sync.Mutex
	words []string
}

func (l *list) add(word string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.words = append(l.words, word)
}

func (l *list) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.words, " ")
}

// want fails unless the list holds these words.
func (l *list) want(t *testing.T, words string) {
	t.Helper()
	if got := l.String(); got != words {
		t.Errorf("got  %s\nwant %s", got, words)
	}
}

// clerk is an interpreter without a GIL that records its calls.
type clerk struct {
	list
	pace machine.Pace
}

func (c *clerk) Begin(t *machine.Thread)                     { c.add("begin"); t.SetPace(c.pace) }
func (c *clerk) Attach(*machine.Thread)                      { c.add("attach") }
func (c *clerk) Detach(*machine.Thread)                      { c.add("detach") }
func (c *clerk) End(*machine.Thread)                         { c.add("end") }
func (c *clerk) Process() (name string, pid int, gil string) { return "P", 1, "G" }
func (c *clerk) Break(t *machine.Thread) {
	c.add("break")
	t.ClearFlag(machine.FlagDrop)
	t.SetBudget(100)
}

// lineKey is the key under which tests keep the line that a thread is at.
type lineKey struct{}

// at says that the thread is at a line.
func at(t *machine.Thread, n int) { t.SetLocal(lineKey{}, n) }

// site is an Options.Site that knows what at said.
func site(t *machine.Thread) machine.Site {
	n, _ := t.Local(lineKey{}).(int)
	if n == 0 {
		return machine.Site{}
	}
	return machine.Site{Cell: 1, Line: uint16(n)}
}

// lock is a lock of a single word: 0 free, 1 taken, 2 taken while others may wait.
type lock struct {
	name  string
	owned bool // only its holder may release it
	w     machine.Word

	mu     sync.Mutex
	holder []machine.Holder
}

func (l *lock) Name() string { return l.name }

func (l *lock) Holders() []machine.Holder {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.holder
}

func (l *lock) hold(h ...machine.Holder) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holder = h
}

// acquire takes the lock, for at most d if d >= 0, and reports whether it did.
func (l *lock) acquire(t *machine.Thread, d time.Duration) bool {
	if !l.w.CompareAndSwap(t, 0, 1) {
		t.Detach()
		defer t.Attach()
		for l.w.Swap(t, 2) != 0 {
			if t.Wait(&l.w, 2, d, machine.Why{Kind: timeline.WaitLock, On: l, Owned: l.owned}) == machine.TimedOut {
				return false
			}
		}
	}
	l.hold(machine.Holder{Thread: t, Since: site(t)})
	return true
}

func (l *lock) release(t *machine.Thread) {
	l.hold()
	if l.w.Swap(t, 0) == 2 {
		l.w.Wake(t, 1)
	}
}

// event is something that threads wait for and that no thread holds.
type event struct {
	name string
	w    machine.Word
}

func (e *event) Name() string              { return e.name }
func (e *event) Holders() []machine.Holder { return nil }

func (e *event) wait(t *machine.Thread, d time.Duration) bool {
	t.Detach()
	defer t.Attach()
	for e.w.Load(t) == 0 {
		if t.Wait(&e.w, 0, d, machine.Why{Kind: timeline.WaitEvent, On: e}) == machine.TimedOut {
			return false
		}
	}
	return true
}

func (e *event) set(t *machine.Thread) {
	e.w.Store(t, 1)
	e.w.Wake(t, 1<<30)
}

// untilStuck waits until all of the threads wait for another thread.
func untilStuck(by *machine.Thread, threads ...*machine.Thread) {
	for _, th := range threads {
		for _, stuck := th.Stuck(); !stuck; _, stuck = th.Stuck() {
			by.Sleep(ms / 10)
		}
	}
}

// asleep waits until n threads that were started wait for the word, as far as the other end can see that.
func asleep(by *machine.Thread, arrived *machine.Word, n uint32) {
	for arrived.Load(by) < n {
		by.Yield()
	}
	by.Sleep(2 * time.Millisecond)
}

var errStop = errors.New("the test is over")

// golden compares a text with a file of testdata; the flag update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s:\n%s", path, firstDifference(got, string(want)))
	}
}

// firstDifference returns the first line that differs.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "line " + itoa(i+1) + "\n got " + g[i] + "\nwant " + w[i]
		}
	}
	return itoa(len(g)) + " lines, not " + itoa(len(w))
}
