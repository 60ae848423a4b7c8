package schedule

// This file defines the game as text: what has happened, and a question.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gilkernel/runtime/steps"
)

// A Terminal is where a game is played as text.
type Terminal interface {
	// Print shows text, which ends with a newline.
	Print(text string)
	// Ask returns the person's answer, or io.EOF when there are no more.
	Ask(ctx context.Context, prompt string) (string, error)
}

// maxWrong is the number of consecutive invalid answers after which a game ends: so a script that answers forever
// doesn't occupy a cell.
const maxWrong = 100

// Play asks which thread runs next, until the answer is q or the terminal has no more answers. The error is the
// terminal's or the provider's.
func Play(ctx context.Context, g *Game, t Terminal) error {
	t.Print(intro(g))
	shown := &steps.View{}
	choices, changed := 0, true
	for wrong := 0; wrong < maxWrong; {
		s := g.State()
		var lines []string
		if len(s.Choices) < choices {
			lines = append(lines, "back, to "+count(len(s.Choices), "choice"))
		}
		choices = len(s.Choices)
		for _, step := range loud(s.View.Steps[common(shown.Steps, s.View.Steps):]) {
			lines = append(lines, line(s.View, step))
		}
		if changed {
			t.Print(strings.Join(append(lines, situation(s)...), "\n") + "\n")
		}
		shown = s.View
		answer, err := t.Ask(ctx, question(s))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		quit, err := g.answered(ctx, answer)
		var no *Refusal
		switch {
		case errors.As(err, &no):
			wrong++
			changed = false
			t.Print(no.Text + "\n")
		case err != nil:
			return err
		case quit:
			t.Print(summary(g.State()))
			return nil
		default:
			wrong, changed = 0, true
		}
	}
	t.Print(summary(g.State()))
	return nil
}

// answered does what an answer says.
func (g *Game) answered(ctx context.Context, answer string) (quit bool, err error) {
	word := strings.ToLower(strings.TrimSpace(answer))
	switch word {
	case "q", "quit", "exit":
		return true, nil
	case "u", "undo":
		return false, g.Undo(ctx)
	case "r", "reset":
		return false, g.Reset(ctx)
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		for i, th := range g.view.Threads { // a name does too
			if word != "" && strings.EqualFold(word, th.Name) {
				return false, g.Choose(ctx, i)
			}
		}
		offered := g.offered()
		if offered != "" {
			offered += ", "
		}
		return false, g.refuse(&Refusal{fmt.Sprintf("%q is no choice: type %su for undo, r for reset or q to quit.",
			answer, offered)})
	}
	return false, g.Choose(ctx, n)
}

func intro(g *Game) string {
	s := g.State()
	text := fmt.Sprintf("You choose who goes next, under Python %s: type the number of a thread, u to undo, r to "+
		"begin again, q to quit. → runs: another one preempts it.\n", s.View.Python)
	if s.Goal != nil {
		text += "Goal: " + s.Goal.About
		if s.Goal.Answer != "" {
			text += "; " + s.Goal.Answer
		}
		text += ".\n"
	}
	return text
}

// line is a step as a line of text: which thread did what, and where.
func line(v *steps.View, s steps.Step) string {
	mark := "  "
	if s.Switch == steps.Preempts {
		mark = "! " // at a place where the thread before could have gone on
	}
	text := mark + name(v, s.Thread) + " " + s.Text
	if src := source(v, s.Place); src != "" {
		text += strings.Repeat(" ", max(2, 44-utf8.RuneCountInString(text))) + where(v, s.Place) + "  " + src
	}
	return text
}

// source returns the line of a place, without its indent.
func source(v *steps.View, p steps.Place) string {
	if p.Source < 0 || p.Source >= len(v.Sources) || p.Line < 1 || p.Line > len(v.Sources[p.Source].Lines) {
		return ""
	}
	return strings.TrimSpace(v.Sources[p.Source].Lines[p.Line-1])
}

