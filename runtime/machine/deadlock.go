package machine

// This file defines how a machine finds out that threads wait for each other.

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// A Resource is what a thread waits for, as the report of a deadlock names it. Its methods are called by
// anybody and must not wait: what they read must be atomic, or constant.
type Resource interface {
	Name() string      // "Lock accounts", "Queue jobs (empty)"
	Holders() []Holder // who could end the wait; nil if that isn't known
}

// A Holder is a thread that has a Resource.
type Holder struct {
	Thread *Thread
	Since  Site // where it got it; may be zero
}

// A group is the threads of an interpreter: they can wait for each other.
type group struct {
	mu       sync.Mutex // protects the fields below and all members' waiting
	live     int        // threads that were started and haven't ended
	stuck    int        // those that wait for another thread without an end
	outsider int        // others that may wake them
}

// waiting is what a thread waits for.
type waiting struct {
	w     *Word
	old   uint32
	why   Why
	site  Site
	since int64
	timed bool
	on    bool
}

// AddOutsiders says that n more (or fewer, if negative) goroutines exist that are no threads of the
// interpreter but may wake its threads: plain goroutines that use its locks. As long as there are any,
// nothing is called a deadlock.
func (m *Machine) AddOutsiders(in Interpreter, n int) {
	m.mu.Lock()
	g := m.groups[in]
	if g == nil {
		g = &group{}
		m.groups[in] = g
	}
	m.mu.Unlock()
	g.mu.Lock()
	g.outsider += n
	g.mu.Unlock()
	if n < 0 {
		g.check(m)
	}
}

// enterWait notes what t waits for. If that leaves nobody who could end it, all who wait are told.
func (t *Thread) enterWait(w *Word, old uint32, timed bool, why Why) {
	var site Site
	if t.m.opts.Site != nil {
		site = t.m.opts.Site(t)
	}
	now := t.m.backend.now(t)
	g := t.group
	g.mu.Lock()
	t.waiting = waiting{w, old, why, site, now, timed, true}
	suspicious := false
	if !timed {
		g.stuck++
		suspicious = g.stuck >= g.live && g.outsider == 0
	}
	g.mu.Unlock()
	if suspicious {
		g.check(t.m)
	}
}

func (t *Thread) leaveWait() {
	g := t.group
	g.mu.Lock()
	if !t.waiting.timed {
		g.stuck--
	}
	t.waiting = waiting{}
	g.mu.Unlock()
}

// left uncounts a thread that has ended: the others may have waited for what only it could do.
func (g *group) left(m *Machine) {
	g.mu.Lock()
	g.live--
	g.mu.Unlock()
	g.check(m)
}

// check looks whether all of a group wait for ever, and tells them.
//
// A thread that was woken but hasn't run yet still counts as waiting. But whoever wakes changes the word
// first, so as long as each word still holds what its waiter expects, no wake-up is under way that would
// find something else than a reason to wait again.
func (g *group) check(m *Machine) {
	g.mu.Lock()
	if g.live == 0 || g.stuck < g.live || g.outsider > 0 {
		g.mu.Unlock()
		return
	}
	var members []*Thread
	for _, t := range m.Threads() {
		if t.group != g {
			continue
		}
		if !t.waiting.on || t.waiting.timed || t.waiting.w.v.Load() != t.waiting.old || t.fate.Load() != nil {
			g.mu.Unlock()
			return
		}
		members = append(members, t)
	}
	d := report(members)
	g.mu.Unlock()
	for _, t := range members {
		t.Kill(d)
	}
}

// A Deadlock says that threads wait for each other. It is the value with which each of them panics.
type Deadlock struct {
	Waits []Waiting // in order of the threads' numbers
}

// A Waiting is one of them.
type Waiting struct {
	Thread string        // its name
	For    string        // what it waits for
	HeldBy []string      // names of the threads that have it; empty if nobody or unknown
	Held   []Site        // where they got it, one for each of HeldBy
	At     Site          // where it waits
	Since  time.Duration // on the machine's clock
}

// report says what threads wait for. Callers hold their group's mu, or the machine stands still.
func report(threads []*Thread) *Deadlock {
	d := &Deadlock{}
	for _, t := range threads {
		w := Waiting{Thread: t.Name(), For: "something", At: t.waiting.site, Since: time.Duration(t.waiting.since)}
		if on := t.waiting.why.On; on != nil {
			w.For = on.Name()
			for _, h := range on.Holders() {
				w.HeldBy = append(w.HeldBy, h.Thread.Name())
				w.Held = append(w.Held, h.Since)
			}
		}
		d.Waits = append(d.Waits, w)
	}
	return d
}

// Error tells who waits for what, a line each.
func (d *Deadlock) Error() string {
	var b strings.Builder
	if len(d.Waits) == 1 {
		b.WriteString("deadlock: the only thread waits for what nobody will do")
	} else {
		fmt.Fprintf(&b, "deadlock: %d threads wait for each other", len(d.Waits))
	}
	for _, w := range d.Waits {
		fmt.Fprintf(&b, "\n  %s waits for %s%s", w.Thread, w.For, at(" at ", w.At))
		for i, h := range w.HeldBy {
			fmt.Fprintf(&b, ", held by %s%s", h, at(" since ", w.Held[i]))
		}
	}
	return b.String()
}

func at(word string, s Site) string {
	if s == (Site{}) {
		return ""
	}
	return word + s.String()
}

// Mermaid draws the wait-for graph as a Mermaid flowchart: threads are boxes, what they wait for is round.
func (d *Deadlock) Mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	ids := map[string]string{}
	node := func(kind, name, open, shut string) string {
		key := kind + name
		if ids[key] == "" {
			ids[key] = fmt.Sprintf("%s%d", kind, len(ids)+1)
			fmt.Fprintf(&b, "    %s%s\"%s\"%s\n", ids[key], open, mermaidText(name), shut)
		}
		return ids[key]
	}
	for _, w := range d.Waits {
		t, r := node("t", w.Thread, "[", "]"), node("r", w.For, "([", "])")
		fmt.Fprintf(&b, "    %s -->|\"%s\"| %s\n", t, mermaidText("waits"+at(" at ", w.At)), r)
		for i, h := range w.HeldBy {
			u := node("t", h, "[", "]")
			fmt.Fprintf(&b, "    %s -.->|\"%s\"| %s\n", r, mermaidText("held"+at(" since ", w.Held[i])), u)
		}
	}
	return b.String()
}

// mermaidText makes a string fit for a quoted Mermaid label.
func mermaidText(s string) string {
	return strings.NewReplacer(`"`, "#quot;", "\n", " ", "<", "#lt;", ">", "#gt;").Replace(s)
}
