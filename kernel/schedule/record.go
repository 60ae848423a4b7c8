package schedule

// This file defines recordings: the states of a game that are reached with few preemptions, as a page without a kernel
// needs them, and the best answer among them.

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gilkernel/runtime/steps"
)

// A Searcher is a Provider that can search for the best answer to a goal in a way of its own.
type Searcher interface {
	// Answer returns what it has found, nil if it knows nothing of such goals.
	Answer(ctx context.Context, goal Goal) (*Answer, error)
}

// A Recording is a tree of states. It is data, the same in Go, in JSON and in a page's script.
type Recording struct {
	Python  string         `json:"python"`
	Sources []steps.Source `json:"sources"`
	Goal    Goal           `json:"goal,omitempty"`
	About   string         `json:"about,omitempty"`  // what the goal is
	Answer  string         `json:"answer,omitempty"` // what the best answer needs
	Nodes   []Node         `json:"nodes"`            // the first is the beginning
	Whole   bool           `json:"whole"`            // no state is missing

	best *Answer
}

// A Node is a state, as what it has more than its parent.
type Node struct {
	Parent  int            `json:"parent"` // index in Nodes; -1 for the first
	Choice  int            `json:"choice"` // index in Threads of the chosen thread
	Keep    int            `json:"keep"`   // how many steps it has in common with its parent
	Steps   []steps.Step   `json:"steps"`
	Threads []steps.Thread `json:"threads,omitempty"` // nil: its parent's
	More    int            `json:"more,omitempty"`

	Outcome   steps.Outcome    `json:"outcome"`
	Sentence  string           `json:"sentence,omitempty"`
	Now       []steps.Next     `json:"now,omitempty"`
	Variables []steps.Variable `json:"variables,omitempty"`
	Locks     []steps.Lock     `json:"locks,omitempty"`

	Used int    `json:"used"`
	Said string `json:"said"`
	Why  string `json:"why,omitempty"` // what has happened, if the goal is reached
}

// Limits bound a recording; 0 is no bound.
type Limits struct {
	Nodes   int
	Steps   int // of all nodes together
	Time    time.Duration
	Choices int // deepest
	// Answer is for the best answer alone: it ends the recording at the first state that reaches the goal, and leaves
	// out states that look like one before. The recording has no other use then.
	Answer bool
}

// waiting is a state that may be recorded.
type waiting struct {
	parent, choice int // indexes in Nodes, in Threads
	used           int
	choices        []int
	turns          []turn
	order          int
}

// frontier is a heap of them: the fewest preemptions first, then the fewest choices.
type frontier []waiting

func (f frontier) Len() int { return len(f) }
func (f frontier) Less(i, j int) bool {
	a, b := f[i], f[j]
	if a.used != b.used {
		return a.used < b.used
	}
	if len(a.choices) != len(b.choices) {
		return len(a.choices) < len(b.choices)
	}
	return a.order < b.order
}
func (f frontier) Swap(i, j int) { f[i], f[j] = f[j], f[i] }

// Push and Pop are for package heap.
func (f *frontier) Push(x any) { *f = append(*f, x.(waiting)) }

// Pop is for package heap.
func (f *frontier) Pop() any {
	old := *f
	w := old[len(old)-1]
	*f = old[:len(old)-1]
	return w
}

// Record records the states of a cell in the order of their preemptions, as far as the limits allow. The error is the
// provider's for the beginning; a later one ends the recording.
func Record(ctx context.Context, p Provider, goal Goal, l Limits) (*Recording, error) {
	r := &recorder{p: p, goal: goal, l: l, seen: map[string]bool{}, bound: -1,
		out: &Recording{Goal: goal, About: goal.about()}}
	if l.Time > 0 {
		r.until = time.Now().Add(l.Time)
	}
	first, err := p.At(ctx, nil)
	if err != nil {
		return nil, err
	}
	first = whole(first)
	r.out.Python, r.out.Sources = first.Python, first.Sources
	r.add(waiting{parent: -1, choice: -1}, first)
	for len(r.todo) > 0 && !r.over(ctx) {
		w := heap.Pop(&r.todo).(waiting)
		r.bound = max(r.bound, w.used-1)
		v, err := p.At(ctx, w.choices)
		if err != nil {
			heap.Push(&r.todo, w)
			if ctx.Err() != nil || len(r.out.Nodes) == 1 {
				return nil, errors.Join(err, ctx.Err())
			}
			break
		}
		r.add(w, whole(v))
	}
	r.finish()
	return r.out, nil
}

