package schedule

// This file defines goals: what a learner tries to bring about, and when a run has reached it.

import (
	"fmt"
	"strings"

	"gilkernel/runtime/explore"
	"gilkernel/runtime/steps"
)

// A Goal is what a learner tries to bring about; "" is nothing in particular.
type Goal string

// The goals.
const (
	NoGoal     Goal = ""
	Deadlock   Goal = "deadlock"
	Critical   Goal = "critical"    // two threads are in an explore.CriticalSection at the same time
	LostUpdate Goal = "lost-update" // a thread writes over what another wrote after it had read
	Assertion  Goal = "assertion"   // an explore.Assert fails
)

// Goals returns all of them in the order in which messages name them.
func Goals() []Goal { return []Goal{Deadlock, Critical, LostUpdate, Assertion} }

// ParseGoal returns the goal of a word. The error names all goals.
func ParseGoal(word string) (Goal, error) {
	var all []string
	for _, g := range Goals() {
		if string(g) == word {
			return g, nil
		}
		all = append(all, string(g))
	}
	return NoGoal, fmt.Errorf("%q is no goal; goals are %s", word, strings.Join(all, ", "))
}

// about says what to do for a goal.
func (g Goal) about() string {
	switch g {
	case Deadlock:
		return "make the threads wait for each other for ever"
	case Critical:
		return "bring two threads into the critical section at the same time"
	case LostUpdate:
		return "make one thread write over what another has written, without having read it"
	case Assertion:
		return "make an assertion fail"
	}
	return ""
}

// A GoalState is a goal and how far it is.
type GoalState struct {
	Name    Goal   `json:"name"`
	About   string `json:"about"`
	Reached bool   `json:"reached"`
	Why     string `json:"why,omitempty"` // what has happened, if it is reached
	Answer  string `json:"answer,omitempty"`
}

// goalState returns nil if there is no goal.
func goalState(g Goal, v *steps.View, a *Answer) *GoalState {
	if g == NoGoal {
		return nil
	}
	why, reached := g.Reached(v)
	return &GoalState{Name: g, About: g.about(), Reached: reached, Why: why, Answer: a.String()}
}

// Reached reports whether a run has reached the goal, and what has happened then.
func (g Goal) Reached(v *steps.View) (why string, reached bool) {
	o := v.Outcome
	failed := o.Kind == steps.Failed
	critical := failed && strings.Contains(o.Text, explore.TwoInside)
	switch g {
	case Deadlock:
		reached = o.Kind == steps.Deadlock
	case Critical:
		reached = critical
	case Assertion:
		reached = failed && !critical
	case LostUpdate:
		return lostUpdate(v)
	}
	if !reached {
		return "", false
	}
	switch {
	case v.Sentence != "":
		why = v.Sentence
	case o.Text != "":
		why = firstLine(o.Text)
	default:
		why = strings.TrimSuffix(ended(v), ".")
	}
	return strings.TrimSuffix(why, "."), true
}

// lostUpdate finds a write over a value that another thread wrote after the writer had read: what that one wrote is
// lost, because the new value was made from the old one.
func lostUpdate(v *steps.View) (why string, lost bool) {
	type key struct {
		thread int
		name   string
	}
	read := map[key]int{}                // the step of a thread's last read of it that it hasn't used yet, plus one
	written := map[string][]steps.Step{} // writes by name, with the value in After
	at := map[string][]int{}
	for i, s := range v.Steps {
		k := key{s.Thread, s.Name}
		switch s.Op {
		case steps.Read:
			read[k] = i + 1
		case steps.Write:
			r := read[k]
			delete(read, k) // the next write needs a read of its own
			for j := len(written[s.Name]) - 1; r > 0 && j >= 0 && at[s.Name][j] >= r; j-- {
				w := written[s.Name][j]
				if w.Thread == s.Thread {
					continue
				}
				old := v.Steps[r-1]
				me, other := name(v, s.Thread), name(v, w.Thread)
				return fmt.Sprintf("%s read %s, %s wrote %s, %s wrote %s: the update of %s to %s is lost", me,
					quoted(old.Before, old.After), other, w.After, me, s.After, other, s.Name), true
			}
			written[s.Name] = append(written[s.Name], s)
			at[s.Name] = append(at[s.Name], i)
		}
	}
	return "", false
}

// quoted returns the first text that isn't empty.
func quoted(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return "it"
}

// An Answer is what is known of the best answer to a goal.
type Answer struct {
	Found       bool
	Preemptions int   // the fewest, if Found
	Choices     []int // one way there, if Found
	Bound       int   // else: up to how many preemptions all schedules were tried; -1 if not even those without any
	Complete    bool  // else: more preemptions add no schedule
}

// String returns what there is to say, "" for nil.
func (a *Answer) String() string {
	switch {
	case a == nil:
		return ""
	case a.Found:
		return "the best answer needs " + count(a.Preemptions, "preemption")
	case a.Complete:
		return "no schedule reaches it: all were tried"
	case a.Bound < 0:
		return "no answer is known: too many schedules to try them all"
	case a.Bound == 0:
		return "none of the schedules without preemptions reaches it"
	}
	return "none of the schedules with up to " + count(a.Bound, "preemption") + " reaches it"
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
