package schedule

// This file defines the game: choices, undo, reset, and what is shown after each.

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gilkernel/runtime/steps"
)

// A Provider runs a cell from its beginning.
type Provider interface {
	// At runs the cell under these choices: the number (steps.Thread.ID) of the thread that goes next, one for each
	// point at which more than one thread can. The run stops at the first point behind them, where View.Now says who
	// can be chosen, or at its end.
	At(ctx context.Context, choices []int) (*steps.View, error)
}

// MaxChoices is how many choices a game has at most. Each is a run of all choices before it.
const MaxChoices = 2000

// A Refusal explains to the learner why a choice isn't possible.
type Refusal struct{ Text string }

// Error returns the text.
func (r *Refusal) Error() string { return r.Text }

// A Game is one cell under the learner's choices. Only one goroutine may use it.
type Game struct {
	provider Provider
	goal     Goal
	answer   *Answer // nil while it isn't known
	choices  []int
	turns    []turn // of choices
	view     *steps.View
	said     string
}

// A turn is what a choice does.
type turn struct {
	thread   int // index of the chosen one
	from     int // how many steps there were before
	preempts bool
}

// mark marks the first step after each turn that preempts a thread. It changes the view, which must be the caller's
// own.
func (t turn) mark(v *steps.View) {
	for i := t.from; t.preempts && i < len(v.Steps); i++ {
		if v.Steps[i].Thread == t.thread {
			v.Steps[i].Switch = steps.Preempts
			return
		}
	}
}

// New begins a game: the cell runs up to the first point where there is a choice.
func New(ctx context.Context, p Provider, goal Goal) (*Game, error) {
	g := &Game{provider: p, goal: goal}
	if err := g.run(ctx, nil, nil); err != nil {
		return nil, err
	}
	g.said = g.tell(nil)
	return g, nil
}

// SetAnswer says what the best answer to the goal is.
func (g *Game) SetAnswer(a *Answer) { g.answer = a }

// run runs the cell under choices and makes them the game's, unless that fails.
func (g *Game) run(ctx context.Context, choices []int, turns []turn) error {
	v, err := g.provider.At(ctx, choices)
	if err != nil {
		return err
	}
	g.choices, g.turns, g.view = choices, turns, whole(v)
	for _, t := range turns {
		t.mark(g.view)
	}
	return nil
}

// whole returns a view as games show it. Its lists have JSON's [], not null: pages go through them. Quiet variables are
// left out: they say nothing about the game.
func whole(v *steps.View) *steps.View {
	w := *v
	w.Variables = slices.DeleteFunc(slices.Clone(v.Variables), func(x steps.Variable) bool { return x.Quiet })
	w.Now = slices.Clone(v.Now)
	for i := range w.Now {
		if n := &w.Now[i]; n.Can && n.Text == "" {
			goesOn(&w, i, n)
		}
	}
	if w.Sources == nil {
		w.Sources = []steps.Source{}
	}
	w.Steps = slices.Clone(v.Steps)
	if w.Threads == nil {
		w.Threads = []steps.Thread{}
	}
	if w.Steps == nil {
		w.Steps = []steps.Step{}
	}
	return &w
}

// goesOn describes a thread with no particular next operation: it begins, or continues where it was last.
func goesOn(v *steps.View, thread int, n *steps.Next) {
	n.Text = "begins"
	for _, s := range slices.Backward(v.Steps) {
		if s.Thread == thread && s.Line > 0 {
			n.Text = "goes on"
			if n.Line == 0 {
				n.Place = s.Place
			}
			return
		}
	}
}

// Choose lets a thread go next, by its index in View.Threads. A thread that can't is a *Refusal, after which the game
// is as it was.
func (g *Game) Choose(ctx context.Context, thread int) error {
	if err := g.may(thread); err != nil {
		return g.refuse(err)
	}
	before := g.view
	next := turn{thread, len(before.Steps), preempts(before, thread)}
	err := g.run(ctx, append(slices.Clone(g.choices), before.Threads[thread].ID), append(slices.Clone(g.turns), next))
	if err != nil {
		return err
	}
	g.said = g.tell(before)
	return nil
}

// may says why a thread can't be chosen.
func (g *Game) may(thread int) *Refusal {
	switch {
	case g.view.Now == nil:
		return &Refusal{"The run has ended: undo with u, or begin again with r."}
	case thread < 0 || thread >= len(g.view.Threads) || thread >= len(g.view.Now):
		return &Refusal{fmt.Sprintf("There is no thread %d: choose %s.", thread, g.offered())}
	case !g.view.Now[thread].Can:
		why := g.view.Now[thread].Why
		if why == "" {
			why = "is blocked"
		}
		return &Refusal{fmt.Sprintf("%s can't go on, it %s: choose %s.", g.view.Threads[thread].Name, why, g.offered())}
	case len(g.choices) >= MaxChoices:
		return &Refusal{fmt.Sprintf("These are %d choices, which is the most: undo with u, or begin again with r.",
			MaxChoices)}
	}
	return nil
}

