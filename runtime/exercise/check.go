package exercise

// This file defines how a solution is checked: a trial runs in many worlds, until one of them shows a fault.

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// DefaultSeeds is how many seeds a check tries in each kind of world; exercises whose runs start processes try fewer.
// Most races show within ten.
const DefaultSeeds = 100

// task is an exercise.
type task struct {
	id, title string
	text      string // what to write: Markdown
	signature string // the type of a solution
	program   string // a cell to run before, which the exercise is about; "" for none
	start     string // Go source of a cell to begin with, which runs and has the defect
	hints     []string
	solution  string // Go source of cells
	why       string // why the solution is right: a sentence
	praise    string // what the check found about a correct solution: a sentence
	worlds    []World
	seeds     int    // how many seeds a check tries by default; 0 is DefaultSeeds
	proof     *proof // how solutions are explored; nil if they aren't
	lesson    string // the notebook that it belongs to: "01-concurrency"
	// trial returns what a run of the solution does, or nil if the solution's type is wrong. It is called for each run.
	trial func(solution any) trial
	// grade, if it isn't nil, judges the solution in place of trials. The error is that of an interrupt.
	grade func(c *Course, solution any) (*fault, error)
}

// tasks returns all exercises, in the order of the talk's outline, and from easy to hard within each part.
func tasks() []*task {
	return append([]*task{counterTask(), bankTask(), transferTask(), carParkTask(), rendezvousTask(), barrierTask(),
		breakCounterTask(), breakTransferTask(), tickerTask(), onceTask(), breakOnceTask(), slowerTask(), wakeupTask(),
		bufferTask(), readersTask(), philosophersTask(), poolTask(), breakWakeupTask(), wordCountTask(), chunksTask(),
		unsendableTask(), tallyTask()}, append(talkTasks(), bugsTask(), workloadsTask())...)
}

// worlds returns the kinds of worlds that show most races: a GIL that switches between a read and a write (3.9), one
// that doesn't (3.13), none (3.14t). The short switch interval exposes in a small program the switches that a large one
// meets sooner or later.
func worlds() []World {
	return []World{
		{Python: "3.9", Cores: 2, Interval: time.Microsecond},
		{Python: "3.13", Cores: 2, Interval: time.Microsecond},
		{Python: "3.14t", Cores: 4},
	}
}

// restlessWorlds returns worlds for exercises whose threads wait for each other: the first takes their cores away at
// any step, which finds wrong orders that long runs find elsewhere.
func restlessWorlds() []World {
	return append([]World{{Python: "3.14t", Cores: 1, Restless: true}}, worlds()...)
}

// The notebooks that exercises belong to.
const (
	lessonConcurrency = "01-concurrency"
	lessonGIL         = "02-the-gil"
	lessonThreading   = "04-threading"
	lessonProcesses   = "05-multiprocessing"
	lessonServers     = "06-client-server"
	lessonBeyond      = "07-beyond"
)

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
	// score is what the solution is worth all the same, from 0 to 1, where an exercise has parts.
	score float64
	hangs bool // the run had no end, and another one would have none either
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
	var hangs atomic.Bool
	if _, counts := t.(counter); counts {
		record = true
	}
	tl, err = c.host.Simulate(w, record, func() {
		threading.SetExceptHook(func(a threading.ExceptHookArgs) {
			if err, ok := a.ExcValue.(error); ok && errors.As(err, &r.deadlock) || exceptions.Uncatchable(a.ExcValue) {
				return
			}
			if r.panics = append(r.panics, words(a.ExcValue)); len(r.panics) == mostPanics {
				machine.Current().Machine().Stop(errHopeless)
			}
		})
		m := machine.Current().Machine()
		watch := time.AfterFunc(hangTime, func() { hangs.Store(true); m.Stop(errHangs) })
		defer watch.Stop()
		t.body(r)
	})
	if hangs.Load() {
		return &fault{text: fmt.Sprintf("The check was given up after %v: your code computes without an end, or "+
			"waits for something that isn't simulated, such as a lock of package `sync`, a channel or the real "+
			"network. Use what `threading`, `queue` and `socket` have.", hangTime),
			hangs: true}, tl, nil
	}
	var failed *machine.Failure
	switch {
	case errors.As(err, &r.deadlock):
	case len(r.panics) >= mostPanics: // the run ended early
	case errors.As(err, &failed) && !exceptions.Uncatchable(failed.Value):
		r.panics = append(r.panics, words(failed.Value))
	case err != nil:
		return nil, nil, err
	}
	return t.judge(r, tl), tl, nil
}

// hangTime is how much real time a run may take; it takes milliseconds. It ends what no other bound does: those count
// virtual time, which doesn't pass while MainThread computes without an end.
const hangTime = 10 * time.Second

// errHangs is the reason for which such a run ends.
var errHangs = errors.New("exercise: the run hangs")

