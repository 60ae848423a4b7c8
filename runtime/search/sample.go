package search

// This file defines Sample: what is known of a program that has too many schedules to try them all.

import (
	"math"
	"math/rand/v2"
	"time"

	"gilkernel/runtime/machine"
)

// A Sampled says what a sample has shown.
type Sampled struct {
	Runs     int
	Outcomes []Found // the different ones, in the order in which they came; Count is of Runs
	Broken   *Found  // the first outcome with an error, nil if there is none
	// Uniform is how many of the runs were uniform random walks with settled weights, and Hits how many of these broke
	// the program. Low and High are the limits between which, with 95 % confidence, the share of such walks that break
	// it lies (Wilson's interval). The other runs look for what is rare, so they say nothing about shares.
	Uniform, Hits int
	Low, High     float64
}

// pilots is the largest number of runs that measure how much each thread has to do.
const pilots = 50

// Sample runs a program under o.Schedules schedules that are chosen by chance, from a seed. Half of them choose among
// the threads by how much each has left to do, as far as the first runs tell, so that long threads aren't starved and
// each interleaving is about as likely as any other (uniform random walks; Zhao and others, ASPLOS 2025); the others
// give threads priorities that change at few points, which finds what takes an order of few events (PCT; Burckhardt and
// others, ASPLOS 2010).
func Sample(o *Options, seed uint64, run Program) *Sampled {
	s := newSearch(o)
	out := &Sampled{}
	found := map[string]int{}
	w := newWalker(&s.o, seed)
	for out.Runs < s.o.Schedules && !s.late() {
		settled := w.settled()
		w.begin(settled && out.Runs%2 == 1)
		r := &recorder{where: newWhere(s.o.Places), by: w}
		got := w.watch.outcome(run(r))
		w.end()
		out.Runs++
		i, ok := found[got.key()]
		if !ok {
			i = len(out.Outcomes)
			found[got.key()] = i
			out.Outcomes = append(out.Outcomes, Found{Outcome: got, Preemptions: w.preemptions, Schedule: r.turns})
		}
		out.Outcomes[i].Count++
		if settled && !w.ranked {
			out.Uniform++
			if got.Err != nil {
				out.Hits++
			}
		}
	}
	for i := range out.Outcomes {
		if out.Outcomes[i].Err != nil && out.Broken == nil {
			out.Broken = &out.Outcomes[i]
		}
	}
	out.Low, out.High = Wilson(out.Hits, out.Uniform)
	return out
}

// late reports whether time or Stop ends a sample.
func (s *search) late() bool {
	select {
	case <-s.o.Stop:
		return true
	default:
	}
	return !s.ends.IsZero() && time.Now().After(s.ends)
}

// Wilson returns the limits of a share of which k of n were seen, with 95 % confidence (Wilson, 1927): 0 and 1 if n is
// 0.
func Wilson(k, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	middle := p + z*z/(2*m)
	wide := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, (middle-wide)/(1+z*z/m)), min(1, (middle+wide)/(1+z*z/m))
}

// changes is how many points a PCT run has at which a priority changes: it finds what takes one order of events more.
const changes = 2

// walker is the Explorer of a sample.
type walker struct {
	watch       watch
	rng         *rand.Rand
	events      map[int]float64 // how many points the threads have in a run, on the average, by number
	length      float64         // and all of them
	runs        int             // that it has learned from
	pilots      int             // that it learns from
	preemptions int

	ranked     bool          // this run goes by priorities
	count      map[int]int   // points of the threads in this run
	all        int           // of all
	priorities map[int]int64 // higher goes first
	changeAt   map[int]bool  // at which points of the run
	lowest     int64
	actor      *machine.Thread // the thread that made a check last
	row        int             // and how many in a row
}

// spins is how many checks in a row mean that a thread waits for another: those of priority would have it wait forever,
// and call a correct program starved, so it goes last from then on.
const spins = machine.Patience / 2

func newWalker(o *Options, seed uint64) *walker {
	return &walker{watch: newWatch(o), rng: rand.New(rand.NewPCG(seed, 0x6578_706c)), // any second half
		events: map[int]float64{}, pilots: min(pilots, o.Schedules/10)}
}

// settled reports whether the weights change no more.
func (w *walker) settled() bool { return w.runs >= w.pilots }

func (w *walker) begin(ranked bool) {
	w.watch.reset()
	w.ranked, w.count, w.all, w.preemptions = ranked, map[int]int{}, 0, 0
	w.priorities, w.changeAt, w.lowest = map[int]int64{}, map[int]bool{}, changes
	w.actor, w.row = nil, 0
	for range changes {
		w.changeAt[1+w.rng.IntN(int(max(w.length, 1)))] = true
	}
}

// end learns from the run if it is one of the first.
func (w *walker) end() {
	if w.settled() {
		return
	}
	w.runs++
	for id, n := range w.count {
		w.events[id] += (float64(n) - w.events[id]) / float64(w.runs)
	}
	w.length += (float64(w.all) - w.length) / float64(w.runs)
}

func (w *walker) counted(t *machine.Thread) {
	w.count[t.ID()]++
	w.all++
	if w.ranked && w.changeAt[w.all] {
		w.last(t)
	}
}

// last gives t a priority below all others.
func (w *walker) last(t *machine.Thread) {
	w.lowest--
	w.priorities[t.ID()] = w.lowest
}

// Checked implements machine.Explorer.
func (w *walker) Checked(t *machine.Thread) bool {
	w.watch.checked(t)
	w.counted(t)
	if t != w.actor {
		w.actor, w.row = t, 0
	}
	if w.row++; w.row == spins {
		w.last(t)
		w.row = 0
	}
	return true
}

// Accessing implements machine.Explorer.
func (w *walker) Accessing(t *machine.Thread, _ any, _ bool) bool {
	w.watch.accessing(t)
	w.counted(t)
	return true
}

// Accessed implements machine.Explorer.
func (w *walker) Accessed(t *machine.Thread, key any, _ bool) { w.watch.accessed(t, key) }

// Next implements machine.Explorer.
func (w *walker) Next(p *machine.Point) int {
	w.watch.next(p)
	list := p.Threads
	if p.Ready > 0 {
		list = list[:p.Ready] // a time passes only if nobody else can run
	}
	i := 0
	if w.ranked {
		for j, t := range list {
			if w.priority(t) > w.priority(list[i]) {
				i = j
			}
		}
	} else {
		i = w.weighted(list)
	}
	if i > 0 && p.Goes {
		w.preemptions++
	}
	return i
}

// priority is above those of threads whose priority has changed.
func (w *walker) priority(t *machine.Thread) int64 {
	v, ok := w.priorities[t.ID()]
	if !ok {
		v = changes + 1 + w.rng.Int64N(math.MaxInt64-changes-1)
		w.priorities[t.ID()] = v
	}
	return v
}

// weighted chooses a thread by what it has left.
func (w *walker) weighted(list []*machine.Thread) int {
	total := 0.0
	for _, t := range list {
		total += w.left(t)
	}
	x := w.rng.Float64() * total
	for i, t := range list {
		if x -= w.left(t); x < 0 {
			return i
		}
	}
	return len(list) - 1
}

// left is how much a thread has left to do.
func (w *walker) left(t *machine.Thread) float64 {
	return max(w.events[t.ID()]-float64(w.count[t.ID()]), 0.5)
}
