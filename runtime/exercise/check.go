package exercise

// This file defines how a solution is checked: a trial runs in many worlds, until one of them shows a fault.

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// DefaultSeeds is how many seeds a check tries in each kind of world; exercises whose runs start processes try fewer. Most races show within ten.
const DefaultSeeds = 100

// patience is how much virtual time join gives each thread before it looks for one that still runs.
const patience = time.Second

// task is an exercise.
type task struct {
	id, title string
	text      string // what to write: Markdown
	signature string // the type of a solution
	start     string // Go source of a cell to begin with, which has the defect; "" if the learner begins with nothing
	hints     []string
	solution  string // Go source of cells
	why       string // why the solution is right: a sentence
	praise    string // what the check found about a correct solution: a sentence
	worlds    []World
	seeds     int // how many seeds a check tries by default; 0 is DefaultSeeds
	// trial returns what a run of the solution does, or nil if the solution's type is wrong. It is called for each run.
	trial func(solution any) trial
}

// tasks returns all exercises: those of the notebooks in their order, then those about the talk's servers and clients.
func tasks() []*task {
	return append([]*task{counterTask(), transferTask(), carParkTask(), rendezvousTask(), slowerTask(), tickerTask()}, talkTasks()...)
}

// worlds returns the kinds of worlds that show most races: a GIL that switches between a read and a write (3.9), one
// that doesn't (3.13), none (3.14t). The short switch interval exposes in a small program the switches that a large one meets sooner or later.
func worlds() []World {
	return []World{
		{Python: "3.9", Cores: 2, Interval: time.Microsecond},
		{Python: "3.13", Cores: 2, Interval: time.Microsecond},
		{Python: "3.14t", Cores: 4},
	}
}

// A trial is one run of a solution. body is called as MainThread; then judge is called, outside the machine, and
// returns the fault, or nil if there is none. tl is the timeline if the run was recorded, nil otherwise.
type trial interface {
	body(r *run)
	judge(r *run, tl *timeline.Timeline) *fault
}

// A counter is a trial that judges by the timeline, so each of its runs is recorded.
type counter interface{ counted() }

// A fault is what is wrong with a solution.
type fault struct {
	text          string // what happened, and what to do
	misconception string // the belief behind it, as a learner would put it; "" if there is none
}

// run is a trial in progress. Its fields belong to the machine's threads, of which one runs at a time.
type run struct {
	gate     *threading.Event // start's threads wait for it, so that they begin at the same time
	threads  []*worker
	panics   []string // the panics of the learner's code
	spinning string   // the thread that still ran when patience was over, or ""
	deadlock *machine.Deadlock
	patience time.Duration // 0 is patience; shorter where a solution that spins would take long
}

// worker is a thread of a run, with what the machine calls it.
type worker struct {
	*threading.Thread
	on *machine.Thread
}

// start starts a thread that calls f, the learner's code, once the gate opens.
func (r *run) start(name string, f func()) {
	if r.gate == nil {
		r.gate = threading.NewEvent("start")
	}
	w := &worker{}
	w.Thread = threading.NewThread(func() {
		w.on = machine.Current()
		r.gate.Wait()
		f()
	}, threading.Name(name), threading.Daemon(true))
	r.threads = append(r.threads, w)
	w.Start()
}

// join waits for the threads that start started. Threads that wait for each other end the run with a Deadlock; a thread
// that never stops running is recorded in spinning.
func (r *run) join() {
	r.gate.Set()
	if r.patience == 0 {
		r.patience = patience
	}
	for _, t := range r.threads {
		if r.await(t) {
			r.spinning = t.Name()
			return
		}
	}
	for _, t := range r.threads {
		t.Join(threading.Timeout(r.patience / 10)) // it may have been woken a moment ago
		if t.IsAlive() && !t.on.Waits() {
			r.spinning = t.Name()
			return
		}
	}
	for _, t := range r.threads {
		t.Join()
	}
}

// A thread of a run with a long patience spins if it computes each time that it is looked at, so many times, or has used a core for so
// long.
const (
	spinLooks = 4
	spinCPU   = 200 * time.Millisecond
)

