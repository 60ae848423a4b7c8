package schedule_test

// This file tests games, goals and what a game as text looks like.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"gilkernel/kernel/schedule"
)

// Programs with what is known of them by hand: how many preemptions each goal needs, -1 if it can't be reached.
const (
	adds     = "read x, write x"
	locked   = "acquire a, read x, write x, release a"
	forwards = "acquire a, acquire b, release b, release a"
	backward = "acquire b, acquire a, release a, release b"
	section  = "enter s, leave s"
	guarded  = "acquire a, enter s, leave s, release a"
)

func TestBestAnswers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		threads []string
		goal    schedule.Goal
		want    int
		says    string
	}{
		{"counter", []string{adds, adds}, schedule.LostUpdate, 1,
			"Thread-1 read 0, Thread-2 wrote 1, Thread-1 wrote 1: the update of Thread-2 to x is lost"},
		{"counter of three", []string{adds, adds, adds}, schedule.LostUpdate, 1, "lost"},
		{"counter with a lock", []string{locked, locked}, schedule.LostUpdate, -1, ""},
		{"different counters", []string{adds, "read y, write y"}, schedule.LostUpdate, -1, ""},
		{"a write that reads nothing", []string{"write x", "write x"}, schedule.LostUpdate, -1, ""},
		{"counter, assertion", []string{adds, adds + ", assert x 2"}, schedule.Assertion, 0, "x is 1"},
		{"locks crosswise", []string{forwards, backward}, schedule.Deadlock, 1, "wait for each other"},
		{"locks in one order", []string{forwards, forwards}, schedule.Deadlock, -1, ""},
		{"section", []string{section, section}, schedule.Critical, 1, "Thread-1 and Thread-2"},
		{"guarded section", []string{guarded, guarded}, schedule.Critical, -1, ""},
		{"a section is no assertion", []string{section, section}, schedule.Assertion, -1, ""},
	} {
		r, err := schedule.Record(t.Context(), program(tt.threads...), tt.goal, schedule.Limits{Nodes: 5000})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		a := r.Best()
		if got := a.Preemptions; a.Found != (tt.want >= 0) || a.Found && got != tt.want || !a.Found && !a.Complete {
			t.Errorf("%s: %+v, want %d preemptions", tt.name, a, tt.want)
		}
		if !a.Found {
			continue
		}
		g, err := schedule.New(t.Context(), program(tt.threads...), tt.goal)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range a.Choices {
			if err := g.Choose(t.Context(), id-1); err != nil {
				t.Errorf("%s: choosing %d: %v", tt.name, id, err)
			}
		}
		if s := g.State(); !s.Goal.Reached || s.Used != tt.want || !strings.Contains(s.Goal.Why, tt.says) {
			t.Errorf("%s: %+v after %v with %d preemptions, want %q", tt.name, s.Goal, a.Choices, s.Used, tt.says)
		}
	}
}

