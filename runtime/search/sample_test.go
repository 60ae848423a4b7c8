package search_test

// This file tests Sample.

import (
	"errors"
	"math/rand/v2"
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
)

// broken makes a Program that is broken if its result differs from the wanted one.
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
			if s.Low != 0 || s.High > 0.03 {
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

// TestShare holds the limits that samples report against the exact shares of a hundred programs.
func TestShare(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	programs, inside := 0, 0
	for programs < 100 {
		first := ""
		run := python(t, "3.9", library(few(r)))
		judged := func(e machine.Explorer) search.Outcome {
			out := run(e)
			if first == "" {
				first = out.Value
			}
			if out.Err == nil && out.Value != first {
				out.Err = errors.New("another result")
			}
			return out
		}
		o := &search.Options{Schedules: 200}
		seed := r.Uint64()
		const enough = 2000
		share, walks := search.Share(o, seed, judged, enough)
		if share <= 0 || share >= 1 || walks == enough {
			continue
		}
		programs++
		if s := search.Sample(o, seed, judged); s.Low <= share && share <= s.High {
			inside++
		}
	}
	t.Logf("%d of %d", inside, programs)
	if inside < 93 {
		t.Errorf("%d of %d shares lie between their limits", inside, programs)
	}
}

// few makes a program of two short threads, so that all of its walks can be made.
func few(r *rand.Rand) (threads [][]deed) {
	for range 2 {
		var list []deed
		for range 1 + r.IntN(2) {
			d := deed{what: "add", n: int8(r.IntN(2))}
			if r.IntN(3) == 0 {
				d.what = "copy"
			}
			list = append(list, d)
		}
		threads = append(threads, list)
	}
	return threads
}

// TestDeepShrinks holds what is left of failures of long runs that were found by chance against what Search finds.
func TestDeepShrinks(t *testing.T) {
	run := broken(python(t, "3.9", adders(2, 80, false)), "160") // some 500 checks and accesses
	best := search.Search(&search.Options{Schedules: 1e6}, run).Broken
	if best == nil {
		t.Fatal("Search finds nothing")
	}
	found, small := 0, 0
	for seed := range uint64(20) {
		s := search.Sample(&search.Options{Schedules: 20}, seed, run)
		for i := range s.Outcomes {
			f := &s.Outcomes[i]
			if f.Err == nil {
				continue
			}
			found++
			out, preemptions := search.Shrink(nil, f.Schedule, run), 0
			for _, turn := range out {
				if !turn.Blocks {
					preemptions++
				}
			}
			if preemptions == best.Preemptions && len(out) <= len(best.Schedule) {
				small++
			} else {
				t.Logf("seed %d: %s with %d preemptions", seed, out, preemptions)
			}
			break
		}
	}
	t.Logf("%d of %d shrink to %s", small, found, best.Schedule)
	if found < 15 || 100*small < 95*found {
		t.Errorf("%d of %d failures shrink to %d preemptions", small, found, best.Preemptions)
	}
}
