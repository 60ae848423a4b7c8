package machine

// This file defines which calls left a simulated machine.

import (
	"cmp"
	"slices"
	"sync"

	"gilkernel/runtime/timeline"
)

// A Left says how often threads of a simulated machine left it by Thread.Blocking, for calls of one name.
type Left struct {
	Kind  timeline.Kind // what the threads were doing meanwhile
	Name  timeline.Name // of the machine's recorder
	Calls int
	Long  int // calls that took so long that the other threads ran on without them: these make a run unrepeatable
}

// leftCalls counts such calls. The zero value is empty; its methods are safe for concurrent use.
type leftCalls struct {
	mu  sync.Mutex // protects the field below
	all map[leftKey]*Left
}

type leftKey struct {
	kind timeline.Kind
	name timeline.Name
}

// add counts calls, and those that turned out to be long.
func (l *leftCalls) add(kind timeline.Kind, name timeline.Name, calls, long int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := leftKey{kind, name}
	c := l.all[k]
	if c == nil {
		if l.all == nil {
			l.all = map[leftKey]*Left{}
		}
		c = &Left{Kind: kind, Name: name}
		l.all[k] = c
	}
	c.Calls += calls
	c.Long += long
}

// Left returns the calls by which threads left a simulated machine that records, ordered by Name, then Kind; for other
// machines it returns none. Any goroutine may call it.
func (m *Machine) Left() (all []Left) {
	m.left.mu.Lock()
	defer m.left.mu.Unlock()
	for _, c := range m.left.all {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Left) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	return all
}