// What can't be chosen changes nothing, and the answer says what can.
func TestRefusals(t *testing.T) {
	f := program(locked, locked)
	g, err := schedule.New(t.Context(), f, schedule.NoGoal)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(err error, want string) {
		t.Helper()
		var no *schedule.Refusal
		if !errors.As(err, &no) || !strings.Contains(no.Text, want) || g.State().Said != no.Text {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	ctx := t.Context()
	refused(g.Undo(ctx), "Nothing was chosen")
	refused(g.Choose(ctx, 0), "MainThread can't go on, it waits for the end of the others: choose 1 or 2.")
	refused(g.Choose(ctx, 7), "no thread 7: choose 1 or 2.")
	refused(g.Choose(ctx, -1), "no thread -1")
	for range 2 { // Thread-1 acquires, then Thread-2 is chosen and blocks at once
		if err := g.Choose(ctx, 1); err != nil {
			break
		}
	}
	for g.State().View.Now != nil {
		if g.Choose(ctx, 1) != nil && g.Choose(ctx, 2) != nil {
			t.Fatal("nobody can go on")
		}
	}
	before := len(g.State().Choices)
	refused(g.Choose(ctx, 1), "The run has ended: undo with u")
	if err := g.Undo(ctx); err != nil || len(g.State().Choices) != before-1 || g.State().View.Now == nil {
		t.Errorf("undo of the end: %v, %d choices", err, len(g.State().Choices))
	}
	if err := g.Reset(ctx); err != nil || len(g.State().Choices) != 0 {
		t.Errorf("reset: %v", err)
	}
}

// Undo leads back over the same states.
func TestUndoIsTheWayBack(t *testing.T) {
	g, err := schedule.New(t.Context(), program(adds+", "+adds, adds+", "+adds), schedule.LostUpdate)
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	sign := func() string {
		s := g.State()
		return fmt.Sprint(s.Choices, s.Used, s.View.Steps, s.View.Now, s.View.Variables, s.Goal.Reached)
	}
	for i := range 6 {
		seen = append(seen, sign())
		if err := g.Choose(t.Context(), 1+i%2); err != nil {
			t.Fatal(err)
		}
	}
	for i := len(seen) - 1; i >= 0; i-- {
		if err := g.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := sign(); got != seen[i] {
			t.Errorf("after undo to %d choices: %s, was %s", i, got, seen[i])
		}
	}
}

// A script is a terminal that answers from a list.
type script struct {
	answers []string
	out     strings.Builder
}

func (s *script) Print(text string) { s.out.WriteString(text) }

func (s *script) Ask(_ context.Context, prompt string) (string, error) {
	if len(s.answers) == 0 {
		return "", io.EOF
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	s.out.WriteString(prompt + answer + "\n")
	return answer, nil
}

func TestPlay(t *testing.T) {
	g, err := schedule.New(t.Context(), program(adds, adds), schedule.LostUpdate)
	if err != nil {
		t.Fatal(err)
	}
	g.SetAnswer(&schedule.Answer{Found: true, Preemptions: 1})
	s := &script{answers: []string{"1", "what?", "9", "Thread-2", "2", "u", "2", "1", "q", "never"}}
	if err := schedule.Play(t.Context(), g, s); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"You choose who goes next, under Python 3.9: type the number of a thread, u to undo, r to begin again, q to " +
			"quit. → runs: another one preempts it.\n",
		"Goal: make one thread write over what another has written, without having read it; the best answer needs 1 " +
			"preemption.\n",
		"1 Thread-1 reads x / 2 Thread-2 reads x; u, r, q: 1\n",
		"  Thread-1 reads x: 0                       In[1]:1  read x\n",
		`"what?" is no choice: type 1 or 2, u for undo, r for reset or q to quit.` + "\n",
		"There is no thread 9: choose 1 or 2.\n",
		"! Thread-2 reads x: 0",
		"back, to 2 choices\n",
		"  1  Thread-1     reads x ", "→ 2  Thread-2     writes x ",
		"x = 1\n",
		"Goal reached with 1 preemption: Thread-1 read 0, Thread-2 wrote 1, Thread-1 wrote 1: the update of " +
			"Thread-2 to x is lost. The best answer needs 1 preemption.\n",
		"3 choices, 1 preemption. The goal is reached: ",
	} {
		if !strings.Contains(s.out.String(), part) {
			t.Errorf("no %q in\n%s", part, &s.out)
		}
	}
	if len(s.answers) != 1 {
		t.Errorf("left to answer: %q", s.answers)
	}
}

// A game whose answers end, or are never a choice, ends too.
func TestPlayEnds(t *testing.T) {
	for name, answers := range map[string][]string{"no answers": nil, "nonsense": make([]string, 1000)} {
		g, err := schedule.New(t.Context(), program(adds, adds), schedule.NoGoal)
		if err != nil {
			t.Fatal(err)
		}
		s := &script{answers: answers}
		if err := schedule.Play(t.Context(), g, s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(s.out.String(), "no choice, no preemption.\n") &&
			!strings.Contains(s.out.String(), "No choice, no preemption.\n") {
			t.Errorf("%s: no summary in\n%s", name, &s.out)
		}
	}
}

func TestGoals(t *testing.T) {
	for _, g := range schedule.Goals() {
		if got, err := schedule.ParseGoal(string(g)); got != g || err != nil {
			t.Errorf("%s: %v, %v", g, got, err)
		}
	}
	if _, err := schedule.ParseGoal("win"); err == nil ||
		err.Error() != `"win" is no goal; goals are deadlock, critical, lost-update, assertion` {
		t.Error(err)
	}
}