type recorder struct {
	p     Provider
	goal  Goal
	l     Limits
	until time.Time
	out   *Recording
	views []*steps.View // of Nodes
	seen  map[string]bool
	todo  frontier
	order int
	steps int
	deep  bool // a state was left out because it is deep
	bound int  // all states with up to so many preemptions are there
}

func (r *recorder) over(ctx context.Context) bool {
	return ctx.Err() != nil || r.l.Nodes > 0 && len(r.out.Nodes) >= r.l.Nodes ||
		r.l.Steps > 0 && r.steps >= r.l.Steps || r.l.Answer && r.out.best != nil ||
		!r.until.IsZero() && time.Now().After(r.until)
}

// add records a state and puts those behind it on the list.
func (r *recorder) add(w waiting, v *steps.View) {
	for _, t := range w.turns {
		t.mark(v)
	}
	n := Node{Parent: w.parent, Choice: w.choice, More: v.More, Outcome: v.Outcome, Sentence: v.Sentence, Now: v.Now,
		Variables: v.Variables, Locks: v.Locks, Used: w.used, Steps: v.Steps, Threads: v.Threads}
	var before *steps.View
	if w.parent >= 0 {
		before = r.views[w.parent]
		n.Keep = common(before.Steps, v.Steps)
		n.Steps = v.Steps[n.Keep:]
		if slices.Equal(before.Threads, v.Threads) {
			n.Threads = nil
		}
	}
	r.steps += len(n.Steps)
	why, reached := r.goal.Reached(v)
	if reached {
		n.Why = why
		if r.out.best == nil {
			r.out.best = &Answer{Found: true, Preemptions: n.Used, Choices: w.choices}
		}
	}
	g := &Game{goal: r.goal, choices: w.choices, view: v}
	n.Said = g.tell(before)
	at := len(r.out.Nodes)
	if r.l.Answer {
		if sign := signature(v, w.choices); r.seen[sign] {
			v = &steps.View{} // nothing waits behind it
		} else {
			r.seen[sign] = true
		}
	}
	r.out.Nodes = append(r.out.Nodes, n)
	r.views = append(r.views, v)
	if r.l.Choices > 0 && len(w.choices) >= r.l.Choices && v.Now != nil {
		r.deep = true
		return
	}
	for i, next := range v.Now {
		if !next.Can || i >= len(v.Threads) {
			continue
		}
		r.order++
		used, t := w.used, turn{i, len(v.Steps), preempts(v, i)}
		if t.preempts {
			used++
		}
		heap.Push(&r.todo, waiting{parent: at, choice: i, used: used, order: r.order,
			choices: append(slices.Clone(w.choices), v.Threads[i].ID), turns: append(slices.Clone(w.turns), t)})
	}
}

// signature returns what identifies a state: how far each thread is, by its steps and by how often it was chosen,
// because not everything that it does is a step; what it saw last; and what the threads share. Of equal states, the one
// that is reached with fewer preemptions comes first.
func signature(v *steps.View, choices []int) string {
	type place struct {
		n, chosen int
		last      string
	}
	at := make([]place, len(v.Threads))
	for _, s := range v.Steps {
		if s.Thread >= 0 && s.Thread < len(at) {
			at[s.Thread].n++
			if s.Op == steps.Read || s.Op == steps.Write {
				at[s.Thread].last = s.Text
			}
		}
	}
	for i, t := range v.Threads {
		for _, id := range choices {
			if id == t.ID {
				at[i].chosen++
			}
		}
	}
	return fmt.Sprint(at, v.Now, v.Variables, v.Locks, v.Outcome)
}

// finish says what the recording has shown.
func (r *recorder) finish() {
	r.out.Whole = len(r.todo) == 0 && !r.deep
	if r.out.best == nil && r.goal != NoGoal {
		if r.out.Whole {
			r.bound = len(r.out.Nodes)
		} else if r.deep {
			r.bound = -1
		}
		r.out.best = &Answer{Bound: r.bound, Complete: r.out.Whole}
	}
	r.out.Answer = r.out.best.String()
}

// Best returns what the recording says of the best answer to its goal; nil if it has none. A Bound in it is that of the
// states that were recorded.
func (r *Recording) Best() *Answer { return r.best }

// SetAnswer replaces what the recording says of the best answer, by what was found in another way.
func (r *Recording) SetAnswer(a *Answer) { r.best, r.Answer = a, a.String() }
