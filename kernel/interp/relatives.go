package interp

// This file defines how the timelines of processes that a cell starts get back to the cell. Each process sends what it
// has recorded to its parent, periodically and at its end, and passes on the messages of its own children; the cell's
// process joins all timelines into one. Before a parent ends a process with Terminate or Kill, it asks the process for
// the rest; a process that is killed by others, or together with its parent, has sent all but its last tellTime.

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"gilkernel/kernel/link"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/timeline"
)

const (
	// tellTime is the time between two messages with recorded events.
	tellTime = 50 * time.Millisecond
	// childEvents is how many events of each thread a child keeps until they are sent.
	childEvents = 1 << 14
)

// familyNews is the content of link.Event.Family. Exactly one field is set.
type familyNews struct {
	Born *timeline.Birth  `json:",omitempty"`
	Told *timeline.Record `json:",omitempty"`
	Died *timeline.Death  `json:",omitempty"`
	// All answers a link.Tell: everything recorded so far was sent.
	All bool `json:",omitempty"`
}

// relatives holds the timelines of other processes, for a python that records; in such a process, it sends them to the
// parent. Its methods may be called concurrently. On a nil relatives, tell, heard, born and died do nothing, and join
// returns its argument.
type relatives struct {
	p    *python
	zero int64 // the time of the common clock at the start of the machine

	mu     sync.Mutex // protects the fields below
	parent bool       // there is a parent to report to
	family timeline.Family
	cursor timeline.Cursor
}

func newRelatives(p *python) *relatives {
	return &relatives{p: p, zero: timeline.Zero(commonTime, func() int64 { return int64(p.m.Now()) })}
}

// childPython returns the python of a process of package multiprocessing.
func (s *runner) childPython(q *link.Child) (*python, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	spec, err := s.spec.with(q.Python)
	if err != nil {
		return nil, err
	}
	events := 0
	if q.Record {
		events = childEvents
	}
	p, err := newPython(s, spec, events)
	if err != nil {
		return nil, err
	}
	s.pythons = append(s.pythons, p)
	if p.relatives != nil {
		p.relatives.parent = true
		go p.relatives.tellAgain() // ends with the process
	}
	return p, nil
}

func (r *relatives) tellAgain() {
	for {
		time.Sleep(tellTime)
		r.tell(false)
	}
}

// tell sends what was recorded since the last call. last says that the process ends: then the records of threads are
// complete.
func (r *relatives) tell(last bool) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.parent {
		return
	}
	if last {
		r.p.m.RecordCPUTimes()
	}
	if part, ok := r.p.rec.Next(&r.cursor, last); ok {
		r.send(familyNews{Told: &timeline.Record{PID: os.Getpid(), Zero: r.zero, Part: part}})
	}
}

// tellAll sends the rest of what this process has recorded, at its end.
func (s *runner) tellAll() {
	for _, p := range s.allPythons() {
		p.relatives.tell(true)
	}
}

// tellNow answers a link.Tell.
func (s *runner) tellNow() {
	for _, p := range s.allPythons() {
		if p.relatives != nil {
			p.relatives.tell(false)
			p.relatives.answer()
		}
	}
}

func (r *relatives) answer() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.send(familyNews{All: true})
}

// send sends to the parent. The caller holds r.mu, so that messages stay in order.
func (r *relatives) send(n familyNews) {
	if b, err := json.Marshal(n); err == nil {
		r.p.s.send(&link.Event{Family: b})
	}
}

// note records news, or passes them on to the parent.
func (r *relatives) note(n familyNews) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.parent:
		r.send(n)
	case n.Born != nil:
		r.family.Born(*n.Born)
	case n.Told != nil:
		r.family.Told(*n.Told)
	case n.Died != nil:
		r.family.Died(*n.Died)
	}
}

// heard notes the news that a child has sent. It reports whether they answer a Tell.
func (r *relatives) heard(b json.RawMessage) (all bool) {
	var n familyNews
	if r == nil || json.Unmarshal(b, &n) != nil { // unreadable news are ignored
		return false
	}
	if !n.All {
		r.note(n)
	}
	return n.All
}

// born records that the thread t has started a process.
func (r *relatives) born(t *rt.Thread, pid int, name string, at int64) {
	if r == nil {
		return
	}
	_, _, gil := r.p.in.Process()
	r.note(familyNews{Born: &timeline.Birth{PID: pid, Name: name, GIL: gil, Parent: os.Getpid(), Lane: t.Lane(),
		At: at}})
}

// died records how a process ended.
func (r *relatives) died(pid, code int) {
	if r == nil {
		return
	}
	d := &timeline.Death{PID: pid, At: commonTime(), Failed: code != 0}
	switch {
	case code < 0:
		d.How = process.SignalName(-code)
	case code > 0:
		d.How = fmt.Sprintf("exit code %d", code)
	}
	r.note(familyNews{Died: d})
}

// join returns the timeline of all processes. tl is the timeline of this one.
func (r *relatives) join(tl *timeline.Timeline) *timeline.Timeline {
	if r == nil {
		return tl
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	pid, name := os.Getpid(), "MainProcess"
	if r.p.spec.simulated {
		pid = process.FirstPID
	}
	return r.family.Join(tl, r.zero, pid, name)
}