// await gives a thread the run's patience. It reports whether the thread spins, as soon as that is known, if the patience is a long one:
// seconds of virtual time cost nothing if no thread runs, and minutes if one does.
func (r *run) await(t *worker) (spins bool) {
	if r.patience <= patience {
		t.Join(threading.Timeout(r.patience))
		return false
	}
	looks := 0
	for waited, next := time.Duration(0), 20*time.Millisecond; waited < r.patience; waited, next = waited+next, 2*next {
		next = min(next, r.patience-waited)
		t.Join(threading.Timeout(next))
		if !t.IsAlive() {
			return false
		}
		looks++
		if !t.on.Computes() {
			looks = 0
		}
		if looks == spinLooks || t.on.CPUTime() > spinCPU {
			r.patience = waited + next
			return true
		}
	}
	return false
}

// call calls the learner's code in MainThread and records its panic, or the deadlock that MainThread was a part of.
func (r *run) call(f func()) {
	defer func() {
		if v := recover(); v != nil {
			if exceptions.Uncatchable(v) {
				panic(v)
			}
			if err, ok := v.(error); ok && errors.As(err, &r.deadlock) {
				return
			}
			r.panics = append(r.panics, words(v))
		}
	}()
	f()
}

// words describes a panic, as the last line of a Python traceback does.
func words(v any) string {
	var e exceptions.Exception
	if err, ok := v.(error); ok && errors.As(err, &e) {
		return e.Exception() + ": " + e.Error()
	}
	return fmt.Sprint(v)
}

// once runs the trial in a world. The error is one that ends the check: an interrupt, or an error of the host.
func (c *Course) once(w World, t trial, record bool) (f *fault, tl *timeline.Timeline, err error) {
	r := &run{}
	if _, counts := t.(counter); counts {
		record = true
	}
	tl, err = c.host.Simulate(w, record, func() {
		threading.SetExceptHook(func(a threading.ExceptHookArgs) {
			if err, ok := a.ExcValue.(error); ok && errors.As(err, &r.deadlock) || exceptions.Uncatchable(a.ExcValue) {
				return
			}
			r.panics = append(r.panics, words(a.ExcValue))
		})
		t.body(r)
	})
	var failed *machine.Failure
	switch {
	case errors.As(err, &r.deadlock):
	case errors.As(err, &failed) && !exceptions.Uncatchable(failed.Value):
		r.panics = append(r.panics, words(failed.Value))
	case err != nil:
		return nil, nil, err
	}
	return t.judge(r, tl), tl, nil
}

// Check implements the function of that name. It panics with the error of an interrupt.
func (c *Course) Check(id string, solution any, seeds ...int) *Report {
	t := taskOf(id)
	if t == nil {
		return &Report{text: unknown("exercise", id, taskIDs()).markdown}
	}
	n := cmp.Or(t.seeds, DefaultSeeds)
	if len(seeds) > 0 && seeds[0] > 0 {
		n = seeds[0]
	}
	return c.check(t, solution, n)
}

func (c *Course) check(t *task, solution any, seeds int) *Report {
	report := &Report{id: t.id}
	if c.host.Simulate == nil {
		report.text = errNoSimulation.Error()
		return report
	}
	if t.trial(solution) == nil {
		report.text = fmt.Sprintf("The check of %q takes a `%s`, and this is %s. Change its parameters and results to match.", t.id, t.signature, typeName(solution))
		return report
	}
	for seed := range seeds { // each seed in all worlds: most faults show within a few seeds
		for _, w := range t.worlds {
			w.Seed = uint64(seed)
			f, _, err := c.once(w, t.trial(solution), false)
			report.runs++
			switch {
			case err != nil && exceptions.Uncatchable(err):
				panic(err)
			case err != nil:
				report.text = "The check could not run: " + err.Error() + "."
				return report
			case f != nil:
				c.explain(report, t, solution, w, f)
				return report
			}
		}
	}
	report.passed = true
	report.text = fmt.Sprintf("**Right.** %s %d runs, %s.", t.praise, report.runs, pythons(t.worlds))
	report.text += c.file.add(entry{Kind: kindAttempt, ID: t.id, Passed: true})
	return report
}