// where names a place: "In[3]:5".
func where(v *steps.View, p steps.Place) string {
	if p.Source < 0 || p.Source >= len(v.Sources) || p.Line < 1 {
		return ""
	}
	return fmt.Sprintf("%s:%d", v.Sources[p.Source].Label, p.Line)
}

// situation says what there is: variables, locks, each thread.
func situation(s State) []string {
	v := s.View
	var lines, facts []string
	for _, x := range v.Variables {
		facts = append(facts, x.Name+" = "+x.Value)
	}
	for _, l := range v.Locks {
		facts = append(facts, lock(v, l))
	}
	if len(facts) > 0 {
		lines = append(lines, strings.Join(facts, "; "))
	}
	for i, n := range v.Now {
		if i >= len(v.Threads) {
			break
		}
		mark := " "
		if n.Runs {
			mark = "→"
		}
		text := fmt.Sprintf("%s%2d  %-12s ", mark, i, v.Threads[i].Name)
		switch {
		case n.Can:
			text += n.Text
			if src := source(v, n.Place); src != "" {
				text += strings.Repeat(" ", max(2, 44-utf8.RuneCountInString(text))) + where(v, n.Place) + "  " + src
			}
		case n.Why != "":
			text += "(" + n.Why + ")"
		default:
			text += "(blocked)"
		}
		lines = append(lines, strings.TrimRight(text, " "))
	}
	if v.Now == nil {
		lines = append(lines, ended(v))
		if _, more, ok := strings.Cut(v.Outcome.Text, "\n"); ok {
			lines = append(lines, strings.TrimRight(more, "\n"))
		}
	}
	if s.Goal != nil && s.Goal.Reached {
		text := fmt.Sprintf("Goal reached with %s: %s.", count(s.Used, "preemption"), s.Goal.Why)
		if s.Goal.Answer != "" {
			text += " " + strings.ToUpper(s.Goal.Answer[:1]) + s.Goal.Answer[1:] + "."
		}
		lines = append(lines, text)
	}
	return lines
}

// lock names the threads that hold a lock, and those that wait for it.
func lock(v *steps.View, l steps.Lock) string {
	text := l.Name + ": free"
	if len(l.Holders) > 0 {
		text = l.Name + ": held by " + names(v, l.Holders)
	}
	if len(l.Waiters) > 0 {
		verb := "waits"
		if len(l.Waiters) > 1 {
			verb = "wait"
		}
		text += ", " + names(v, l.Waiters) + " " + verb
	}
	return text
}

func names(v *steps.View, threads []int) string {
	var list []string
	for _, t := range threads {
		list = append(list, name(v, t))
	}
	return strings.Join(list, " and ")
}

// maxQuestion is how many characters a question has at most before it names numbers only.
const maxQuestion = 110

// question is the prompt.
func question(s State) string {
	v := s.View
	var long, short []string
	for i, n := range v.Now {
		if n.Can && i < len(v.Threads) {
			long = append(long, strings.TrimSpace(fmt.Sprintf("%d %s %s", i, v.Threads[i].Name, n.Text)))
			short = append(short, strconv.Itoa(i))
		}
	}
	if len(short) == 0 {
		return "u, r, q: "
	}
	text := strings.Join(long, " / ") + "; u, r, q: "
	if utf8.RuneCountInString(text) > maxQuestion {
		text = strings.Join(short, ", ") + "; u, r, q: "
	}
	return text
}

// summary is what is left of a game.
func summary(s State) string {
	text := fmt.Sprintf("%s, %s.", count(len(s.Choices), "choice"), count(s.Used, "preemption"))
	if s.Goal != nil {
		switch {
		case s.Goal.Reached:
			text += " The goal is reached: " + s.Goal.Why + "."
		default:
			text += " The goal isn't reached."
		}
	}
	if s.View.Schedule != "" {
		text += " %%replay " + s.View.Schedule + " shows this run again."
	}
	return strings.ToUpper(text[:1]) + text[1:] + "\n"
}
