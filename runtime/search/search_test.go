package search_test

// This file tests Search with small programs whose schedules are known by hand.

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
	"gilkernel/runtime/threading"
)

// python makes a Program of a main function in a version of Python; its result is what the function returns.
func python(t testing.TB, version string, main func(th *machine.Thread) string) search.Program {
	crew := &machine.Crew{}
	t.Cleanup(crew.Close)
	return func(e machine.Explorer) search.Outcome {
		m, err := machine.Simulate(&machine.Options{Explorer: e, Crew: crew})
		if err != nil {
			t.Fatal(err)
		}
		in, err := gil.New(m, &gil.Options{Version: version})
		if err != nil {
			t.Fatal(err)
		}
		var out search.Outcome
		out.Err = threading.Main(in).Run(func(th *machine.Thread) { out.Value = main(th) })
		m.Stop(nil)
		m.Drain(-1)
		var d *machine.Deadlock
		if errors.As(out.Err, &d) {
			out.Err = errors.New("deadlock")
		}
		return out
	}
}

// variable is one that threads share, with the steps that interpreted code has.
type variable struct{ v int }

func (x *variable) load(th *machine.Thread) int {
	th.StepOn(x, false)
	return x.v
}

func (x *variable) store(th *machine.Thread, v int) {
	th.StepOn(x, true)
	x.v = v
}

// adders is n threads that each add 1 to a counter so many times.
func adders(n, times int, lock bool) func(*machine.Thread) string {
	return func(main *machine.Thread) string {
		var counter variable
		l := threading.NewLock()
		var all []*threading.Thread
		for range n {
			th := threading.NewThread(func() {
				t := machine.Current()
				for range times {
					if lock {
						l.Acquire()
					}
					counter.store(t, counter.load(t)+1)
					if lock {
						l.Release()
					}
					t.Check()
				}
			})
			th.Start()
			all = append(all, th)
		}
		for _, th := range all {
			th.Join()
		}
		return fmt.Sprint(counter.v)
	}
}

// outcomes returns them as text, each with the fewest preemptions that lead to it.
func outcomes(r *search.Report) (s string) {
	for _, f := range r.Outcomes {
		value := f.Value
		if f.Err != nil {
			value = "!"
		}
		s += fmt.Sprintf("%s@%d ", value, f.Preemptions)
	}
	return s
}

func TestCounter(t *testing.T) {
	for _, row := range []struct {
		python   string
		lock     bool
		want     string
		complete bool
	}{
		{"2.7", false, "2@0 1@1 ", true},
		{"3.9", false, "2@0 1@1 ", true},
		{"3.10", false, "2@0 ", true},
		{"3.14", false, "2@0 ", true},
		{"3.13t", false, "2@0 1@1 ", true},
		{"3.9", true, "2@0 ", true},
		{"3.13t", true, "2@0 ", true},
	} {
		r := search.Search(&search.Options{Unbounded: true, All: true, Schedules: 1e6},
			python(t, row.python, adders(2, 1, row.lock)))
		t.Logf("%s lock=%v: %d schedules of %d runs up to %d, complete %v", row.python, row.lock, r.Schedules, r.Runs,
			r.Bound, r.Complete)
		if got := outcomes(r); got != row.want || r.Complete != row.complete {
			t.Errorf("%s lock=%v: %s, complete %v", row.python, row.lock, got, r.Complete)
		}
	}
}

// TestWaits holds programs that wait: for a time, without the GIL, for each other.
func TestWaits(t *testing.T) {
	order := func(a, b func(th *machine.Thread)) func(*machine.Thread) string {
		return func(*machine.Thread) string {
			var log variable
			start := func(n int, wait func(*machine.Thread)) *threading.Thread {
				th := threading.NewThread(func() {
					t := machine.Current()
					wait(t)
					log.store(t, 10*log.load(t)+n)
				})
				th.Start()
				return th
			}
			x, y := start(1, a), start(2, b)
			x.Join()
			y.Join()
			return fmt.Sprint(log.v)
		}
	}
	sleep := func(d time.Duration) func(*machine.Thread) { return func(th *machine.Thread) { th.Sleep(d) } }
	both := func(x, y int) func(*machine.Thread) string {
		return func(*machine.Thread) string {
			locks := []*threading.Lock{threading.NewLock("a"), threading.NewLock("b")}
			var all []*threading.Thread
			for _, pair := range [][2]int{{0, 1}, {x, y}} {
				th := threading.NewThread(func() {
					for _, i := range pair {
						locks[i].Acquire()
						machine.Current().Check()
					}
					locks[0].Release()
					locks[1].Release()
				})
				th.Start()
				all = append(all, th)
			}
			for _, th := range all {
				th.Join()
			}
			return "well"
		}
	}
	for _, row := range []struct {
		name, python, want string
		main               func(*machine.Thread) string
	}{
		{"the shorter sleep ends first, unless the computer is slow", "3.12", "12@0 21@1 ",
			order(sleep(time.Millisecond), sleep(2*time.Millisecond))},
		{"a sleep of 0 releases the GIL", "3.12", "12@0 21@0 ", order(sleep(0), sleep(0))},
		{"who computes isn't overtaken without a check", "3.12", "12@0 ", order(func(*machine.Thread) {}, sleep(0))},
		{"locks in one order", "3.12", "well@0 ", both(0, 1)},
		{"locks in two orders", "3.12", "well@0 !@1 ", both(1, 0)},
		{"locks in two orders without a GIL", "3.14t", "well@0 !@1 ", both(1, 0)},
	} {
		r := search.Search(&search.Options{Unbounded: true, All: true}, python(t, row.python, row.main))
		if got := outcomes(r); got != row.want || !r.Complete {
			t.Errorf("%s: %s, want %s; complete %v, %d schedules of %d runs",
				row.name, got, row.want, r.Complete, r.Schedules, r.Runs)
		}
	}
}

