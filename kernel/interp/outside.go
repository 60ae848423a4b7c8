package interp

// This file defines what is recorded of what runs beside the machine of a cell: goroutines, timers, and calls that
// leave it. All of these run on the real clock, whatever the machine's is.

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gilkernel/kernel/exec"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// maxGoroutineLanes is how many goroutines of a cell have lanes; the others are counted.
const maxGoroutineLanes = 64

// An outside is what runs beside a python. Its methods may be called concurrently, and do nothing if it is nil: nothing
// is recorded.
type outside struct {
	p      *python
	common timeline.Thread // what all lanes have in common

	mu                            sync.Mutex // protects the fields below
	goroutines, timers, callbacks int
	lanes                         []*lane
}

func newOutside(p *python) *outside {
	o := &outside{p: p, common: timeline.Thread{Outside: true}}
	o.common.Process, o.common.PID, _ = p.in.Process()
	return o
}

// beside returns what is recorded beside a run's own machine, nil if nothing is.
func (r *run) beside() *outside {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outside
}

// A lane is a goroutine's row in the timeline. A nil one records nothing.
type lane struct {
	o     *outside
	id    int32
	cell  uint16
	line  uint16
	begun time.Time // on the real clock

	mu     sync.Mutex      // protects the fields below
	thread timeline.Thread // as the recorder knows it
	last   int64           // the time of the last event
}

// goroutine records that the calling goroutine starts one at a site.
func (o *outside) goroutine(src *sources, site string) *lane {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.goroutines++
	if len(o.lanes) == maxGoroutineLanes {
		return nil
	}
	at := src.parse(site)
	place := siteAt(at.label, at.line)
	l := &lane{o: o, begun: time.Now(), thread: o.common, cell: place.Cell, line: place.Line}
	l.thread.Name = goroutineName(src, at)
	l.id = o.p.rec.Thread(l.thread)
	o.lanes = append(o.lanes, l)
	by := int32(0)
	if t := rt.Current(); t != nil && t.Machine() == o.p.m {
		by, l.last = t.Lane(), int64(t.Now())
	}
	l.add(timeline.Start, by, "")
	l.add(timeline.Outside, 0, "")
	return l
}

// started is a go statement that calls a function by its name.
var started = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^go\s+([\pL_][\pL\pN_.]*)\s*[(\[]`)
})

// goroutineName returns "go f (In[3]:4)", or "go In[3]:4" for a function literal, for the go statement at a place.
func goroutineName(src *sources, at place) string {
	if at.label == "" {
		return "goroutine"
	}
	where := fmt.Sprintf("%s:%d", at.label, at.line)
	if lines := src.text(at.label); at.line >= 1 && at.line <= len(lines) {
		text := lines[at.line-1]
		if m := started().FindStringSubmatch(text[min(at.column-1, len(text)):]); m != nil && m[1] != "func" {
			return "go " + m[1] + " (" + where + ")"
		}
	}
	return "go " + where
}

// add records an event at the machine's time. A simulated machine's is that of its last decision, which may be behind
// what a thread has recorded.
func (l *lane) add(kind timeline.Kind, other int32, object string) {
	rec := l.o.p.rec
	name := rec.Name(object)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = max(l.last, int64(l.o.p.m.Now()))
	rec.Add(timeline.Event{At: l.last, Thread: l.id, Other: other, Object: name, Cell: l.cell, Line: l.line,
		Kind: kind})
}

// do records that the goroutine waits, until the function that it returns is called.
func (l *lane) do(kind timeline.Kind, object string) (over func()) {
	if l == nil {
		return func() {}
	}
	l.add(kind, 0, object)
	return func() { l.add(timeline.Outside, 0, "") }
}

// end records how the goroutine has ended.
func (l *lane) end(failed *failure) {
	if l == nil {
		return
	}
	l.mu.Lock()
	l.thread.Real = int64(time.Since(l.begun))
	l.o.p.rec.SetThread(l.id, l.thread)
	l.mu.Unlock()
	if failed == nil {
		l.add(timeline.Done, 0, "")
		return
	}
	name, _ := explain(failed.value)
	l.add(timeline.Failed, 0, name)
}

// laneOf returns the lane of a goroutine by Go's number, nil if it has none.
func (s *runner) laneOf(id int64) *lane {
	if g := s.goroutines.find(id); g != nil {
		return g.lane
	}
	return nil
}

// timer counts a timer that the cell set.
func (o *outside) timer() {
	if o != nil {
		o.mu.Lock()
		o.timers++
		o.mu.Unlock()
	}
}

// callback counts a function that a context will call.
func (o *outside) callback() {
	if o != nil {
		o.mu.Lock()
		o.callbacks++
		o.mu.Unlock()
	}
}

// finish says in the timeline what ran beside the machine, and for how long so far.
func (o *outside) finish(tl *timeline.Timeline) {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range o.lanes {
		if int(l.id) > len(tl.Threads) {
			break // started since
		}
		if t := &tl.Threads[l.id-1]; t.Real == 0 {
			t.Real = int64(time.Since(l.begun))
		}
	}
	var words []string
	add := func(n int, one, many string) {
		if n == 1 {
			words = append(words, one)
		} else if n > 1 {
			words = append(words, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(o.goroutines, "1 goroutine", "goroutines")
	add(o.timers, "a timer", "timers")
	add(o.callbacks, "a callback of a context", "callbacks of contexts")
	waits, calls := 0, 0
	var names []string
	for _, c := range o.p.m.Left() {
		switch name := tl.Name(c.Name); {
		case c.Kind == timeline.WaitEvent && name == exec.OutsideChannel:
			waits += c.Calls
		case c.Kind == timeline.IO && (c.Long > 0 || !local(name)):
			calls += c.Calls
			names = append(names, strings.TrimPrefix(name, "*"))
		}
	}
	add(waits, "a wait for a timer or signal", "waits for timers or signals")
	more := ""
	if len(names) > 3 {
		names, more = names[:3], ", …"
	}
	said := " (" + strings.Join(names, ", ") + more + ")"
	add(calls, "a call to the world outside"+said, "calls to the world outside"+said)
	if n := len(words); n > 1 {
		words = []string{strings.Join(words[:n-1], ", ") + " and " + words[n-1]}
	}
	if text := strings.Join(words, ""); text != "" {
		tl.Info.Outside = strings.ToUpper(text[:1]) + text[1:]
	}
}

// local reports whether a call only concerns files and memory. Those answer at once unless they wait for something, and
// alike in each run; whatever else does I/O has a peer with a clock of its own.
func local(name string) bool {
	pkg, _, _ := strings.Cut(strings.TrimPrefix(name, "*"), ".")
	return slices.Contains([]string{"os", "io", "bufio", "rand", "fs"}, pkg)
}
