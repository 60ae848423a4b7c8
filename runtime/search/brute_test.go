package search_test

// This file compares Search with an enumerator that knows nothing of it, on generated programs.

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
	"gilkernel/runtime/threading"
)

// op is a step of a generated thread.
type op struct {
	kind string // "add": v += n; "copy": v = w + n; "lock", "unlock": of lock v
	v, w int
	n    int
}

func (o op) String() string {
	switch o.kind {
	case "add":
		return fmt.Sprintf("v%d += %d", o.v, o.n)
	case "copy":
		return fmt.Sprintf("v%d = v%d + %d", o.v, o.w, o.n)
	}
	return fmt.Sprintf("%s l%d", o.kind, o.v)
}

// generate makes a program of up to three threads. Locks nest, so it may deadlock.
func generate(r *rand.Rand) (threads [][]op) {
	for range 2 + r.IntN(2) {
		var ops []op
		var held []int
		for range 1 + r.IntN(2) {
			switch k := r.IntN(6); {
			case k < 2 && len(held) < 2:
				l := r.IntN(2)
				if slices.Contains(held, l) {
					continue
				}
				held = append(held, l)
				ops = append(ops, op{kind: "lock", v: l})
			case k == 2:
				ops = append(ops, op{kind: "copy", v: r.IntN(2), w: r.IntN(2), n: r.IntN(3)})
			default:
				ops = append(ops, op{kind: "add", v: r.IntN(2), n: 1 + r.IntN(2)})
			}
		}
		for len(held) > 0 {
			ops = append(ops, op{kind: "unlock", v: held[len(held)-1]})
			held = held[:len(held)-1]
		}
		threads = append(threads, ops)
	}
	return threads
}

// realProgram is the program on a machine.
func realProgram(threads [][]op) func(*machine.Thread) string {
	return func(*machine.Thread) string {
		vars := make([]variable, 2)
		locks := []*threading.Lock{threading.NewLock(), threading.NewLock()}
		var all []*threading.Thread
		for _, ops := range threads {
			th := threading.NewThread(func() {
				t := machine.Current()
				for _, o := range ops {
					switch o.kind {
					case "add":
						vars[o.v].store(t, vars[o.v].load(t)+o.n)
					case "copy":
						vars[o.v].store(t, vars[o.w].load(t)+o.n)
					case "lock":
						t.Check()
						locks[o.v].Acquire()
					case "unlock":
						t.Check()
						locks[o.v].Release()
					}
				}
			})
			th.Start()
			all = append(all, th)
		}
		for _, th := range all {
			th.Join()
		}
		return fmt.Sprint(vars[0].v, vars[1].v)
	}
}

// model is a state of a generated program. Thread 0 is the main thread, which starts the others and then joins them.
type model struct {
	main    int // starts done, then joins
	started [4]bool
	ts      [4]struct{ pc, half, reg int }
	vars    [2]int
	locks   [2]int // who has it
	running int    // who did the last step; -1 if that thread can't go on
}

// moves returns the models after one step of thread i, none if it can't go on.
func (w model) moves(i int, threads [][]op) (next model, ok bool) {
	next = w
	next.running = i
	if i == 0 {
		k := w.main
		switch {
		case k < len(threads): // start: it waits until the thread has begun
			if !w.started[k+1] {
				return w, false
			}
		case k < 2*len(threads):
			if w.ts[k-len(threads)+1].pc < len(threads[k-len(threads)]) {
				return w, false
			}
		default:
			return w, false
		}
		next.main++
		return next, true
	}
	if w.main < i-1 {
		return w, false // not yet started
	}
	if !w.started[i] {
		next.started[i] = true
		return next, true
	}
	t, u := w.ts[i], &next.ts[i]
	if t.pc == len(threads[i-1]) {
		return w, false
	}
	switch o := threads[i-1][t.pc]; {
	case o.kind == "lock" && w.locks[o.v] != 0:
		return w, false
	case o.kind == "lock":
		next.locks[o.v] = i
		u.pc++
	case o.kind == "unlock":
		next.locks[o.v] = 0
		u.pc++
	case t.half == 0:
		from := o.v
		if o.kind == "copy" {
			from = o.w
		}
		u.half, u.reg = 1, w.vars[from]+o.n
	default:
		next.vars[o.v] = t.reg
		u.half, u.reg = 0, 0
		u.pc++
	}
	return next, true
}

// enumerate returns the results of all interleavings of loads, stores and lock operations, each with the least number
// of preemptions.
func enumerate(threads [][]op) map[string]int {
	results, least := map[string]int{}, map[model]int{}
	level := []model{{}}
	for cost := 0; len(level) > 0; cost++ {
		var dearer []model
		for len(level) > 0 {
			w := level[len(level)-1]
			level = level[:len(level)-1]
			if c, ok := least[w]; ok && c <= cost {
				continue
			}
			least[w] = cost
			_, goes := w.moves(w.running, threads)
			moved := false
			for i := range len(threads) + 1 {
				next, ok := w.moves(i, threads)
				switch {
				case !ok:
					continue
				case goes && i != w.running:
					dearer = append(dearer, next)
				default:
					level = append(level, next)
				}
				moved = true
			}
			if moved {
				continue
			}
			result := "deadlock"
			if w.main == 2*len(threads) {
				result = fmt.Sprint(w.vars[0], w.vars[1])
			}
			if _, ok := results[result]; !ok {
				results[result] = cost
			}
		}
		level = dearer
	}
	return results
}

// bound is up to how many preemptions TestBruteForce compares their number.
const bound = 3

// TestBruteForce holds the results that Search finds against all that are reachable, for Pythons where each access is a
// point.
func TestBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	n, _ := programs()
	for i := range 2 * n {
		threads := generate(r)
		want := enumerate(threads)
		for result := range want {
			want[result] = min(want[result], bound+1)
		}
		for _, python3 := range []string{"3.9", "3.13t"} {
			rep := search.Search(&search.Options{Preemptions: bound, Unbounded: true, Schedules: 1e6, All: true,
				Time: 10 * time.Second}, python(t, python3, realProgram(threads)))
			got := map[string]int{}
			for _, f := range rep.Outcomes {
				if f.Err != nil {
					got[f.Err.Error()] = min(f.Preemptions, bound+1)
				} else {
					got[f.Value] = min(f.Preemptions, bound+1)
				}
			}
			if !rep.Complete || fmt.Sprint(got) != fmt.Sprint(want) {
				var text []string
				for _, ops := range threads {
					text = append(text, fmt.Sprint(ops))
				}
				t.Fatalf("program %d under %s, complete %v, %d schedules of %d runs:\n%s\nfound %v\nthere are %v",
					i, python3, rep.Complete, rep.Schedules, rep.Runs, strings.Join(text, "\n"), got, want)
			}
		}
	}
}