// explain runs the trial once more in the world that showed a fault, recorded, so that the report can describe what happened.
func (c *Course) explain(report *Report, t *task, solution any, w World, f *fault) {
	again, tl, err := c.once(w, t.trial(solution), true)
	if err == nil && again != nil {
		f = again
	}
	report.timeline, report.world = tl, w
	report.text = "**Not yet.** " + f.text
	if f.misconception != "" {
		report.text += fmt.Sprintf("\n\n*The belief behind it:* “%s”", f.misconception)
	}
	on := "on the machine that you get"
	if w.Restless {
		on = "where threads lose their cores at any step, and otherwise on the machine that you get"
	}
	report.text += fmt.Sprintf("\n\nIt happened in run %d, %s with `%%%%simulate %v`. For a hint, run `exercise.Hint(%q)`.", report.runs, on, w, t.id)
	report.text += c.file.add(entry{Kind: kindAttempt, ID: t.id})
}

// pythons names the Python versions of worlds.
func pythons(ws []World) string {
	var names []string
	for _, w := range ws {
		if name := "Python " + w.Python; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 1 {
		return "on simulated machines under " + names[0]
	}
	return "on simulated machines under " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func typeName(v any) string {
	if v == nil {
		return "nil"
	}
	return fmt.Sprintf("a `%T`", v)
}

// common returns the fault that counts in every exercise, or nil if there is none.
func (r *run) common() *fault {
	switch {
	case len(r.panics) > 0 && strings.Contains(r.panics[0], "release unlocked lock"),
		len(r.panics) > 0 && strings.Contains(r.panics[0], "un-acquired lock"):
		return &fault{text: fmt.Sprintf("A thread failed with `%s`: it releases a lock that no thread holds. Each release needs an acquire before it.", r.panics[0])}
	case len(r.panics) > 0:
		return &fault{text: fmt.Sprintf("A thread failed with `%s`.", r.panics[0])}
	case r.deadlock != nil:
		f := &fault{text: "The threads wait for ever: " + sentence(r.deadlock) + "."}
		if self := cycle(r.deadlock); len(self) == 1 {
			f.text += fmt.Sprintf(" %s waits for a lock that it holds itself: a release is missing, or the lock is acquired twice.", upper(self[0]))
			f.misconception = "A lock is released when its thread ends, or its function returns."
		} else {
			f.text += " Each of them waits for something that never comes; find out which thread should release or signal it, and when."
			f.misconception = "A release always comes, sooner or later."
		}
		return f
	case r.spinning != "":
		return &fault{text: fmt.Sprintf("%s was still running after %v of simulated time: it checks again and again for something that never becomes true, or it sleeps for too long.", upper(r.spinning), r.patience),
			misconception: "A loop that checks a variable until it changes is a way to wait."}
	}
	return nil
}

// A Report is the verdict on a solution. It is shown when it is a cell's last expression. A Report is immutable, so its
// methods are safe for concurrent use. The zero Report is empty and counts as failed.
type Report struct {
	id       string
	passed   bool
	runs     int
	text     string // Markdown
	world    World
	timeline *timeline.Timeline
}

// Passed reports whether the solution is right.
func (r *Report) Passed() bool { return r.passed }

// Runs returns how many runs the check made.
func (r *Report) Runs() int { return r.runs }

// Timeline returns the timeline of the run that failed, for plot.GIL, or nil if none failed.
func (r *Report) Timeline() *timeline.Timeline { return r.timeline }

// Score returns 1 for a correct solution and 0 otherwise, as graders expect.
func (r *Report) Score() float64 {
	if r.passed {
		return 1
	}
	return 0
}

// String returns the verdict as text.
func (r *Report) String() string { return plain(r.markdown()) }

func (r *Report) markdown() string {
	mark := "✘"
	if r.passed {
		mark = "✔"
	}
	return fmt.Sprintf("%s %s", mark, r.text)
}

// MIMEBundle returns the verdict in both forms.
func (r *Report) MIMEBundle() map[string]any {
	return map[string]any{"text/markdown": r.markdown(), "text/plain": r.String()}
}
