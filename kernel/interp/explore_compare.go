package interp

// This file compares runs under one schedule: what isn't the same in two of them isn't the machine's, whatever it is
// called, and the first difference says where it comes from.

import (
	"hash/maphash"
	"reflect"
	"strings"
	"time"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
)

const (
	// maxCompared is how many events of a run are compared at most.
	maxCompared = 100_000
	// compareRuns is how many runs of a cell that gets values from elsewhere are compared, and compareTime for how
	// long: the order of a map with two elements is the same in seven of eight runs.
	compareRuns = 64
	compareTime = 20 * time.Millisecond
)

// event is something that happens in a run, as it is compared.
type event struct {
	sum   uint64
	site  *exec.Site // of a value; nil: the thread does something with the machine
	where rt.Site    // the thread's place, without a site
}

// comparer is the Explorer of plain runs, and tells whether the same happens in each. Its methods belong to the thread
// that runs.
type comparer struct {
	seed   maphash.Seed
	events []event // of the first run
	keys   map[any]uint64
	n      int    // events of this run
	heard  int    // values from elsewhere in this run
	first  bool   // this is the first run
	differ *event // the first that isn't the first run's; nil: all were the same
}

func newComparer() *comparer { return &comparer{seed: maphash.MakeSeed(), first: true} }

// next begins another run.
func (c *comparer) next() {
	c.keys, c.n, c.heard, c.first = nil, 0, 0, false
}

// Checked implements machine.Explorer.
func (c *comparer) Checked(t *rt.Thread) bool {
	c.happens(t, event{sum: uint64(t.ID())})
	return false
}

// Accessing implements machine.Explorer.
func (c *comparer) Accessing(*rt.Thread, any, bool) bool { return false }

// Accessed implements machine.Explorer.
func (c *comparer) Accessed(t *rt.Thread, key any, write bool) {
	k, ok := c.keys[key]
	if !ok {
		if c.keys == nil {
			c.keys = map[any]uint64{}
		}
		k = uint64(len(c.keys)) + 1
		c.keys[key] = k
	}
	k <<= 1
	if write {
		k++
	}
	c.happens(t, event{sum: k<<32 + uint64(t.ID())})
}

// Next implements machine.Explorer.
func (c *comparer) Next(*rt.Point) int { return 0 }

// happens compares an event with that of the first run, and ends a run that is too long to be compared.
func (c *comparer) happens(t *rt.Thread, ev event) {
	switch {
	case c.n >= maxCompared:
	case c.first:
		c.events = append(c.events, ev)
	case c.differ != nil:
	case c.n >= len(c.events) || c.events[c.n].sum != ev.sum:
		if ev.site == nil {
			ev.where = t.Site()
		}
		c.differ = &ev
	}
	if c.n++; c.n == maxCompared {
		t.Machine().Stop(errLong)
	}
}

// accesses compares the value of a variable that is about to be read or written.
func (c *comparer) accesses(t *rt.Thread, site *exec.Site, value any) {
	sum, _ := c.sum(reflect.ValueOf(value), 1)
	c.happens(t, event{sum: sum, site: site})
}

// comes compares a value from elsewhere. It reports whether the value leads to a timer.
func (c *comparer) comes(t *rt.Thread, site *exec.Site, value reflect.Value) (timer bool) {
	c.heard++
	sum, timer := c.sum(value, walkValues)
	c.happens(t, event{sum: sum, site: site})
	return timer
}

func (c *comparer) sum(v reflect.Value, values int) (sum uint64, timer bool) {
	w := &walk{left: values}
	w.hash.SetSeed(c.seed)
	w.value(v, true)
	return w.hash.Sum64(), w.timer
}

// repeatable runs the plain schedule again and again, and reports whether it makes sense to continue.
func (x *exploring) repeatable() bool {
	c := newComparer()
	x.compares = c
	defer func() { x.compares = nil }()
	var first link.Outcome
	for began, i := time.Now(), 0; ; i++ {
		out := x.outcomeOf(x.program(c))
		x.outsiders.wake()
		switch {
		case x.stuck():
			return false
		case x.interrupted():
			return true
		case i == 0:
			first = out
		case c.differ != nil:
			x.differsAt(c.differ)
			if c.differ.site == nil || out.Kind != first.Kind || out.Text != first.Text {
				x.varies()
			}
			return true
		case out.Kind != first.Kind || out.Text != first.Text:
			x.varies()
			return true
		}
		if i > 0 && (c.heard == 0 || i+1 >= compareRuns || time.Since(began) > compareTime) {
			return true
		}
		c.next()
	}
}

// differsAt notes the first difference between two runs. One that follows from what was noted already needs no note.
func (x *exploring) differsAt(ev *event) {
	s := ev.site
	switch {
	case s != nil && s.Op == "result":
		x.noteAt(s.Pos, s.Name+" isn't the same in each run", false)
	case len(x.notes) > 0:
	case s != nil:
		x.noteAt(s.Pos, "what is in "+s.Name+" isn't the same in each run", false)
	default:
		n := link.ExploreNote{Text: "what happens isn't the same in each run"}
		if n.Label, n.Line = x.placeOf(ev.where); n.Line > 0 {
			x.note(n)
		}
	}
}

// noteAt records something that isn't repeatable.
func (x *exploring) noteAt(pos, text string, fatal bool) {
	at := x.s.host.sources.parse(pos)
	x.note(link.ExploreNote{Label: at.label, Line: at.line, Text: text, Fatal: fatal})
}

// Hears implements exec.Explored. What may be a timer is looked at until it is known what a place of the source gets.
func (y *pyThread) Hears(site *exec.Site) bool {
	x := y.explored.x
	return x.compares != nil || site.Leads() && x.heard[site] < heardOften
}

// heardOften is how often.
const heardOften = 3

// Hear implements exec.Explored.
func (y *pyThread) Hear(site *exec.Site, at unsafe.Pointer) {
	x := y.explored.x
	x.heard[site]++
	c := x.compares
	if c == nil {
		c = newComparer()
	}
	if c.comes(y.Thread, site, site.At(at)) {
		x.noteAt(site.Pos, strings.TrimSuffix(site.Name, "()")+" runs on the real clock, which is not the machine's", false)
	}
}
