package explore

// This file defines critical sections.

import (
	"slices"
	"strings"
	"sync"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// TwoInside begins the message of the AssertionError for two threads in a CriticalSection.
const TwoInside = "two threads are in the critical section: "

// A CriticalSection is a part of a program in which only one thread may be at a time. It doesn't enforce that, as a
// lock does: it detects when a second thread is in it. Threads can be switched while they are in it, at the latest
// where they leave. The zero CriticalSection is empty. Its methods may be called concurrently, and panic on a nil
// pointer.
//
//	var section explore.CriticalSection
//	…
//	section.With(func() { balance -= amount })
type CriticalSection struct {
	n machine.Word // how many are in it: what an explorer sees of it

	mu     sync.Mutex // protects the field below; nothing waits while it is held
	inside []*machine.Thread
}

// Enter says that the calling thread comes into the section. If another one is in it, Enter panics with Python's
// AssertionError, which names both, and the caller isn't in it.
func (c *CriticalSection) Enter() {
	t := machine.Current()
	if t != nil {
		t.Check() // it is a function of Python's
	}
	c.n.Add(t, 1)
	c.mu.Lock()
	others := slices.Clone(c.inside)
	c.inside = append(c.inside, t)
	c.mu.Unlock()
	if len(others) == 0 {
		return
	}
	c.remove(t)
	var names []string
	for _, u := range append(others, t) {
		names = append(names, nameOf(u))
	}
	panic(&exceptions.AssertionError{Message: TwoInside + strings.Join(names, " and ")})
}

// Leave says that the calling thread leaves the section. It panics with Python's RuntimeError if that isn't in it.
func (c *CriticalSection) Leave() {
	t := machine.Current()
	if t != nil {
		t.Check()
	}
	if !c.remove(t) {
		panic(exceptions.Runtime("leave of a critical section that %s is not in", nameOf(t)))
	}
}

// With calls body in the section, and leaves it when body has ended, by a panic too. A nil body does nothing.
func (c *CriticalSection) With(body func()) {
	c.Enter()
	defer c.Leave()
	if body != nil {
		body()
	}
}

// remove takes t out, and reports whether it was in. t is in the section as long as others can go on instead of it.
func (c *CriticalSection) remove(t *machine.Thread) bool {
	c.mu.Lock()
	in := slices.Contains(c.inside, t)
	c.mu.Unlock()
	if !in {
		return false
	}
	c.n.Add(t, -1)
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.inside, t)
	c.inside = slices.Delete(c.inside, i, i+1)
	return true
}

func nameOf(t *machine.Thread) string {
	if t == nil {
		return "a goroutine"
	}
	return t.Name()
}
