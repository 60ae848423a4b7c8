package search_test

// This file holds searches that know values against those that foresee nothing.

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
	"gilkernel/runtime/threading"
)

// valueOf is search.Options.Value for variables.
func valueOf(_ *machine.Thread, key any) search.Value {
	if x, ok := key.(*variable); ok {
		return search.Value{At: unsafe.Pointer(&x.v), Size: 8}
	}
	return search.Value{}
}

// TestValuesCounter holds what a search says that knows values against what it says if each path is run.
func TestValuesCounter(t *testing.T) {
	for _, version := range modelVersions {
		for _, main := range []func(*machine.Thread) string{adders(2, 5, false), adders(2, 2, true),
			adders(3, 2, false)} {
			run := python(t, version, main)
			o := search.Options{Preemptions: 3, All: true, Schedules: 500, Value: valueOf}
			o.Names = func(key any) uint64 {
				if _, ok := key.(*variable); ok {
					return 1
				}
				return 0
			}
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

// openly is a generated program whose threads tell what they have got from queues by variables, so that no thread reads
// what no step tells of. It sets what a search may know of the run under way.
func openly(threads [][]deed, o *search.Options) func(*machine.Thread) string {
	var s *shop
	about := func(key any) (i int) {
		for i, x := range []*variable{&s.vars[0], &s.vars[1], &s.elements[0], &s.elements[1]} {
			if x == key {
				return i + 1
			}
		}
		for i := range s.told {
			if &s.told[i] == key {
				return 5 + i
			}
		}
		return 0
	}
	// Threads have the numbers from 2 on in the order in which they are made.
	me := func(t *machine.Thread) int { return t.ID() - 1 }
	o.Names = func(key any) uint64 { return uint64(about(key)) }
	o.Value = func(t *machine.Thread, key any) search.Value {
		if me(t) < modelThreads && s.several[me(t)] {
			return search.Value{}
		}
		return valueOf(t, key)
	}
	o.Local = func(t *machine.Thread) (uint64, bool) {
		i := me(t)
		if i < 1 || i >= modelThreads || !s.at[i] {
			return 0, false
		}
		h := fnv.New64a()
		fmt.Fprint(h, s.checks[i], s.got[i])
		return h.Sum64(), true
	}
	return func(main *machine.Thread) string {
		s = newShop()
		var all []*threading.Thread
		for i, list := range threads {
			th := threading.NewThread(func() {
				t := machine.Current()
				s.do(t, i+1, list)
				if len(s.got[i+1]) > 0 {
					h := fnv.New64a()
					fmt.Fprint(h, s.got[i+1])
					s.told[i+1].store(t, int(h.Sum64()))
				}
			})
			th.Start()
			all = append(all, th)
		}
		for _, th := range all {
			th.Join()
		}
		return fmt.Sprint(int8(s.vars[0].v), int8(s.vars[1].v), s.elements[0].v, s.elements[1].v, s.got[1:])
	}
}

// TestValues holds what searches say that know values against what they say if each path is run: that is the same to
// the letter. GILKERNEL_HAMMER=1 makes it 1000 programs.
func TestValues(t *testing.T) {
	n := 60
	if os.Getenv("GILKERNEL_HAMMER") == "1" {
		n = 1000
	}
	gens := []*rapid.Generator[[][]deed]{generated(modelSteps),
		rapid.SliceOfN(deeds([]string{"add", "add", "add", "copy", "lock"}, 8, 1), 2, 3)}
	runs, without, blind := 0, 0, 0
	for i := range n {
		threads := gens[i%2].Example(i)
		version := modelVersions[i/2%len(modelVersions)]
		o := search.Options{Preemptions: 2, All: true, Schedules: 150}
		run := python(t, version, openly(threads, &o))
		switch i / 2 % 4 {
		case 0:
			o.Preemptions, o.Unbounded = -1, true
		case 1:
			o.Local = nil
		case 2:
			o.Names = nil
		}
		got, strayed := search.SearchAlert(&o, run)
		want := search.SearchBlind(&o, run)
		if strayed || said(got) != said(want) {
			t.Fatalf("program %d under %s:\n%s\nin %d runs:\n%s\nblind, in %d runs:\n%s", i, version, text(threads),
				got.Runs, said(got), want.Runs, said(want))
		}
		runs, blind = runs+got.Runs, blind+want.Runs
		o.Value = nil
		without += search.Search(&o, run).Runs
	}
	t.Logf("%d runs instead of %d without values, and of %d without foresight", runs, without, blind)
	if runs >= without {
		t.Errorf("%d runs instead of %d", runs, without)
	}
}

// TestValuesLoops holds the same for a loop that waits while others write what is there already.
func TestValuesLoops(t *testing.T) {
	for _, version := range modelVersions {
		var flag variable
		run := python(t, version, func(*machine.Thread) string {
			flag.v = 0
			turns := 0
			wait := threading.NewThread(func() {
				t := machine.Current()
				for flag.load(t) == 0 {
					turns++
					t.Check()
				}
			})
			write := func(v int) *threading.Thread {
				return threading.NewThread(func() {
					t := machine.Current()
					for _, v := range []int{0, 0, v} {
						flag.store(t, v)
						t.Check()
					}
				})
			}
			all := []*threading.Thread{wait, write(1), write(2)}
			for _, th := range all {
				th.Start()
			}
			for _, th := range all {
				th.Join()
			}
			return fmt.Sprint(flag.v)
		})
		o := search.Options{Preemptions: 2, All: true, Schedules: 100, Value: valueOf,
			Names: func(key any) uint64 {
				if key == &flag {
					return 1
				}
				return 0
			}}
		got, strayed := search.SearchAlert(&o, run)
		want := search.SearchBlind(&o, run)
		if strayed || said(got) != said(want) {
			t.Errorf("%s: strayed: %v; in %d runs\n%s\nblind, in %d runs\n%s", version, strayed, got.Runs, said(got),
				want.Runs, said(want))
		}
	}
}

// TestValuesPanic has a thread that a panic ends, and nothing that is left at the end tells of that.
func TestValuesPanic(t *testing.T) {
	for _, version := range modelVersions {
		var x, y variable
		var failed error
		inner := python(t, version, func(*machine.Thread) string {
			x.v, y.v, failed = 0, 0, nil
			all := []*threading.Thread{
				threading.NewThread(func() {
					t := machine.Current()
					for range 3 {
						if x.load(t) == 1 {
							failed = errors.New("it is 1")
							panic(&exceptions.SystemExit{}) // which nobody reports
						}
						t.Check()
					}
				}),
				threading.NewThread(func() {
					t := machine.Current()
					for _, v := range []int{1, 0, 1, 2} {
						x.store(t, v)
						t.Check()
					}
				}),
				threading.NewThread(func() { y.store(machine.Current(), 1) }),
			}
			for _, th := range all {
				th.Start()
			}
			for _, th := range all {
				th.Join()
			}
			return "ended"
		})
		run := func(e machine.Explorer) search.Outcome {
			out := inner(e)
			out.Err = cmp.Or(out.Err, failed)
			return out
		}
		o := search.Options{Preemptions: 3, All: true, Value: valueOf, Names: func(key any) uint64 {
			return uint64(slices.Index([]any{&x, &y}, key) + 1)
		}}
		got, strayed := search.SearchAlert(&o, run)
		want := search.SearchBlind(&o, run)
		t.Logf("%d runs instead of %d", got.Runs, want.Runs)
		if strayed || said(got) != said(want) {
			t.Errorf("%s: strayed: %v; in %d runs\n%s\nblind, in %d runs\n%s", version, strayed, got.Runs, said(got),
				want.Runs, said(want))
		}
	}
}
