package search

// This file defines Search: which schedules are tried, and what is said of them.

import (
	"cmp"
	"time"

	"gilkernel/runtime/machine"
)

// A Program runs once, on a machine that it makes with e as its Explorer, from the same state each time. It returns how
// the run ended.
type Program func(e machine.Explorer) Outcome

// An Outcome is how a run ended. Two runs with equal Values, and errors of equal texts, had the same.
type Outcome struct {
	Value string // what came out, as text
	Err   error  // what broke it: a failure, a deadlock; nil if nothing did
}

// key is what is equal for equal outcomes.
func (o Outcome) key() string {
	if o.Err != nil {
		return "!" + o.Err.Error()
	}
	return o.Value
}

// Options say how far a search goes. The zero Options, and a nil pointer, are the defaults.
type Options struct {
	// Preemptions is the largest number of them in a schedule; 0 is DefaultPreemptions, a negative number none at all.
	Preemptions int
	// Unbounded tries the schedules with more than Preemptions of them too, in no order.
	Unbounded bool
	// Schedules is how many are tried at most; 0 is DefaultSchedules.
	Schedules int
	// Time is for how long; 0 has no end.
	Time time.Duration
	// Points is how many checks and accesses a run has at most; 0 is DefaultPoints. A longer run is stopped, and its
	// outcome is an error, *Endless.
	Points int
	// Starve is how many of them other threads may do while one that could run gets nowhere, although a fair scheduler
	// had the time to give each thread its turn; 0 is DefaultStarve, a negative number no limit. Such a run is stopped
	// too, and its outcome is an error, *Starvation.
	Starve int
	// All continues the search after the first schedule that breaks the program.
	All bool
	// Places are for the schedules of the Report; nil knows of no places.
	Places Places
	// Names returns a number for what a key stands for that is the same in each run, whoever accesses it first, and no
	// other's; 0 if it has none. With names, fewer runs are needed. Nil knows of none.
	Names func(key any) uint64
	// Own returns a hash of what a thread at a check has of its own: where it is, and what only it can access, which no
	// step tells of. It is the same in one run if that is. Nil knows nothing: then a loop that reads the same again,
	// and writes nothing, counts as one that waits, whatever it counts by itself.
	Own func(t *machine.Thread) uint64
	// Value says where the value lies of what a key stands for that a thread is about to access, the zero Value if it
	// has none, and for one of several keys that are accessed at once. A search with values needs far fewer runs. It
	// takes for granted that what threads do depends on nothing but what they access by steps and Words: some runs
	// whose outcomes are known are made nevertheless, and if one has another, the search begins anew without values.
	// Nil knows of none.
	Value func(t *machine.Thread, key any) Value
	// Local is Own with a hash that is the same in all runs if what the thread has of its own is, where that is known.
	// Nil knows nothing.
	Local func(t *machine.Thread) (hash uint64, ok bool)
	// Stop ends the search when it is closed; nil never does.
	Stop <-chan struct{}
	// Report is what the search returns; nil makes one. The program may read it while it runs, and finds in it what the
	// runs before have shown.
	Report *Report
}

// The defaults.
const (
	DefaultPreemptions = 2
	DefaultSchedules   = 20000
	DefaultPoints      = 100_000
	DefaultStarve      = 10_000
)

// A Report says what a search has shown.
type Report struct {
	// Schedules is how many runs were made, or foreseen to their ends, that differ in more than the order of steps that
	// touch different things.
	Schedules int
	// Runs is how many runs were made in all.
	Runs int
	// Foreseen is how many schedules were followed only until it was known where they lead, without a run.
	Foreseen int
	// Forgot says that there were more of them than are remembered: some may be counted among Schedules, Endless and
	// the Counts of Outcomes more than once. What was tried is right all the same.
	Forgot bool
	// Bound is the number of preemptions up to which all schedules were tried, -1 if not even those without any were.
	Bound int
	// Complete says that more preemptions would add no schedule: all there are were tried.
	Complete bool
	// Outcomes are the different ones, in the order in which they came.
	Outcomes []Found
	// Others is how many of Schedules led to outcomes without an error that are not in the list, because it has a
	// thousand already.
	Others int
	// Broken is the first outcome with an error, nil if there is none.
	Broken *Found
	// Endless is how many of Schedules were stopped because of Options.Points or Options.Starve.
	Endless int
	// Races are the data races that the runs had, at most 100. They don't end a search: what a race leads to is a
	// better answer.
	Races []Race
}

