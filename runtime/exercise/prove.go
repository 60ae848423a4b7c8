package exercise

// This file defines how a check explores a solution: a small program that uses it runs under each schedule of its
// threads, and one that breaks it is what the learner gets to replay.

import (
	"cmp"
	"fmt"
	"strings"
)

// An Exploration is what a check asks of a Host: to run a program under the schedules of its threads.
type Exploration struct {
	Python string // a version, as gil.ProfileOf takes it
	// Name is what the program calls the solution, and Solution is its value; nil if the program needs none.
	Name     string
	Solution any
	Source   string // the program: Go code of a cell
	// Preemptions and Schedules bound the search.
	Preemptions, Schedules int
	// Schedule is the only one to run; "" searches.
	Schedule string
}

// Explored is what an Exploration has shown.
type Explored struct {
	Schedules int  // how many were tried; 0 for a replay
	Bound     int  // the number of preemptions up to which all were tried, -1 if not even those without any were
	Complete  bool // more preemptions add no schedule
	// Kind is how the first run ended that broke the program: "assertion", "deadlock", "panic", "endless", "starves";
	// or "value" and "race", which break nothing. "" if none did. Text says it in words.
	Kind, Text  string
	Preemptions int    // of that run
	Schedule    string // of that run, as %%replay takes it
	// Unrepeatable says that the program did something that isn't its machine's, so that this shows nothing.
	Unrepeatable bool
	// Differs says that a replay left its schedule: it is one of another program.
	Differs bool
}

// broken reports whether a run broke the program in a way that is a fault of the solution. A run without an end isn't:
// a loop that checks again and again may be slow, and nothing else.
func (e *Explored) broken() bool {
	return e != nil && !e.Unrepeatable && (e.Kind == "assertion" || e.Kind == "deadlock" || e.Kind == "panic")
}

// proof is how solutions of an exercise are explored.
type proof struct {
	pythons []string // the versions under which they are
	code    string   // the program, without its imports
}

// The bounds of explorations: most bugs need two preemptions at most (Musuvathi and Qadeer, PLDI 2007), and programs
// of two or three threads that call a solution once have some hundred schedules with so few.
const (
	proofPreemptions = 2
	proofSchedules   = 3000
)

// source returns the program as a cell.
func (p *proof) source() string {
	imports := ""
	for _, name := range []string{"exercise", "explore", "threading"} {
		if strings.Contains(p.code, name+".") {
			imports += fmt.Sprintf("import %q\n", "gilkernel/runtime/"+name)
		}
	}
	return imports + "\n" + strings.TrimSpace(p.code)
}

// prove explores a solution of an exercise. It returns the first exploration that breaks it, or the last one, or nil if
// there was none; schedules is how many were tried in all.
func (c *Course) prove(t *task, solution any) (x *Explored, schedules int, err error) {
	if t.proof == nil || c.host.Explore == nil {
		return nil, 0, nil
	}
	for _, python := range t.proof.pythons {
		x, err = c.host.Explore(Exploration{Python: python, Name: t.name(), Solution: solution,
			Source: t.proof.source(), Preemptions: proofPreemptions, Schedules: proofSchedules})
		if err != nil || x == nil || x.Unrepeatable {
			return nil, schedules, err
		}
		if schedules += x.Schedules; x.broken() {
			return x, schedules, nil
		}
	}
	return x, schedules, nil
}

// disproof returns the fault that an exploration has found.
func disproof(x *Explored) *fault {
	switch text := strings.TrimSuffix(x.Text, "."); x.Kind {
	case "deadlock":
		return &fault{text: "The threads wait for ever: " + text + ".",
			misconception: "A release always comes, sooner or later."}
	case "panic":
		return &fault{text: fmt.Sprintf("A thread fails with `%s`.", text)}
	default:
		return &fault{text: upper(text) + "."}
	}
}

// replay says how to see a run that breaks a solution, as the end of a report.
func (t *task) replay(x *Explored) string {
	preemptions := "without any preemption"
	if n := x.Preemptions; n == 1 {
		preemptions = "with one preemption"
	} else if n > 1 {
		preemptions = fmt.Sprintf("with %d preemptions", n)
	}
	what := cmp.Or(map[string]string{"deadlock": "a deadlock"}[x.Kind], x.Text)
	return fmt.Sprintf("\n\nThe shortest schedule that shows it, %s: %s. Run this cell to see it step by step:\n\n"+
		"```go\n%%%%replay %s\n%s\n```", preemptions, strings.TrimSuffix(what, "."), x.Schedule, t.proof.source())
}

// name returns what the exercise calls a solution.
func (t *task) name() string {
	for _, code := range []string{t.start, t.solution} {
		if name, _, ok := strings.Cut(code, " := "); ok && !strings.ContainsAny(name, " \n") {
			return name
		}
	}
	return ""
}
