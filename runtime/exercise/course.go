package exercise

// This file defines Course and the package's functions, which use one.

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// A World is the simulated machine and the Python version for one run of a check.
type World struct {
	Python   string        // in the form that gil.ProfileOf takes: "3.9"
	Cores    int           // at least 1
	Interval time.Duration // the switch interval; 0 is the version's own
	Seed     uint64
	// Restless takes a thread's core away at any step that other threads can see, by chance, when another thread could
	// run. With one core and no GIL, a run may then take any order. %%simulate has no word for it.
	Restless bool
}

// Chooser returns what decides which thread of the world's machine runs next, anew for each run; nil if the machine
// decides.
func (w World) Chooser() machine.Chooser {
	if !w.Restless {
		return nil
	}
	return restless{rand.New(rand.NewPCG(w.Seed, 0x7265_7374))} // any second half
}

// restless is the Chooser of restless worlds.
type restless struct{ r *rand.Rand }

// restlessness is one of how many steps, on average, takes the core away: the fewer, the less is done between two
// switches.
const restlessness = 6

// Choose implements machine.Chooser as the machine's own one does.
func (c restless) Choose(_ time.Duration, m machine.Moment, threads []*machine.Thread) int {
	if m == machine.Wakeup {
		return 0
	}
	return c.r.IntN(len(threads))
}

// Preempt implements machine.Preempter.
func (c restless) Preempt(_ time.Duration, threads []*machine.Thread) int {
	if c.r.IntN(restlessness) > 0 {
		return 0
	}
	return c.r.IntN(len(threads))
}

// String returns the world as arguments of %%simulate, without what these have no word for.
func (w World) String() string {
	s := fmt.Sprintf("python=%s cores=%d", w.Python, w.Cores)
	if w.Interval > 0 {
		s += fmt.Sprintf(" interval=%v", w.Interval)
	}
	return s + fmt.Sprintf(" seed=%d", w.Seed)
}

// A Host is what a Course needs from the program that it is part of.
type Host struct {
	// Simulate calls body as MainThread of a new machine and returns its error: a *machine.Deadlock, a
	// *machine.Failure, or that of an interrupt. If record is set, it also returns the timeline. It stops the threads
	// that are left when body returns.
	Simulate func(w World, record bool, body func()) (*timeline.Timeline, error)
	// Capture calls f and returns what the calling cell printed meanwhile, which its page then doesn't show. If it is
	// nil, what a solution prints during a check is shown.
	Capture func(f func()) string
	// Explore runs a program under the schedules of its threads. It returns nil if the program can't be explored; the
	// error is that of an interrupt, or says what is wrong with Exploration.Schedule. If Explore is nil, checks explore
	// nothing.
	Explore func(x Exploration) (*Explored, error)
	// Print prints a line in the output of the calling cell. If it is nil, the process's stdout gets it.
	Print func(text string)
	// File is the path of the learner's file. If it is "", nothing is kept.
	File string
}

// capture calls f and returns what was printed meanwhile.
func (h *Host) capture(f func()) string {
	if h.Capture == nil {
		f()
		return ""
	}
	return h.Capture(f)
}

// A Course asks questions, checks solutions and records progress. Its methods are safe for concurrent use. In compiled
// programs, the package's functions use a Course without a kernel; in a cell, they use the session's.
type Course struct {
	host Host
	file file
}

// New returns a Course on a host.
func New(h Host) *Course { return &Course{host: h, file: file{path: h.File}} }

// DefaultFile returns the path of the learner's file: the value of GILKERNEL_PROGRESS, or progress.jsonl in the folder
// gilkernel of the user's configuration directory. It returns "" if the user has no such directory.
func DefaultFile() string {
	if path := os.Getenv("GILKERNEL_PROGRESS"); path != "" {
		return path
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "gilkernel", "progress.jsonl")
}

// native is a Course for compiled programs, such as tests.
func native() *Course { return New(Host{Simulate: Simulate, File: DefaultFile()}) }

// Simulate is Host.Simulate for compiled Go.
func Simulate(w World, record bool, body func()) (*timeline.Timeline, error) {
	o := &machine.Options{Cores: w.Cores, Seed: w.Seed, Chooser: w.Chooser()}
	if record {
		o.Recorder = timeline.NewRecorder(1<<14, timeline.Info{})
	}
	m, err := machine.Simulate(o)
	if err != nil {
		return nil, err
	}
	in, err := gil.New(m, &gil.Options{Version: w.Python, SwitchInterval: w.Interval})
	if err != nil {
		return nil, err
	}
	err = threading.Main(in).Run(func(*machine.Thread) { body() })
	m.Stop(nil)
	m.Drain(-1)
	if !record {
		return nil, err
	}
	tl := o.Recorder.SnapshotAt(int64(m.Now()))
	tl.Info = in.Info()
	return tl, err
}

// Predict records the learner's answer to a question, a letter, and returns a card with the question and the answer. An
// answer that is none of the question's letters, such as "?", records nothing and says how to answer. An unknown id
// returns a card that says so.
func Predict(id string, answer ...string) *Card { return native().Predict(id, answer...) }

// Reveal compares the learner's answer to a question with what happens, in words.
func Reveal(id string) *Card { return native().Reveal(id) }

// Task returns the instructions for an exercise.
func Task(id string) *Card { return native().Task(id) }

// Check tries a solution of an exercise and returns the verdict. The task names the type that solution must have; for a
// value of another type, the verdict says so. seeds, if given, is how many seeds Check tries in each kind of world; if
// it is missing or less than 1, Check tries DefaultSeeds, or fewer where runs start processes.
func Check(id string, solution any, seeds ...int) *Report {
	return native().Check(id, solution, seeds...)
}