// Found is an outcome with one schedule that leads to it, which has the fewest preemptions.
type Found struct {
	Outcome
	Count       int // how many of Report.Schedules led to it
	Preemptions int
	Schedule    Schedule
}

// Search tries the schedules of a program. It returns when all are tried, one breaks the program, or an option ends it.
func Search(o *Options, run Program) *Report { return newSearch(o).levels(run) }

// anew searches without values, because what threads know doesn't say what they do in this program.
func (s *search) anew(run Program) *Report {
	o := s.o
	o.Value = nil
	x := newSearch(&o)
	x.ends, x.want, x.most = s.ends, s.want, s.most
	return x.levels(run)
}

// levels tries one number of preemptions after the other.
func (s *search) levels(run Program) *Report {
	for bound := 0; bound <= s.o.Preemptions; bound++ {
		more := s.level(bound, run)
		if s.doubt {
			return s.anew(run)
		}
		if !more {
			return s.report
		}
		s.report.Bound = bound
		if !s.tree.cut {
			s.report.Complete = s.report.Endless == 0
			return s.report
		}
	}
	if s.o.Unbounded {
		s.report.Complete = s.level(unbounded, run) && s.report.Endless == 0
		if s.doubt {
			return s.anew(run)
		}
	}
	return s.report
}

// unbounded is more preemptions than there are.
const unbounded = 1 << 30

// search is a search under way.
type search struct {
	o      Options
	report *Report
	ends   time.Time
	found  map[string]int // outcomes, by key
	raced  map[raceID]bool
	tree   tree
	told   int  // how many runs were left out because their outcomes were known
	doubt  bool // one of those, or a value, was wrong

	// Of a search for one outcome: its key, and how many runs there are at most.
	want string
	most int
}

func newSearch(o *Options) *search {
	s := &search{o: o.filled(), found: map[string]int{}, raced: map[raceID]bool{}, report: &Report{}}
	if s.o.Report != nil {
		s.report = s.o.Report
	}
	*s.report = Report{Bound: -1}
	s.tree = tree{seen: newMemo[reached](maxSeen), ends: newMemo[reached](maxEnds), watch: newWatch(&s.o),
		fore: newForecast(maxKnown)}
	s.tree.trace.names, s.tree.own = s.o.Names, s.o.Own
	s.tree.trace.value, s.tree.trace.local, s.tree.trace.firsts = s.o.Value, s.o.Local, map[uint64]uint64{}
	if s.o.Time > 0 {
		s.ends = time.Now().Add(s.o.Time)
	}
	return s
}

// filled returns the options with the defaults for what isn't given.
func (o *Options) filled() Options {
	f := Options{}
	if o != nil {
		f = *o
	}
	f.Preemptions = max(cmp.Or(f.Preemptions, DefaultPreemptions), 0)
	f.Schedules = cmp.Or(f.Schedules, DefaultSchedules)
	f.Points = cmp.Or(f.Points, DefaultPoints)
	f.Starve = cmp.Or(f.Starve, DefaultStarve)
	if f.Places == nil {
		f.Places = func(*machine.Thread) string { return "" }
	}
	return f
}

// maxOutcomes bounds the memory for outcomes.
const maxOutcomes = 1000

