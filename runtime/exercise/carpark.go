package exercise

// This file defines the exercise carpark: a semaphore.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func carParkTask() *task {
	return &task{
		id:     "carpark",
		lesson: lessonConcurrency,
		title:  "A car park with three places",
		text: "Fix `newCarPark`. It returns two functions that each car's thread calls: `enter` waits until one of " +
			"the `places` is free and takes it, `leave` frees it. At most `places` cars may be inside, and that many " +
			"must be able to park at the same time.",
		signature: "func(places int) (enter, leave func())",
		start: `newCarPark := func(places int) (enter, leave func()) {
	inside := 0
	enter = func() {
		for inside == places {
			time.Sleep(time.Millisecond)
		}
		inside++
	}
	leave = func() { inside-- }
	return enter, leave
}`,
		hints: []string{
			"A lock is a car park with one place. What do you need for three?",
			"`threading.NewSemaphore(n)` counts down from n: `Acquire` waits while it is 0, `Release` counts up.",
			"In `newCarPark`, make one semaphore with `places` as its value; `enter` acquires it, `leave` releases it.",
		},
		solution: `newCarPark := func(places int) (enter, leave func()) {
	free := threading.NewSemaphore(places)
	enter = func() { free.Acquire() }
	leave = func() { free.Release() }
	return enter, leave
}`,
		why: "The semaphore's value is the number of free places: `enter` takes one and waits while there is " +
			"none, `leave` adds one.",
		praise: "There were never more cars than places, all places were used, and every car got in.",
		worlds: worlds(),
		proof: &proof{[]string{"3.9", "3.14t"}, `enter, leave := newCarPark(1)
inside := &explore.CriticalSection{} // there is one place
park := func() {
	enter()
	inside.With(func() {})
	leave()
}
a := threading.NewThread(park, threading.Name("A"))
b := threading.NewThread(park, threading.Name("B"))
a.Start(); b.Start()
a.Join(); b.Join()`},
		trial: func(solution any) trial {
			f, ok := solution.(func(int) (func(), func()))
			if !ok || f == nil {
				return nil
			}
			return &carParkTrial{f: f}
		},
	}
}

const (
	parkPlaces = 3
	parkCars   = 7
	parkVisits = 2
)

type carParkTrial struct {
	f                             func(int) (func(), func())
	places, inside, most, visited int
}

func (p *carParkTrial) body(r *run) {
	var enter, leave func()
	// not always the same, so that no constant is right
	p.places = parkPlaces - int(machine.Current().Machine().Seed()%2)
	r.call(func() { enter, leave = p.f(p.places) })
	if enter == nil || leave == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newCarPark returned nil in place of a function")
		}
		return
	}
	for i := range parkCars {
		r.start(fmt.Sprintf("car %d", i+1), func() {
			for range parkVisits {
				enter()
				p.inside++
				p.most = max(p.most, p.inside)
				machine.Current().Sleep(time.Millisecond) // shopping: long enough for every car that can enter to do so
				p.inside--
				p.visited++
				leave()
			}
		})
	}
	r.join()
}

func (p *carParkTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if r.deadlock != nil && p.visited < parkCars*parkVisits {
		f := &fault{text: fmt.Sprintf("%d of %d visits took place, then the cars would wait for ever: ", p.visited,
			parkCars*parkVisits) + sentence(r.deadlock) + "."}
		if p.visited == 0 {
			f.text += " No car got in, although every place was free: look at how many places `newCarPark` begins with."
			f.misconception = "A new semaphore lets the first threads in, whatever its value. (Its value is how many " +
				"it lets in.)"
		} else {
			f.text += " Look at what `leave` releases, and which thread that wakes."
			f.misconception = "A place is free again when the car's call of leave returns, whatever leave does."
		}
		return f
	}
	if locks, _ := locksOf(tl); r.spinning != "" && locks > 0 {
		return &fault{text: fmt.Sprintf("%s was still running after %v of simulated time: it waits in a loop while it "+
			"holds a lock. If `leave` needs that lock, no place is ever freed.", upper(r.spinning), r.patience),
			misconception: "While a thread sleeps, others can acquire its lock. (A sleep releases the GIL, and no " +
				"other lock.)"}
	}
	if f := r.common(); f != nil {
		return f
	}
	switch {
	case p.most > p.places && semaphores(tl) > p.places:
		return &fault{text: fmt.Sprintf("%d cars were inside at once, and there are %d places. Each call made a "+
			"semaphore of its own, with places of its own. Make one, in `newCarPark`, for all cars.", p.most, p.places),
			misconception: "A semaphore limits a piece of code. (It limits the threads that acquire the same " +
				"semaphore.)"}
	case p.most > p.places && p.most == parkPlaces && anySemaphore(tl):
		return &fault{text: fmt.Sprintf("%d cars were inside at once, and this car park has %d places: use the "+
			"parameter `places`, not a number of your own.", p.most, p.places)}
	case p.most > p.places:
		return &fault{text: fmt.Sprintf("%d cars were inside at once, and there are %d places.", p.most, p.places),
			misconception: "Checking whether a place is free and taking it are one step. (Between the two, another " +
				"thread can check as well.)"}
	case p.most < p.places:
		return &fault{text: fmt.Sprintf("At most %d of %d places were ever in use, though %d cars wanted to park.",
			p.most, p.places, parkCars),
			misconception: "A semaphore is a lock. (A lock lets in one; a semaphore lets in as many as you created " +
				"it for.)"}
	case p.visited != parkCars*parkVisits:
		return &fault{text: fmt.Sprintf("%d of %d visits took place.", p.visited, parkCars*parkVisits)}
	}
	return nil
}

// anySemaphore reports whether a semaphore was acquired in a run.
func anySemaphore(tl *timeline.Timeline) bool {
	return tl != nil && slices.ContainsFunc(tl.Events, func(e timeline.Event) bool {
		return e.Kind == timeline.Acquire && strings.HasPrefix(tl.Name(e.Object), "Semaphore")
	})
}

// semaphores returns how many locks and semaphores were acquired in a run.
func semaphores(tl *timeline.Timeline) int {
	if tl == nil {
		return 0
	}
	seen := map[timeline.Name]bool{}
	for _, e := range tl.Events {
		if e.Kind == timeline.Acquire {
			seen[e.Object] = true
		}
	}
	return len(seen)
}
