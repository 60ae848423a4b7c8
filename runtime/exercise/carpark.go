package exercise

// This file defines the exercise carpark: a semaphore.

import (
	"fmt"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
	"time"
)

func carParkTask() *task {
	return &task{
		id:    "carpark",
		title: "A car park with three places",
		text: "Write `newCarPark`. It returns two functions that each car's thread calls: `enter` waits until one of the `places` is free and takes it, " +
			"`leave` frees it. At most `places` cars may be inside, and that many must be able to be inside at once.",
		signature: "func(places int) (enter, leave func())",
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
		why:    "The semaphore's value is the number of free places: `enter` takes one and waits while there is none, `leave` adds one.",
		praise: "There were never more cars than places, all places were used, and every car got in.",
		worlds: worlds(),
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
	f                     func(int) (func(), func())
	inside, most, visited int
}

func (p *carParkTrial) body(r *run) {
	var enter, leave func()
	r.call(func() { enter, leave = p.f(parkPlaces) })
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

func (p *carParkTrial) judge(r *run, _ *timeline.Timeline) *fault {
	if r.deadlock != nil && p.visited < parkCars*parkVisits {
		f := r.common()
		f.text = fmt.Sprintf("%d of %d visits took place, then the cars would wait for ever: ", p.visited, parkCars*parkVisits) + sentence(r.deadlock) +
			". Look at what `leave` gives back, and which thread that wakes."
		f.misconception = "A place is free again when the car's call of leave returns, whatever leave does."
		return f
	}
	if f := r.common(); f != nil {
		return f
	}
	switch {
	case p.most > parkPlaces:
		return &fault{text: fmt.Sprintf("%d cars were inside at once, and there are %d places.", p.most, parkPlaces),
			misconception: "Checking whether a place is free and taking it are one step. (Between the two, another thread can check as well.)"}
	case p.most < parkPlaces:
		return &fault{text: fmt.Sprintf("At most %d of %d places were ever in use, though %d cars wanted to park.", p.most, parkPlaces, parkCars),
			misconception: "A semaphore is a lock. (A lock lets in one; a semaphore lets in as many as you created it for.)"}
	case p.visited != parkCars*parkVisits:
		return &fault{text: fmt.Sprintf("%d of %d visits took place.", p.visited, parkCars*parkVisits)}
	}
	return nil
}
