package timeline

// This file defines the rows of locks and queues: which thread held which lock when, and how full a queue was.

import (
	"cmp"
	"slices"
)

// A Lock is a named lock that one thread holds at a time.
type Lock struct {
	Name    string
	Object  Name
	Holds   []Hold  // which thread held it when, ordered by time
	Threads []int32 // those that held it at some time, in order of creation
	Waits   int     // how often a thread had to wait for it
	Wait    int64   // how long all threads together waited, in nanoseconds; in a deadlock until the end
}

// slip is by how much the records of two threads may be out of order: a lock's release is recorded after the next
// thread can acquire it.
const slip = 100_000

// Locks returns the locks that were acquired or waited for, the longest waits first, then the longest holds. Semaphores
// that several threads held at once are not among them.
func (tl *Timeline) Locks() []Lock {
	type state struct {
		Lock
		holder        int32
		since         int64
		depth         int
		late          map[int32]int64 // threads whose release is still to come, since when another one has the lock
		shared, taken bool
	}
	at := map[Name]*state{}
	var order []*state
	find := func(object Name) *state {
		s := at[object]
		if s == nil {
			s = &state{Lock: Lock{Name: tl.Name(object), Object: object}, late: map[int32]int64{}}
			at[object] = s
			order = append(order, s)
		}
		return s
	}
	shut := func(s *state, to int64) {
		if s.holder != 0 && to > s.since {
			s.Holds = append(s.Holds, Hold{s.holder, s.since, to})
		}
		s.holder, s.depth = 0, 0
	}
	for _, e := range tl.Events {
		if e.Object == 0 || e.Thread <= 0 || int(e.Thread) > len(tl.Threads) {
			continue
		}
		switch e.Kind {
		case Acquire:
			s := find(e.Object)
			s.taken = true
			if s.holder == e.Thread {
				s.depth++
				continue
			}
			if s.holder != 0 {
				s.late[s.holder] = e.At
				shut(s, e.At)
			}
			s.holder, s.since, s.depth = e.Thread, e.At, 1
			if !slices.Contains(s.Threads, e.Thread) {
				s.Threads = append(s.Threads, e.Thread)
			}
		case Release:
			s := find(e.Object)
			if since, ok := s.late[e.Thread]; ok && s.holder != e.Thread {
				delete(s.late, e.Thread)
				s.shared = s.shared || e.At-since > slip
				continue
			}
			if s.depth--; s.depth <= 0 {
				shut(s, e.At)
			}
		}
	}
	for _, lane := range tl.Lanes() {
		for _, iv := range lane {
			if s := at[iv.Object]; s != nil && (iv.State == WaitLock || iv.State == Blocked) {
				s.Waits++
				s.Wait += iv.Duration()
			}
		}
	}
	var out []Lock
	for _, s := range order {
		shut(s, tl.End)
		if s.taken && !s.shared && len(s.late) == 0 {
			slices.Sort(s.Threads)
			out = append(out, s.Lock)
		}
	}
	held := func(l Lock) (all int64) {
		for _, h := range l.Holds {
			all += h.Duration()
		}
		return all
	}
	slices.SortStableFunc(out, func(a, b Lock) int {
		return cmp.Or(cmp.Compare(b.Wait, a.Wait), cmp.Compare(held(b), held(a)))
	})
	return out
}

// Holder returns the thread that held the lock at a time, or 0.
func (l Lock) Holder(at int64) int32 {
	for _, h := range l.Holds {
		if h.From <= at && at < h.To {
			return h.Thread
		}
	}
	return 0
}

// A Queue is a queue, and how many items were in it.
type Queue struct {
	Name   string
	Object Name
	Levels []Level // ordered by time; before the first one the size isn't known
	Most   int     // items at once, at most
	Mean   float64 // items, on average over the timeline, 0 before the first Level
}

// A Level is a number of items from one time to another.
type Level struct {
	From, To int64 // nanoseconds since the machine's start
	Size     int
}

// Queues returns the queues into which something was put, or from which something was got, those that were used most
// first.
func (tl *Timeline) Queues() []Queue {
	at := map[Name]int{}
	var out []Queue
	var uses []int
	for _, e := range tl.Events {
		if e.Kind != Put && e.Kind != Get || e.Object == 0 {
			continue
		}
		i, ok := at[e.Object]
		if !ok {
			i = len(out)
			at[e.Object] = i
			out = append(out, Queue{Name: tl.Name(e.Object), Object: e.Object})
			uses = append(uses, 0)
		}
		uses[i]++
		q := &out[i]
		if n := len(q.Levels); n > 0 {
			q.Levels[n-1].To = e.At
		}
		q.Levels = append(q.Levels, Level{e.At, tl.End, int(e.Value)})
		q.Most = max(q.Most, int(e.Value))
	}
	for i := range out {
		var all float64
		for _, l := range out[i].Levels {
			all += float64(l.To-l.From) * float64(l.Size)
		}
		if tl.Wall() > 0 {
			out[i].Mean = all / float64(tl.Wall())
		}
	}
	slices.SortStableFunc(out, func(a, b Queue) int { return cmp.Compare(uses[at[b.Object]], uses[at[a.Object]]) })
	return out
}
