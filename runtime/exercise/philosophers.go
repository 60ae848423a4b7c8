package exercise

// This file defines the exercise philosophers: a circle of locks.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func philosophersTask() *task {
	return &task{
		id:     "philosophers",
		lesson: lessonThreading,
		title:  "Dining philosophers",
		text: "Fix `newTable`. Philosophers sit around a table, with a fork between each two of them: philosopher i " +
			"has fork i on the left and fork (i+1) % seats on the right. Each is a thread, and calls `eat(i, meal)`, " +
			"which calls `meal` while it holds both forks. No two neighbours may eat at the same time, others must " +
			"be able to, and no thread may wait for ever. With the code below, each can end up with one fork in hand.",
		signature: "func(seats int) (eat func(i int, meal func()))",
		start: `newTable := func(seats int) (eat func(i int, meal func())) {
	forks := []*threading.Lock{}
	for i := range seats {
		forks = append(forks, threading.NewLock(fmt.Sprint("fork ", i)))
	}
	eat = func(i int, meal func()) {
		left, right := forks[i], forks[(i+1)%seats]
		left.Acquire()
		right.Acquire()
		meal()
		right.Release()
		left.Release()
	}
	return eat
}`,
		hints: []string{
			"All take their left fork at the same moment. Which fork does each of them wait for, and who holds it?",
			"A circle of threads that wait needs everyone to take the forks in the same direction. What if one of " +
				"them takes the right fork first? Or if at most seats − 1 may try at the same time?",
			"Number the forks, and let everyone take the one with the smaller number first: " +
				"`first, second := min(i, (i+1)%seats), max(i, (i+1)%seats)`.",
		},
		solution: `newTable := func(seats int) (eat func(i int, meal func())) {
	forks := []*threading.Lock{}
	for i := range seats {
		forks = append(forks, threading.NewLock(fmt.Sprint("fork ", i)))
	}
	eat = func(i int, meal func()) {
		first, second := min(i, (i+1)%seats), max(i, (i+1)%seats)
		forks[first].Acquire()
		forks[second].Acquire()
		meal()
		forks[second].Release()
		forks[first].Release()
	}
	return eat
}`,
		why: "Everyone takes the fork with the smaller number first, so the last philosopher reaches to the other " +
			"side, and the circle can't close.",
		praise: "Everyone ate, neighbours never at the same time, others were able to, and no thread waited for ever.",
		worlds: restlessWorlds(),
		proof: &proof{[]string{"3.13"}, `eat := newTable(3)
eating := &explore.CriticalSection{} // with three seats, any two are neighbours
dine := func(i int) {
	eat(i, func() { eating.With(func() {}) })
}
a := threading.NewThread(dine, threading.Args(0), threading.Name("A"))
b := threading.NewThread(dine, threading.Args(1), threading.Name("B"))
c := threading.NewThread(dine, threading.Args(2), threading.Name("C"))
a.Start(); b.Start(); c.Start()
a.Join(); b.Join(); c.Join()`},
		trial: func(solution any) trial {
			f, ok := solution.(func(int) func(int, func()))
			if !ok || f == nil {
				return nil
			}
			return &philosophersTrial{f: f}
		},
	}
}

const (
	philosophersMeals = 3
	philosophersMeal  = 200 * time.Microsecond
)

type philosophersTrial struct {
	f        func(int) func(int, func())
	seats    int
	eating   []bool
	meals    []int
	clash    [2]int // neighbours that ate at the same time; equal: none
	together int    // the most that ate at the same time, while only two that aren't neighbours were hungry
	pair     bool   // only these two were hungry
}

func (p *philosophersTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	p.seats, p.pair = 3+int(seed%3), seed%5 == 1
	if p.pair {
		p.seats = 5
	}
	p.eating, p.meals = make([]bool, p.seats), make([]int, p.seats)
	var eat func(int, func())
	r.call(func() { eat = p.f(p.seats) })
	if eat == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newTable returned nil in place of a function")
		}
		return
	}
	for i := range p.seats {
		if p.pair && i != 1 && i != 3 {
			continue
		}
		r.start(fmt.Sprintf("philosopher %d", i), func() {
			for range philosophersMeals {
				eat(i, func() { p.meal(i) })
			}
		})
	}
	r.join()
}

func (p *philosophersTrial) meal(i int) {
	p.eating[i] = true
	n := 0
	for j, eating := range p.eating {
		if !eating {
			continue
		}
		if n++; j == (i+1)%p.seats || i == (j+1)%p.seats {
			p.clash = [2]int{i, j}
		}
	}
	p.together = max(p.together, n)
	machine.Current().Sleep(philosophersMeal)
	p.eating[i] = false
	p.meals[i]++
}

func (p *philosophersTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if p.clash[0] != p.clash[1] {
		f := &fault{text: fmt.Sprintf("Philosophers %d and %d are neighbours and ate at the same time: one of them "+
			"didn't hold the fork between them.", p.clash[0], p.clash[1])}
		if locks, _ := locksOf(tl); tl != nil && locks == 0 {
			f.text += " No fork was taken at all."
		}
		f.misconception = "It is enough to hold one of the two forks."
		return f
	}
	if r.deadlock != nil && len(cycle(r.deadlock)) > 1 {
		return &fault{text: "The threads wait for ever: " + sentence(r.deadlock) + ". Each holds one fork and waits " +
			"for its neighbour's. Break the circle.",
			misconception: "If everyone follows the same simple rule, nothing can go wrong."}
	}
	if f := r.common(); f != nil {
		return f
	}
	for i, n := range p.meals {
		if n != philosophersMeals && (!p.pair || i == 1 || i == 3) {
			return &fault{text: fmt.Sprintf("Philosopher %d had %d of %d meals: call `meal` each time, while both "+
				"forks are held.", i, n, philosophersMeals),
				misconception: "If a fork is taken, the philosopher may go away hungry."}
		}
	}
	if p.pair && p.together < 2 {
		return &fault{text: "Philosophers 1 and 3 have no fork in common, and one of them waited while the other " +
			"ate. One lock for the whole table is too much.",
			misconception: "The safest lock is one for everything. (Then only one thread eats.)"}
	}
	return nil
}