// Hint returns the next hint for an exercise. After the last hint, it returns that one again.
func Hint(id string) *Card { return native().Hint(id) }

// Solution returns one solution of an exercise, as Go source with a sentence on why it is correct.
func Solution(id string) *Card { return native().Solution(id) }

// Progress returns a table of what the learner has answered and solved.
func Progress() *Card { return native().Progress() }

// Reset deletes the learner's record of the exercises and questions named, or all of it if none is named.
func Reset(ids ...string) *Card { return native().Reset(ids...) }

// unknown returns the card for an unknown id.
func unknown(kind, id string, known []string) *Card {
	if like := nearest(id, known); like != "" {
		return card(fmt.Sprintf("There is no %s %q. Did you mean %q?", kind, id, like))
	}
	return card(fmt.Sprintf("There is no %s %q. The names are: %s.", kind, id, strings.Join(known, ", ")))
}

// nearest returns the known name that differs from id in a third of its letters at most, or "".
func nearest(id string, known []string) (like string) {
	id = strings.ToLower(strings.TrimSpace(id))
	best := len(id)/3 + 1
	for _, name := range known {
		if d := distance(id, name); d < best {
			like, best = name, d
		}
	}
	return like
}

// distance returns how many letters have to be changed, inserted or deleted to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// Task implements the function of that name.
func (c *Course) Task(id string) *Card {
	t := taskOf(id)
	if t == nil {
		return unknown("exercise", id, taskIDs())
	}
	check := fmt.Sprintf("Copy this cell, which has the defect, run it, and fix it:\n\n```go\n%s\n\n"+
		"exercise.Check(%q, %s)\n```", t.start, t.id, t.name())
	if t.program != "" {
		check = fmt.Sprintf("Copy these two cells. The first one stays as it is:\n\n```go\n%s\n```\n\n```go\n%s\n\n"+
			"exercise.Check(%q, %s)\n```", t.program, t.start, t.id, t.name())
	}
	return card(fmt.Sprintf("### Exercise: %s\n\n%s\n\n%s", t.title, t.text, check))
}

// Hint implements the function of that name.
func (c *Course) Hint(id string) *Card {
	t := taskOf(id)
	if t == nil {
		return unknown("exercise", id, taskIDs())
	}
	n := min(c.file.read().exercises[id].hints, len(t.hints)-1)
	warning := c.file.add(entry{Kind: kindHint, ID: id})
	text := fmt.Sprintf("**Hint %d of %d.** %s", n+1, len(t.hints), t.hints[n])
	if n == len(t.hints)-1 {
		text += fmt.Sprintf("\n\nThere are no more hints. `exercise.Solution(%q)` shows a solution.", id)
	}
	return card(text + warning)
}

// Solution implements the function of that name.
func (c *Course) Solution(id string) *Card {
	t := taskOf(id)
	if t == nil {
		return unknown("exercise", id, taskIDs())
	}
	warning := c.file.add(entry{Kind: kindSolution, ID: id})
	return card(fmt.Sprintf("**One solution.** %s\n\n```go\n%s\n```", t.why, strings.TrimSpace(t.solution)) + warning)
}

// Progress implements the function of that name.
func (c *Course) Progress() *Card {
	p := c.file.read()
	var b strings.Builder
	b.WriteString("| exercise | state | attempts | hints |\n|---|---|---|---|\n")
	solved := 0
	for _, t := range tasks() {
		e := p.exercises[t.id]
		state := "open"
		switch {
		case e.solved:
			state, solved = "solved", solved+1
		case e.attempts > 0:
			state = "begun"
		}
		fmt.Fprintf(&b, "| %s (`%s`) | %s | %d | %d |\n", t.title, t.id, state, e.attempts, min(e.hints, len(t.hints)))
	}
	right, answered := 0, 0
	for _, q := range questions() {
		if a := p.predictions[q.id]; a != "" {
			answered++
			if a == q.right {
				right++
			}
		}
	}
	fmt.Fprintf(&b, "\n%d of %d exercises solved. %d of %d predictions made, %d of them right. A wrong one is worth "+
		"more: it shows what to read again.\n",
		solved, len(tasks()), answered, len(questions()), right)
	switch {
	case p.unwritten:
		b.WriteString("\nA part of this is remembered only until the kernel restarts.\n")
	case c.file.path != "":
		fmt.Fprintf(&b, "\nThis is kept in `%s`, and nowhere else.\n", c.file.path)
	}
	return card(b.String() + p.warning)
}

// Reset implements the function of that name.
func (c *Course) Reset(ids ...string) *Card {
	if len(ids) == 0 {
		return card("All answers, attempts and hints have been reset." + c.file.add(entry{Kind: kindReset}))
	}
	warning := ""
	for _, id := range ids {
		if taskOf(id) == nil && questionOf(id) == nil {
			return unknown("exercise or question", id, append(taskIDs(), questionIDs()...))
		}
	}
	for _, id := range ids {
		warning = c.file.add(entry{Kind: kindReset, ID: id})
	}
	return card("Reset: " + strings.Join(ids, ", ") + "." + warning)
}

// taskOf returns the exercise with an id, or nil if there is none.
func taskOf(id string) *task {
	all := tasks()
	if i := slices.IndexFunc(all, func(t *task) bool { return t.id == id }); i >= 0 {
		return all[i]
	}
	return nil
}

func taskIDs() (ids []string) {
	for _, t := range tasks() {
		ids = append(ids, t.id)
	}
	return ids
}

// errNoSimulation is the error of a Course whose host can't simulate.
var errNoSimulation = errors.New("exercises can't be checked here: there is no simulated machine")