// errHopeless is the reason for which a run with mostPanics ends.
var errHopeless = errors.New("exercise: too many threads failed")

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
		report.text = fmt.Sprintf("The check of %q takes a `%s`, and this is %s. Change its parameters and results "+
			"to match.", t.id, t.signature, typeName(solution))
		return report
	}
	if t.grade != nil {
		c.grade(report, t, solution)
		return report
	}
	for seed := range seeds { // each seed in all worlds: most faults show within a few seeds
		for _, w := range t.worlds {
			w.Seed = uint64(seed)
			var f *fault
			var err error
			// hundreds of runs would print the same hundreds of times, and graders take points off for stderr
			c.host.capture(func() { f, _, err = c.once(w, t.trial(solution), false) })
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
	x, schedules, err := c.prove(t, solution)
	switch {
	case err != nil && exceptions.Uncatchable(err):
		panic(err)
	case x.broken():
		report.text = notYet(disproof(x)) + t.replay(x) + fmt.Sprintf("\n\nFor a hint, run `exercise.Hint(%q)`.", t.id)
		report.text += c.file.add(entry{Kind: kindAttempt, ID: t.id})
		return report
	}
	report.passed = true
	report.text = fmt.Sprintf("**Right.** %s %d runs, %s.", t.praise, report.runs, pythons(t.worlds))
	if schedules > 0 {
		report.text += fmt.Sprintf(" A small program with your code was explored, too: none of %d schedules breaks it.",
			schedules)
	}
	report.text += c.file.add(entry{Kind: kindAttempt, ID: t.id, Passed: true})
	return report
}

// explain runs the trial once more in the world that showed a fault, recorded, so that the report can describe what
// happened.
func (c *Course) explain(report *Report, t *task, solution any, w World, f *fault) {
	var again *fault
	var tl *timeline.Timeline
	var err error
	if f.hangs {
		report.text = notYet(f) + c.file.add(entry{Kind: kindAttempt, ID: t.id})
		return
	}
	printed := c.host.capture(func() { again, tl, err = c.once(w, t.trial(solution), true) })
	if err == nil && again != nil {
		f = again
	}
	if failed := failedProcess(printed); failed != "" {
		g := *f
		if f = &g; f.misconception == releaseComes {
			f.misconception = ""
		}
		f.text = fmt.Sprintf("A process failed with `%s`, before its work was done. ", failed) + f.text
	}
	report.timeline, report.world = tl, w
	report.score = f.score
	report.text = notYet(f)
	on := "on the machine that you get"
	if w.Restless {
		on = "where threads lose their cores at any step, and otherwise on the machine that you get"
	}
	report.text += fmt.Sprintf("\n\nIt happened in run %d, %s with `%%%%simulate %v`. For a hint, run "+
		"`exercise.Hint(%q)`.", report.runs, on, w, t.id)
	if printed != "" {
		report.text += "\n\nIn that run it printed:\n\n" + quoted(printed)
	}
	if x, _, err := c.prove(t, solution); err != nil && exceptions.Uncatchable(err) {
		panic(err)
	} else if x.broken() {
		report.text += t.replay(x)
	}
	report.text += c.file.add(entry{Kind: kindAttempt, ID: t.id})
}

// failedProcess returns the exception that ended the first process that failed, as multiprocessing prints it, or "".
func failedProcess(printed string) string {
	lines := strings.Split(printed, "\n")
	for i, line := range lines[:len(lines)-1] {
		if strings.HasPrefix(line, "Process ") && strings.HasSuffix(line, ":") {
			return lines[i+1]
		}
	}
	return ""
}

// mostPrinted is how many lines of what a run printed are shown.
const mostPrinted = 20

// quoted returns printed text as a Markdown block of code, cut after mostPrinted lines.
func quoted(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if more := len(lines) - mostPrinted; more > 0 {
		lines = append(lines[:mostPrinted], fmt.Sprintf("… and %d more lines", more))
	}
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + strings.Join(lines, "\n") + "\n" + fence
}

// notYet says what is wrong.
func notYet(f *fault) string {
	text := "**Not yet.** " + f.text
	if f.misconception != "" {
		text += fmt.Sprintf("\n\n*The belief behind it:* “%s”", f.misconception)
	}
	return text
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

// A Report is the verdict on a solution. It is shown when it is a cell's last expression. A Report is immutable, so its
// methods are safe for concurrent use. The zero Report is empty and counts as failed.
type Report struct {
	id       string
	passed   bool
	score    float64 // if it hasn't passed
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

// Score returns 1 for a correct solution, and for others a number from 0 to 1, as graders expect: how much of an
// exercise that has parts is right, and 0 for one that has none.
func (r *Report) Score() float64 {
	if r.passed {
		return 1
	}
	return min(max(r.score, 0), 1)
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
