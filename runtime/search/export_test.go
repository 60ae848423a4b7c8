package search

// This file defines what tests see of samples, the exact share that one estimates, and of what a search keeps.

import "gilkernel/runtime/machine"

// Share returns the probability that one of the uniform random walks of Sample(o, seed, run) breaks the program, and
// how many walks there are: it makes each of them once, up to a number.
func Share(o *Options, seed uint64, run Program, most int) (share float64, walks int) {
	s := newSearch(o)
	w := newWalker(&s.o, seed)
	for !w.settled() {
		w.begin(false)
		run(w)
		w.end()
	}
	x := &weigher{walker: w}
	for more := true; more && walks < most; more = x.next() {
		w.begin(false)
		x.at, x.p = 0, 1
		if out := run(x); out.Err != nil {
			share += x.p
		}
		walks++
	}
	return share, walks
}

// weigher is a walker that takes each way in turn.
type weigher struct {
	*walker
	path []branch
	at   int
	p    float64 // of the walk so far
}

type branch struct{ ways, chosen int }

// Next implements machine.Explorer.
func (x *weigher) Next(p *machine.Point) int {
	list := p.Threads[:p.Ready]
	if x.at == len(x.path) {
		x.path = append(x.path, branch{ways: len(list)})
	}
	i := x.path[x.at].chosen
	x.at++
	total := 0.0
	for _, t := range list {
		total += x.left(t)
	}
	x.p *= x.left(list[i]) / total
	return i
}

func (x *weigher) next() bool {
	for i := len(x.path) - 1; i >= 0; i-- {
		if x.path[i].chosen++; x.path[i].chosen < x.path[i].ways {
			x.path = x.path[:i+1]
			return true
		}
	}
	return false
}

// Memo is a memory for so many hashes.
type Memo struct{ m memo[reached] }

// NewMemo returns an empty one.
func NewMemo(most int) *Memo { return &Memo{newMemo[reached](most)} }

// Put keeps a number under a hash.
func (m *Memo) Put(hash uint64, n int32) { m.m.put(hash, reached{left: n}) }

// Get returns it.
func (m *Memo) Get(hash uint64) (n int32, ok bool) {
	r, ok := m.m.get(hash)
	return r.left, ok
}

// Lost returns how many hashes were forgotten.
func (m *Memo) Lost() int { return m.m.lost }

// SearchKnowing is Search with a memory for so many states. It returns how many it has kept, too.
func SearchKnowing(o *Options, most int, run Program) (*Report, int) {
	s := newSearch(o)
	s.tree.seen, s.tree.ends = newMemo[reached](most), newMemo[reached](most)
	s.tree.fore = newForecast(most)
	return s.levels(run), max(s.tree.seen.used, s.tree.ends.used)
}

// SearchBlind is Search that foresees nothing: each path is a run.
func SearchBlind(o *Options, run Program) *Report {
	s := newSearch(o)
	s.tree.fore = forecast{off: true}
	return s.levels(run)
}

// SearchAlert is Search. It reports, too, whether a run came to another point than was foreseen, or to another outcome.
func SearchAlert(o *Options, run Program) (r *Report, strayed bool) {
	s := newSearch(o)
	r = s.levels(run)
	return r, s.tree.strayed || s.doubt
}