// offered names the threads that can be chosen: "1 or 2".
func (g *Game) offered() string {
	var list []string
	for i, n := range g.view.Now {
		if n.Can {
			list = append(list, fmt.Sprint(i))
		}
	}
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " or " + list[n-1]
	}
	return strings.Join(list, "")
}

func (g *Game) refuse(r *Refusal) error {
	g.said = r.Text
	return r
}

// Fail records why nothing was done, when the learner isn't the cause; the game stays as it was.
func (g *Game) Fail(text string) {
	g.said = text
}

// Undo takes the last choice back. Without one it is a *Refusal.
func (g *Game) Undo(ctx context.Context) error {
	n := len(g.choices)
	if n == 0 {
		return g.refuse(&Refusal{"Nothing was chosen yet."})
	}
	if err := g.run(ctx, slices.Clone(g.choices[:n-1]), slices.Clone(g.turns[:n-1])); err != nil {
		return err
	}
	g.said = g.undone()
	return nil
}

// undone is what is said when the choice behind what there is now was undone.
func (g *Game) undone() string { return "Undone. " + g.next() }

// Reset takes all choices back.
func (g *Game) Reset(ctx context.Context) error {
	if err := g.run(ctx, nil, nil); err != nil {
		return err
	}
	g.said = "From the beginning. " + g.next()
	return nil
}

// tell says what has happened since before, nil for the beginning, in a sentence or a few: what a screen reader reads.
func (g *Game) tell(before *steps.View) string {
	var b strings.Builder
	from := 0
	if before != nil {
		from = common(before.Steps, g.view.Steps)
	}
	news := loud(g.view.Steps[from:])
	const most = 4
	if len(news) > most {
		fmt.Fprintf(&b, "%d steps, the last: ", len(news))
		news = news[len(news)-most:]
	}
	for i, s := range news {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name(g.view, s.Thread) + " " + s.Text)
	}
	if b.Len() > 0 {
		b.WriteString(". ")
	}
	b.WriteString(g.next())
	return b.String()
}

// loud returns the steps that are of interest.
func loud(all []steps.Step) []steps.Step {
	return slices.DeleteFunc(slices.Clone(all), func(s steps.Step) bool { return s.Quiet })
}

// next tells the learner what to do now.
func (g *Game) next() string {
	var list []string
	if why, reached := g.goal.Reached(g.view); reached {
		list = append(list, "Goal reached: "+why+".")
	}
	switch {
	case g.view.Now == nil:
		list = append(list, ended(g.view))
	default:
		list = append(list, "Who goes next: "+g.offered()+"?")
	}
	return strings.Join(list, " ")
}

// ended says how a run ended.
func ended(v *steps.View) string {
	text := ""
	switch o := v.Outcome; o.Kind {
	case steps.NoOutcome:
		return "The run stopped."
	case steps.Value:
		if o.Text == "" {
			return "The run has ended."
		}
		return "The run has ended with " + o.Text + "."
	case steps.Endless:
		return "The run was stopped, because it doesn't end."
	case steps.Deadlock:
		text = "The run has ended in a deadlock"
	case steps.Failed:
		text = "The run has ended: an assertion failed"
	case steps.Panicked: // its text begins with what it is
		text = "The run has ended"
	default:
		text = "The run has ended: " + o.Kind
	}
	if v.Outcome.Text != "" {
		text += ": " + firstLine(v.Outcome.Text)
	}
	return strings.TrimSuffix(text, ".") + "."
}

// firstLine returns what a text says in short: a deadlock has the waits of each thread in further lines.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// common returns how many steps two runs have in common. What is known of a step may change later: its value
// afterwards, whether it is of interest.
func common(a, b []steps.Step) int {
	n := 0
	for n < len(a) && n < len(b) && a[n].Thread == b[n].Thread && a[n].Op == b[n].Op && a[n].Name == b[n].Name &&
		a[n].Place == b[n].Place {
		n++
	}
	return n
}

// name returns the name of a thread by its index.
func name(v *steps.View, thread int) string {
	if thread < 0 || thread >= len(v.Threads) {
		return "a thread"
	}
	return v.Threads[thread].Name
}

// A State is what a form shows. It is data, the same in Go, in JSON and in a page's script.
type State struct {
	View    *steps.View `json:"view"`
	Choices []int       `json:"choices"`
	Used    int         `json:"used"` // preemptions so far
	Said    string      `json:"said"` // what was done last, and what there is to do
	// Undone is what Said is when the choice behind this state is undone.
	Undone string     `json:"undone"`
	Goal   *GoalState `json:"goal,omitempty"`
}

// State returns what there is to show now.
func (g *Game) State() State {
	return State{View: g.view, Choices: append([]int{}, g.choices...), Used: g.used(), Said: g.said, Undone: g.undone(),
		Goal: goalState(g.goal, g.view, g.answer)}
}

// used counts the preemptions of the choices.
func (g *Game) used() int {
	n := 0
	for _, t := range g.turns {
		if t.preempts {
			n++
		}
	}
	return n
}

// preempts reports whether choosing a thread preempts another one, which is running and could continue.
func preempts(v *steps.View, thread int) bool {
	for i, n := range v.Now {
		if n.Runs && n.Can && i != thread {
			return true
		}
	}
	return false
}
