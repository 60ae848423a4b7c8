package search_test

// This file tests Sample.

import (
	"errors"
	"math/rand/v2"
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
)

// broken makes a Program that is broken if its result isn't the one that is wanted.
func broken(run search.Program, want string) search.Program {
	return func(e machine.Explorer) search.Outcome {
		out := run(e)
		if out.Err == nil && out.Value != want {
			out.Err = errors.New("an update is lost")
		}
		return out
	}
}

func TestSample(t *testing.T) {
	for _, row := range []struct {
		python string
		lock   bool
		breaks bool
	}{{"3.9", false, true}, {"3.12", false, false}, {"3.13t", false, true}, {"3.13t", true, false}} {
		run := broken(python(t, row.python, adders(3, 3, row.lock)), "9")
		s := search.Sample(&search.Options{Schedules: 400}, 1, run)
		if (s.Broken != nil) != row.breaks || s.Runs != 400 {
			t.Errorf("%v: %+v", row, s)
			continue
		}
		if !row.breaks {
			if s.Low != 0 || s.High > 0.01 {
				t.Errorf("%v: between %v and %v", row, s.Low, s.High)
			}
			continue
		}
		out, n := search.Replay(s.Broken.Schedule, nil, run)
		if n != len(s.Broken.Schedule) || out.Err == nil {
			t.Errorf("%v: %s isn't replayed: %+v after %d turns", row, s.Broken.Schedule, out, n)
		}
	}
}

// TestSampleAgain holds two samples from one seed against each other.
func TestSampleAgain(t *testing.T) {
	run := python(t, "3.9", adders(2, 3, false))
	a := search.Sample(&search.Options{Schedules: 50}, 7, run)
	b := search.Sample(&search.Options{Schedules: 50}, 7, run)
	if len(a.Outcomes) != len(b.Outcomes) {
		t.Fatalf("%d and %d outcomes", len(a.Outcomes), len(b.Outcomes))
	}
	for i := range a.Outcomes {
		if a.Outcomes[i].Schedule.String() != b.Outcomes[i].Schedule.String() ||
			a.Outcomes[i].Count != b.Outcomes[i].Count {
			t.Errorf("%+v and %+v", a.Outcomes[i], b.Outcomes[i])
		}
	}
}

func TestWilson(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	inside := 0
	const rounds = 1000
	for range rounds {
		share, k := r.Float64(), 0
		for range 200 {
			if r.Float64() < share {
				k++
			}
		}
		if low, high := search.Wilson(k, 200); low <= share && share <= high {
			inside++
		}
	}
	if inside < 930 || inside == rounds {
		t.Errorf("%d of %d shares lie between their limits", inside, rounds)
	}
	if low, high := search.Wilson(0, 0); low != 0 || high != 1 {
		t.Errorf("of nothing: %v, %v", low, high)
	}
}
