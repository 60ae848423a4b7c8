package exercise

// This file defines exercises whose answers are graded without a run: a list of choices, or a schedule to replay.

import (
	"fmt"
	"strings"

	"gilkernel/runtime/exceptions"
)

// grade checks an answer that isn't a program. It returns the fault, or nil if there is none.
func (c *Course) grade(report *Report, t *task, answer any) {
	f, err := t.grade(c, answer)
	if err != nil {
		panic(err)
	}
	switch {
	case f == nil:
		report.passed = true
		report.text = "**Right.** " + t.praise
	default:
		report.score = f.score
		report.text = notYet(f) + fmt.Sprintf("\n\nFor a hint, run `exercise.Hint(%q)`.", t.id)
	}
	report.text += c.file.add(entry{Kind: kindAttempt, ID: t.id, Passed: report.passed})
}

// level returns an exercise whose answer is a schedule that breaks a program: the learner is the scheduler.
//
// goal is what %%schedule calls the goal, and python the version under which the program is explored.
func level(t task, goal, python, program string) *task {
	t.signature = "string"
	t.program = fmt.Sprintf("%%%%schedule python=%s goal=%s\n%s", python, goal, program)
	t.text += fmt.Sprintf(" Run the first cell, and choose which thread goes next until it is broken; *undo* takes a "+
		"choice back. (If no one can be asked, the cell shows a page with all choices.) Then copy what stands behind "+
		"`%%%%replay` at the end, and put it between the quotes in the second cell. Under Python %s, the goal is: "+
		"%s.", python, goalWords[goal])
	t.praise = "This schedule breaks the program, and will break it each time."
	kind := "assertion"
	if goal == "deadlock" {
		kind = goal
	}
	t.trial = func(solution any) trial {
		if _, ok := solution.(string); !ok {
			return nil
		}
		return noTrial{}
	}
	t.grade = func(c *Course, answer any) (*fault, error) { return c.replayed(answer.(string), kind, python, program) }
	return &t
}

// goalWords are the goals of levels in words.
var goalWords = map[string]string{
	"deadlock":  "all threads wait for each other",
	"assertion": "the assertion fails",
}

// noTrial is the trial of exercises that run nothing.
type noTrial struct{ trial }

// replayed runs a program under a schedule, which must break it in a way.
func (c *Course) replayed(answer, kind, python, program string) (*fault, error) {
	schedule := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(answer), "%%replay"))
	switch {
	case schedule == "":
		return &fault{text: "There is no schedule between the quotes."}, nil
	case strings.ContainsAny(schedule, " \n\t"):
		return &fault{text: "A schedule is one word, such as `" + python + "/2:8yn.2>1,1:ma0|3`."}, nil
	case !strings.HasPrefix(schedule, python+"/"):
		return &fault{text: fmt.Sprintf("This schedule is for another Python: it must begin with `%s/`.", python)}, nil
	case c.host.Explore == nil:
		return &fault{text: "Schedules can't be replayed here: " + errNoSimulation.Error() + "."}, nil
	}
	x, err := c.host.Explore(Exploration{Python: python, Source: (&proof{code: program}).source(), Schedule: schedule})
	switch {
	case err != nil && exceptions.Uncatchable(err):
		return nil, err
	case err != nil || x == nil:
		return &fault{text: fmt.Sprintf("`%s` is no schedule: copy all of what stands behind `%%%%replay`.", schedule)},
			nil
	case x.Differs:
		return &fault{text: "This schedule belongs to another program: at some step, the thread that it names can't " +
			"run."}, nil
	case x.Kind != kind:
		return &fault{text: "Under this schedule the program comes to its end, and nothing breaks.",
			misconception: "A program that can go wrong goes wrong. (It needs the right schedule; most are harmless, " +
				"which is why tests don't find it.)"}, nil
	}
	return nil, nil
}
