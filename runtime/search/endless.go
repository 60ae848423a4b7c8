package search

// This file defines runs that don't end: because threads spin, or because one of them never gets what it waits for.

import (
	"fmt"
	"strings"

	"gilkernel/runtime/machine"
)

// Endless is the error of a run that was stopped because it was longer than Options.Points.
type Endless struct {
	Points  int
	Threads []string // the names of those that still ran in its second half, in the order of their numbers
}

// Error names the threads that still run.
func (e *Endless) Error() string {
	verb := "run"
	if len(e.Threads) == 1 {
		verb = "runs"
	}
	return fmt.Sprintf("the run has no end: after %d steps %s still %s", e.Points, list(e.Threads), verb)
}

// Starvation is the error of a run that was stopped because a thread got nowhere although it could run: it was ready,
// or was woken for a lock again and again which another thread had acquired by then.
type Starvation struct {
	Thread string
	Points int      // how many steps others made meanwhile, at least
	Others []string // the names of those, in the order of their numbers
}

// Error names the thread that starves, and those that ran instead.
func (e *Starvation) Error() string {
	return fmt.Sprintf("%s starves: it could have run, but %s made %d steps instead", e.Thread, list(e.Others),
		e.Points)
}

// list joins names.
func list(names []string) string {
	switch n := len(names); n {
	case 0:
		return "no thread"
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// watch determines which threads of a run make progress, and stops a run that has no end.
type watch struct {
	points  int // how many checks and accesses a run has at most
	starve  int // and others while a thread could run; 0: no limit
	passed  int
	checks  int        // how many of them were checks
	due     int        // when to look next which threads could run
	stuck   error      // why the run was stopped, nil if it wasn't
	threads []*getting // by the threads' numbers; nil: it has done nothing
	known   int        // how many of them aren't nil
	pool    pool[getting]
	actor   *machine.Thread // who did something last
	now     *getting        // and how it gets on
}

// getting is how a thread gets on.
type getting struct {
	t       *machine.Thread
	on      int    // how many points had passed when it last did something of its own code
	offered int    // and when it could first run after that; 0: it couldn't
	checks  int    // how many of them were checks
	awaits  string // what it waited for then
}

func newWatch(o *Options) watch {
	return watch{points: o.Points, starve: max(o.Starve, 0)}
}

func (w *watch) reset() {
	clear(w.threads)
	w.threads, w.known, w.pool.used = w.threads[:0], 0, 0
	w.passed, w.checks, w.due, w.stuck, w.actor, w.now = 0, 0, 0, nil, nil, nil
}

// least is how many checks and accesses a run must have to be stopped.
func (w *watch) least() int {
	if w.starve == 0 {
		return w.points
	}
	return min(w.points, w.starve)
}

// checked says that t is at a check.
func (w *watch) checked(t *machine.Thread) {
	w.checks++
	w.pass(t)
	w.progress(t)
}

// accessing says that t is about to access something.
func (w *watch) accessing(t *machine.Thread) { w.pass(t) }

// accessed says that t accesses something: a Word is no progress, because a thread that waits in vain looks at it too.
func (w *watch) accessed(t *machine.Thread, key any) {
	if _, word := key.(*machine.Word); !word {
		w.progress(t)
	}
}

func (w *watch) progress(t *machine.Thread) {
	if t != w.actor {
		w.actor, w.now = t, w.of(t)
	}
	w.now.on, w.now.offered = w.passed, 0
}

func (w *watch) of(t *machine.Thread) *getting {
	id := t.ID()
	for len(w.threads) <= id {
		w.threads = append(w.threads, nil)
	}
	g := w.threads[id]
	if g == nil {
		g = w.pool.get()
		g.t = t
		w.threads[id] = g
		w.known++
	}
	return g
}

// look reports whether to ask for a point only to see which threads could run: searches don't ask for most of them.
func (w *watch) look() bool { return w.starve > 0 && w.passed > w.due }

// looks is how many checks and accesses there are at least from one look to the next.
const looks = 256

// pass counts a step, and stops the machine of t if the run has become too long.
func (w *watch) pass(t *machine.Thread) {
	if w.passed++; w.passed == w.points {
		w.stop(t, &Endless{w.points, w.since(w.points / 2)})
	}
}

// next says that some threads could run at a point, and stops the run if that has been so for too long for one of
// them, which waits for the same thing all that time if for anything.
func (w *watch) next(p *machine.Point) {
	w.pass(p.Threads[0])
	if w.starve == 0 || w.passed < w.due || w.stuck != nil {
		return
	}
	w.due = w.passed + looks
	turns := 2 * machine.Patience * w.known // more checks than the machine lets pass before each had its turn
	for i, t := range p.Threads[:p.Ready] {
		if i == 0 && p.Goes {
			continue
		}
		g, awaits := w.of(t), t.Awaits()
		switch {
		case g.offered == 0 || g.awaits != awaits:
			g.offered, g.checks, g.awaits = w.passed, w.checks, awaits
		case w.passed-g.offered >= w.starve && w.checks-g.checks >= turns:
			w.stop(t, &Starvation{t.Name(), w.starve, w.since(g.offered)})
			return
		}
	}
}

func (w *watch) stop(t *machine.Thread, why error) {
	if w.stuck == nil {
		w.stuck = why
		t.Machine().Stop(why)
	}
}

// outcome is how the run ended, if out is what the program says of it.
func (w *watch) outcome(out Outcome) Outcome {
	if w.stuck != nil {
		return Outcome{Err: w.stuck}
	}
	return out
}

// since returns the names of the threads that did something after so many points.
func (w *watch) since(passed int) (names []string) {
	for _, g := range w.threads {
		if g != nil && g.on > passed {
			names = append(names, g.t.Name())
		}
	}
	return names
}