// level tries all schedules of up to bound preemptions, of which those with fewer were tried before. It reports whether
// it tried all, and none broke the program.
func (s *search) level(bound int, run Program) bool {
	s.tree.from(bound)
	for more := true; more; more = s.tree.next() {
		if s.over() {
			return false
		}
		w := &s.tree
		if w.foresees() {
			s.report.Foreseen++
			continue // a run would do what former ones have done
		}
		fate := w.fate
		if fate != noFate && !s.proves() {
			s.report.Foreseen++
			s.comesTo(fate)
			continue
		}
		w.begin()
		w.skips()
		out := w.watch.outcome(run(w))
		if w.skim.on {
			w.strays() // it has ended too early
		}
		w.settles()
		ends := w.records()
		if ends {
			w.fore.ended()
		}
		s.report.Runs++
		s.noteRaces(w, run)
		if !w.known && w.ended() {
			s.report.Schedules++
			s.report.Forgot = w.ends.lost > 0
			if w.watch.stuck != nil {
				s.report.Endless++
			}
			all := w.trace.all()
			stop := s.count(out, w, run) && !s.o.All
			if i, ok := s.found[out.key()]; ok && ends && out.Err == nil && w.trace.value != nil {
				w.fore.fates.put(all, int32(i))
			}
			if stop {
				return false
			}
		}
		if s.doubt = s.doubt || w.trace.doubt || fate != noFate && s.wrong(fate, out); s.doubt {
			return false
		}
		if w.trace.again || w.astray {
			w.fresh = true
			w.from(bound)
		}
	}
	return true
}

// proves reports whether to make a run whose outcome is known: some are, to see whether it is right.
func (s *search) proves() bool {
	s.told++
	return s.told&(s.told-1) == 0 || s.told%provesEvery == 0
}

// provesEvery is how many runs are left out for one that is made nevertheless, in the long run.
const provesEvery = 128

// comesTo counts a schedule that wasn't run, and its outcome.
func (s *search) comesTo(fate int32) {
	if s.tree.ended() {
		s.report.Schedules++
		s.report.Forgot = s.tree.ends.lost > 0
		s.report.Outcomes[fate].Count++
	}
}

// wrong reports whether a run had another outcome than was foreseen.
func (s *search) wrong(fate int32, out Outcome) bool {
	return s.tree.watch.stuck == nil && !s.tree.astray && s.report.Outcomes[fate].Outcome.key() != out.key()
}

// over reports whether an option ends the search.
func (s *search) over() bool {
	select {
	case <-s.o.Stop:
		return true
	default:
	}
	return s.report.Schedules >= s.o.Schedules || s.most > 0 && s.report.Runs >= s.most ||
		!s.ends.IsZero() && time.Now().After(s.ends)
}

// count adds an outcome, and reports whether it breaks the program.
func (s *search) count(out Outcome, w *tree, run Program) bool {
	i, ok := s.found[out.key()]
	if !ok && out.Err == nil && len(s.report.Outcomes) >= maxOutcomes {
		s.report.Others++
		return false
	}
	if !ok {
		i = len(s.report.Outcomes)
		s.found[out.key()] = i
		s.report.Outcomes = append(s.report.Outcomes,
			Found{Outcome: out, Preemptions: w.cost, Schedule: s.schedule(w, run)})
	}
	s.report.Outcomes[i].Count++
	if s.most > 0 {
		return out.key() == s.want
	}
	if out.Err == nil {
		return false
	}
	if s.report.Broken == nil {
		f := s.report.Outcomes[i]
		s.report.Broken = &f
	}
	return true
}

// schedule finds the schedule of the run that was just made, by repeating it.
func (s *search) schedule(w *tree, run Program) Schedule {
	before := *w
	w.begin()
	w.again = true
	r := &recorder{where: newWhere(s.o.Places), by: w}
	run(r)
	s.report.Runs++
	w.at, w.cost, w.known, w.again = before.at, before.cost, before.known, false
	return r.turns
}