// TestEndless holds a program that never ends, and one that waits in a loop for another thread, which does.
func TestEndless(t *testing.T) {
	for _, version := range []string{"3.9", "3.12", "3.13t"} {
		r := search.Search(&search.Options{Points: 5000}, python(t, version, func(th *machine.Thread) string {
			for {
				th.Check()
			}
		}))
		var endless *search.Endless
		if r.Endless != 1 || r.Complete || r.Broken == nil || !errors.As(r.Broken.Err, &endless) ||
			r.Broken.Err.Error() != "the run has no end: after 5000 steps MainThread still runs" {
			t.Errorf("%s: %+v", version, r)
		}
		r = search.Search(&search.Options{Preemptions: 1}, python(t, version, func(th *machine.Thread) string {
			var ready variable
			threading.NewThread(func() { ready.store(machine.Current(), 1) }).Start()
			for ready.load(th) == 0 {
				th.Check()
			}
			return "ready"
		}))
		if got := outcomes(r); got != "ready@0 " || r.Endless != 0 {
			t.Errorf("%s: %s, %+v", version, got, r)
		}
	}
}

// TestReplay follows the schedules that a search found, in other runs.
func TestReplay(t *testing.T) {
	for _, python3 := range []string{"2.7", "3.9", "3.13t"} {
		run := python(t, python3, adders(2, 2, false))
		r := search.Search(&search.Options{Unbounded: true, All: true}, run)
		for _, f := range r.Outcomes {
			text := f.Schedule.String()
			s, err := search.ParseSchedule(text)
			if err != nil {
				t.Fatal(err)
			}
			out, n := search.Replay(s, nil, run)
			if n != len(s) || out.Value != f.Value {
				t.Errorf("%s: %s of %s gives %s, followed %d", python3, text, f.Value, out.Value, n)
			}
			small := search.Shrink(nil, s, run)
			t.Logf("%s: %s@%d: %s, shrunk %s", python3, f.Value, f.Preemptions, text, small)
		}
	}
}

// TestMemory holds a search that forgets states against one that doesn't: it makes more runs, and finds the same.
func TestMemory(t *testing.T) {
	run := python(t, "3.9", adders(2, 2, false))
	o := &search.Options{Unbounded: true, All: true, Schedules: 1e6}
	much, all := search.SearchKnowing(o, 1<<20, run)
	little, kept := search.SearchKnowing(o, all/10, run)
	if kept > all/10 || outcomes(much) != outcomes(little) || little.Runs <= much.Runs || !little.Complete {
		t.Errorf("%d of %d states: %s in %d runs, and %s in %d", kept, all, outcomes(little), little.Runs,
			outcomes(much), much.Runs)
	}
}

// TestManyOutcomes holds a program with another outcome in each schedule.
func TestManyOutcomes(t *testing.T) {
	n := 0
	run := python(t, "3.9", adders(2, 4, false))
	each := func(e machine.Explorer) search.Outcome {
		n++
		return search.Outcome{Value: fmt.Sprint(run(e).Value, " in run ", n)}
	}
	r := search.Search(&search.Options{All: true, Unbounded: true, Schedules: 1500}, each)
	if len(r.Outcomes) > 1000 || r.Others == 0 || len(r.Outcomes)+r.Others != r.Schedules {
		t.Errorf("%d outcomes and %d others of %d schedules", len(r.Outcomes), r.Others, r.Schedules)
	}
}

// BenchmarkCounter tries schedules of two threads with a counter, of twelve steps (a read, a write and a check for each
// add) and of thirty.
func BenchmarkCounter(b *testing.B) {
	for _, times := range []int{2, 5} {
		b.Run(fmt.Sprintf("%d adds", 2*times), func(b *testing.B) {
			runs, schedules := 0, 0
			for b.Loop() {
				r := search.Search(&search.Options{Preemptions: 3, All: true},
					python(b, "3.9", adders(2, times, false)))
				runs, schedules = runs+r.Runs, schedules+r.Schedules
			}
			b.ReportMetric(float64(runs)/b.Elapsed().Seconds(), "runs/s")
			b.ReportMetric(float64(schedules)/b.Elapsed().Seconds(), "schedules/s")
		})
	}
}
