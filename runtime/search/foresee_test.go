package search_test

// This file holds searches against those that foresee nothing.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
	"gilkernel/runtime/threading"
)

// said is all of a report but for how many runs it took.
func said(r *search.Report) string {
	s := fmt.Sprintf("%d schedules, %d endless, bound %d, complete %v\n", r.Schedules, r.Endless, r.Bound, r.Complete)
	for _, f := range r.Outcomes {
		s += fmt.Sprintf("%q %v: %d times, first with %d by %s\n", f.Value, f.Err, f.Count, f.Preemptions, f.Schedule)
	}
	for _, x := range r.Races {
		s += fmt.Sprintf("%+v and %+v with %d by %s\n", x.First, x.Second, x.Preemptions, x.Schedule)
	}
	return s
}

// TestForeseen holds what searches say against what they say if each path is run: that is the same to the letter, and
// takes more runs. GILKERNEL_HAMMER=1 makes it 500 programs.
func TestForeseen(t *testing.T) {
	n := 60
	if os.Getenv("GILKERNEL_HAMMER") == "1" {
		n = 500
	}
	gen := generated(modelSteps)
	runs, blind := 0, 0
	for i := range n {
		threads := gen.Example(i)
		version := modelVersions[i%len(modelVersions)]
		run := python(t, version, library(threads))
		o := search.Options{Preemptions: 2, All: true, Schedules: 150}
		if i%3 == 0 {
			o.Preemptions, o.Unbounded = -1, true
		}
		got, strayed := search.SearchAlert(&o, run)
		want := search.SearchBlind(&o, run)
		runs, blind = runs+got.Runs, blind+want.Runs
		if strayed || said(got) != said(want) {
			t.Fatalf("program %d under %s:\n%s\nin %d runs:\n%s\nblind, in %d runs:\n%s", i, version, text(threads),
				got.Runs, said(got), want.Runs, said(want))
		}
	}
	t.Logf("%d runs instead of %d", runs, blind)
	if runs >= blind {
		t.Errorf("%d runs instead of %d", runs, blind)
	}
}

// TestForeseenCounter holds the same for a counter that is long enough for most paths to be foreseen.
func TestForeseenCounter(t *testing.T) {
	for _, version := range modelVersions {
		for _, main := range []func(*machine.Thread) string{adders(2, 5, false), adders(2, 2, true),
			adders(3, 2, false)} {
			run := python(t, version, main)
			o := search.Options{Preemptions: 3, All: true, Schedules: 500}
			got, strayed := search.SearchAlert(&o, run)
			want := search.SearchBlind(&o, run)
			t.Logf("%s: %d runs instead of %d for %d schedules", version, got.Runs, want.Runs, got.Schedules)
			if strayed || said(got) != said(want) {
				t.Errorf("%s: in %d runs\n%s\nblind, in %d runs\n%s", version, got.Runs, said(got), want.Runs,
					said(want))
			}
		}
	}
}

// TestStraysWhileSkimming has a program that in one run, before that parts from the former ones, touches its things in
// another order, touches another thing, or ends: the search notices, and its outcomes are those of a blind search.
func TestStraysWhileSkimming(t *testing.T) {
	for what, odd := range map[string]func(t *machine.Thread, a, b, c *variable) bool{
		"nothing":       func(_ *machine.Thread, _, _, _ *variable) bool { return true },
		"another order": func(t *machine.Thread, a, b, _ *variable) bool { b.store(t, 1); a.store(t, 1); return false },
		"another thing": func(t *machine.Thread, a, _, c *variable) bool { a.store(t, 1); c.store(t, 1); return false },
		"a new thing":   func(th *machine.Thread, a, _, _ *variable) bool { new(variable).store(th, 1); return false },
		"a read":        func(th *machine.Thread, a, b, _ *variable) bool { a.store(th, 1); b.load(th); return false },
		"one more":      func(th *machine.Thread, _, _, c *variable) bool { c.store(th, 1); return true },
	} {
		runs := 0
		run := python(t, "3.9", func(main *machine.Thread) string {
			var a, b, c variable
			for _, x := range []*variable{&a, &b, &c} {
				x.store(main, 0)
			}
			if runs++; runs != 7 || odd(main, &a, &b, &c) {
				a.store(main, 1)
				b.store(main, 1)
			}
			return adders(2, 2, false)(main)
		})
		o := search.Options{Preemptions: 2, All: true}
		got, strayed := search.SearchAlert(&o, run)
		if want := what != "nothing"; strayed != want {
			t.Errorf("%s: strayed: %v", what, strayed)
		}
		runs = 100 // and never odd again
		if want := search.SearchBlind(&o, run); outcomes(got) != outcomes(want) {
			t.Errorf("%s:\n%s\nblind:\n%s", what, said(got), said(want))
		}
	}
}

// TestForeseenLoops holds the same for loops that wait, for loops that only look like that, and for turns of several
// checks, where what a thread has of its own is another number in each run.
func TestForeseenLoops(t *testing.T) {
	for _, row := range []struct {
		name          string
		turns, checks int // 0 turns: without end
		own           bool
		outcomes      string
	}{
		{"one that waits", 0, 1, false, "0@0 "},
		{"one that waits, with two checks a turn", 0, 2, false, "0@0 "},
		{"one that counts", 6, 1, true, "0@0 6@1 5@2 4@2 3@2 2@2 1@2 "},
		{"one that counts, with three checks a turn", 6, 3, true, "0@0 6@1 5@2 4@2 3@2 2@2 1@2 "},
	} {
		runs, turn := uint64(0), 0
		run := python(t, "3.9", func(main *machine.Thread) string {
			runs++
			var flags [3]variable
			turn = 0
			poll := threading.NewThread(func() {
				t := machine.Current()
				for turn = 0; row.turns == 0 || turn < row.turns; turn++ {
					for i := range row.checks {
						if flags[i].load(t) > 0 {
							return
						}
						t.Check()
					}
				}
			})
			set := threading.NewThread(func() { flags[row.checks-1].store(machine.Current(), 1) })
			set.Start()
			poll.Start()
			set.Join()
			poll.Join()
			if row.turns == 0 {
				return "0"
			}
			return fmt.Sprint(turn)
		})
		o := search.Options{Preemptions: 2, All: true, Own: func(*machine.Thread) uint64 {
			if row.own {
				return runs<<32 + uint64(turn)
			}
			return runs
		}}
		got, strayed := search.SearchAlert(&o, run)
		want := search.SearchBlind(&o, run)
		if strayed || said(got) != said(want) || outcomes(got) != row.outcomes {
			t.Errorf("%s: strayed: %v; in %d runs\n%s\nblind, in %d runs\n%s", row.name, strayed, got.Runs, said(got),
				want.Runs, said(want))
		}
	}
}

// TestUnrepeatable has a program that does what chance says: searches end, with and without a bound.
func TestUnrepeatable(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		run := python(t, "3.9", func(main *machine.Thread) string {
			var a variable
			for range rng.IntN(3) {
				a.store(main, 1)
				main.Check()
			}
			return adders(1+rng.IntN(3), 1+rng.IntN(2), rng.IntN(2) == 0)(main)
		})
		o := search.Options{Preemptions: 2, All: true, Schedules: 50}
		if seed%2 == 0 {
			o.Preemptions, o.Unbounded = -1, true
		}
		if r := search.Search(&o, run); r.Schedules == 0 {
			t.Errorf("seed %d: %+v", seed, r)
		}
	}
}
