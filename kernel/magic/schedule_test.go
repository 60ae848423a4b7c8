package magic_test

// This file tests what %%schedule does for each kind of front end.

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gilkernel/kernel/magic"
	"gilkernel/runtime/steps"
)

// A pair is two threads of two steps each: reading x, and writing what was read plus 1.
type pair struct{ python string }

func (p pair) At(_ context.Context, choices []int) (*steps.View, error) {
	v := &steps.View{Python: p.python,
		Threads: []steps.Thread{{ID: 1, Name: "MainThread"}, {ID: 2, Name: "Thread-1"}, {ID: 3, Name: "Thread-2"}}}
	x, did, read := 0, [3]int{}, [3]int{}
	for _, id := range choices {
		i := id - 1
		if i < 1 || i > 2 || did[i] == 2 {
			return nil, fmt.Errorf("thread %d can't go on", id)
		}
		s := steps.Step{Thread: i, Op: steps.Read, Name: "x", Before: fmt.Sprint(x), Text: fmt.Sprint("reads x: ", x)}
		if did[i] == 0 {
			read[i] = x
		} else {
			s.Op, s.After, x = steps.Write, fmt.Sprint(read[i]+1), read[i]+1
			s.Text = fmt.Sprint("writes x: ", x)
		}
		did[i]++
		v.Steps = append(v.Steps, s)
	}
	if did[1]+did[2] == 4 {
		v.Outcome = steps.Outcome{Kind: steps.Value, Text: fmt.Sprint(x)}
		return v, nil
	}
	last := -1
	if n := len(choices); n > 0 {
		last = choices[n-1] - 1
	}
	v.Now = []steps.Next{{Why: "waits for Thread-1"}, {Why: "has ended"}, {Why: "has ended"}}
	for i := 1; i <= 2; i++ {
		if did[i] < 2 {
			v.Now[i] = steps.Next{Can: true, Runs: i == last, Text: "goes on"}
		}
	}
	return v, nil
}

func TestSchedule(t *testing.T) {
	asks, shows := magic.FrontEnd{Asks: true}, magic.FrontEnd{Asks: true, Widgets: true}
	for _, tt := range []struct {
		name, args string
		front      magic.FrontEnd
		answers    []string
		want       []string // in what is printed
		shown      string   // the type of what is shown; "" for nothing
		game       bool     // a widget is shown
	}{
		{"a console", "python=3.9 goal=lost-update", asks, []string{"1", "2", "2", "1"}, []string{
			"This front end has shown no widget manager, so the questions come as text.", "under Python 3.9",
			"the best answer needs 1 preemption", "Goal reached with 1 preemption: Thread-1 read 0, Thread-2 wrote 1",
		}, "", false},
		{"text that was asked for", "text", shows, []string{"0", "q"},
			[]string{"You choose", "MainThread can't go on, it waits for Thread-1: choose 1 or 2."}, "", false},
		{"a page", "goal=deadlock", magic.FrontEnd{}, nil, nil, "text/html", false},
		{"a page that was asked for", "page", shows, nil, nil, "text/html", false},
		{"a widget", "", shows, nil, nil, "text/html", true},
		{"a widget that was asked for", "widget", asks, nil, nil, "text/html", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.front, f.answers = tt.front, tt.answers
			if err := run(t, magic.New(), f, "%%schedule "+tt.args+"\nx++"); err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(f.out.String(), want) {
					t.Errorf("no %q in\n%s", want, &f.out)
				}
			}
			if n := strings.Count(f.out.String(), "no widget manager"); n > 0 && tt.name != "a console" {
				t.Errorf("the sentence about widgets comes with %s", tt.name)
			}
			if (f.game != nil) != tt.game || (len(f.shown) > 0) != (tt.shown != "") {
				t.Fatalf("a widget: %v; shown: %d", f.game != nil, len(f.shown))
			}
			if tt.shown != "" {
				text, _ := f.shown[0][tt.shown].(string)
				if !strings.Contains(text, "export async function page") {
					t.Errorf("the page has no script: %.80q", text)
				}
			}
		})
	}
}

func TestScheduleRefuses(t *testing.T) {
	for code, want := range map[string]string{
		"%%schedule goal=win\nx++":          `"win" is no goal; goals are deadlock, critical, lost-update, assertion`,
		"%%schedule python=snake\nx++":      `python= needs a version such as 3.9 or 3.13t, not "snake"`,
		"%%schedule text page\nx++":         "it is either text or page",
		"%%schedule preemptions=2\nx++":     `unexpected "preemptions=2"`,
		"%%schedule goal=deadlock":          "there is nothing to schedule",
		"%%schedule text goal=critical\nx":  "this front end answers no questions",
		"%%schedule goal=\"critical\nx + 1": "isn't closed",
	} {
		wantErr(t, run(t, magic.New(), newFake(t), code), "UsageError", want)
	}
}
