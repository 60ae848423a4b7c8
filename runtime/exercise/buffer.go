package exercise

// This file defines the exercise buffer: a bounded buffer between producers and consumers.

import (
	"fmt"
	"slices"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func bufferTask() *task {
	return &task{
		id:     "buffer",
		lesson: lessonThreading,
		title:  "A bounded buffer",
		text: "Fix `newBuffer`. It returns two functions: `put` appends an item and waits while there are `size` " +
			"items in the buffer; `get` takes the oldest item and waits while there is none. Several threads call " +
			"both at the same time, and no item may be lost or taken twice. (`queue.NewQueue(size)` is Python's own; " +
			"here you build one.)",
		signature: "func(size int) (put func(item int), get func() int)",
		start: `newBuffer := func(size int) (put func(item int), get func() int) {
	items := []int{}
	changed := threading.NewCondition(nil, "buffer")
	put = func(item int) {
		changed.Acquire()
		defer changed.Release()
		if len(items) == size {
			changed.Wait()
		}
		items = append(items, item)
		changed.Notify()
	}
	get = func() int {
		changed.Acquire()
		defer changed.Release()
		if len(items) == 0 {
			changed.Wait()
		}
		item := items[0]
		items = items[1:]
		changed.Notify()
		return item
	}
	return put, get
}`,
		hints: []string{
			"A thread that is woken has to acquire the lock again before `Wait` returns. What can another thread do " +
				"to the buffer before that? And who is woken by `Notify`: a thread that puts, or one that gets?",
			"`if` asks once. `for` asks again after each wake-up, which is what a condition needs. But then a " +
				"`Notify` that wakes the wrong kind of thread is used up.",
			"Use `for` in place of both `if`s, and `NotifyAll` in place of `Notify`; or two conditions on one lock, " +
				"`notFull` and `notEmpty`, so that each `Notify` wakes a thread that has something to do.",
		},
		solution: `newBuffer := func(size int) (put func(item int), get func() int) {
	items := []int{}
	lock := threading.NewLock("buffer")
	notFull := threading.NewCondition(lock, "not full")
	notEmpty := threading.NewCondition(lock, "not empty")
	put = func(item int) {
		lock.Acquire()
		defer lock.Release()
		for len(items) == size {
			notFull.Wait()
		}
		items = append(items, item)
		notEmpty.Notify()
	}
	get = func() int {
		lock.Acquire()
		defer lock.Release()
		for len(items) == 0 {
			notEmpty.Wait()
		}
		item := items[0]
		items = items[1:]
		notFull.Notify()
		return item
	}
	return put, get
}`,
		why: "Each thread asks again whenever it is woken, and each notification goes to threads that wait for just " +
			"that: space, or an item. It is what `queue.Queue` does.",
		praise: "Every item was taken once, in order, and there were never more in the buffer than there may be.",
		worlds: restlessWorlds(),
		proof: &proof{[]string{"3.13"}, `put, get := newBuffer(1)
puts, gets := 0, 0
produce := func(items ...int) func() {
	return func() {
		for _, item := range items {
			put(item)
			puts++
			explore.Assert(puts-gets <= 1, "the buffer has room for one item, and there are more")
		}
	}
}
consume := func() {
	gets++
	explore.Assert(get() > 0, "an item is lost, or taken twice")
}
a := threading.NewThread(produce(1, 2), threading.Name("A"))
b := threading.NewThread(produce(3), threading.Name("B"))
c := threading.NewThread(func() { consume(); consume() }, threading.Name("C"))
d := threading.NewThread(consume, threading.Name("D"))
a.Start(); b.Start(); c.Start(); d.Start()
a.Join(); b.Join(); c.Join(); d.Join()`},
		trial: func(solution any) trial {
			f, ok := solution.(func(int) (func(int), func() int))
			if !ok || f == nil {
				return nil
			}
			return &bufferTrial{f: f}
		},
	}
}

const (
	bufferEach = 8 // items of each producer
	bufferTime = 2 * time.Millisecond
)

type bufferTrial struct {
	f          func(int) (func(int), func() int)
	size       int
	put, early int   // calls of put that have returned, and those before any item was taken
	got        []int // what each call of get returned
	by         []int // and in which thread
	begun      int   // calls of get
	over       int   // the most items that were in the buffer beyond its size
	hasty      int   // calls of get that returned before anything was put
	used       time.Duration
	producers  int
	first      string // which began: "put" or "get"
}

func (b *bufferTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	b.size, b.producers = 1+int(seed%3), 2+int(seed/3%2)
	var put func(int)
	var get func() int
	r.call(func() { put, get = b.f(b.size) })
	if put == nil || get == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newBuffer returned nil in place of a function")
		}
		return
	}
	timed := func(call func()) {
		t := machine.Current()
		began := t.CPUTime()
		call()
		b.used = max(b.used, t.CPUTime()-began)
	}
	produce := func() {
		for p := range b.producers {
			r.start(fmt.Sprintf("producer %d", p+1), func() {
				for n := range bufferEach {
					timed(func() { put(p*100 + n + 1) })
					b.put++
					b.over = max(b.over, b.put-b.begun-b.size) // a call of get that has begun may have taken an item
				}
			})
		}
	}
	consume := func() {
		for c := range b.producers { // as many, so that each takes as many as one of them puts
			r.start(fmt.Sprintf("consumer %d", c+1), func() {
				for n := range bufferEach {
					if n%3 == 2 {
						machine.Current().Sleep(20 * time.Microsecond) // the producers fill the buffer
					}
					var item int
					b.begun++
					timed(func() { item = get() })
					if b.first == "get" && b.early == 0 {
						b.hasty++
					}
					b.got, b.by = append(b.got, item), append(b.by, c)
				}
			})
		}
	}
	t := machine.Current()
	if seed%2 == 0 {
		b.first = "put"
		produce()
		r.gate.Set()
		t.Sleep(bufferTime) // until all that can be put is
		b.early = b.put
		consume()
	} else {
		b.first = "get"
		consume()
		r.gate.Set()
		t.Sleep(bufferTime)
		b.early = 1
		produce()
	}
	r.join()
}

func (b *bufferTrial) judge(r *run, _ *timeline.Timeline) *fault {
	all := b.producers * bufferEach
	switch {
	case b.hasty > 0 || slices.Contains(b.got, 0):
		return &fault{text: "The buffer was empty, and `get` returned all the same. A call of `get` waits while " +
			"there is no item."}
	case b.first == "put" && b.early > b.size:
		return &fault{text: fmt.Sprintf("%d items were put before one was taken, and the buffer may hold %d. A call "+
			"of `put` waits while it is full.", b.early, b.size),
			misconception: "A buffer without a limit is as good. (A producer that is faster fills the memory.)"}
	case b.over > 0 && r.deadlock == nil && len(r.panics) == 0:
		return &fault{text: fmt.Sprintf("There were %d items in a buffer for %d. A thread that was woken found it "+
			"full again, and put its item in all the same: it must ask again, in a loop.", b.size+b.over, b.size),
			misconception: "When `Wait` returns, what I waited for is true."}
	case r.deadlock != nil && len(r.panics) == 0:
		f := &fault{text: fmt.Sprintf("%d of %d items were taken, then the threads wait for ever: %s.", len(b.got), all,
			sentence(r.deadlock))}
		f.text += " A wake-up went to a thread that couldn't use it, or was never sent."
		f.misconception = "`Notify` wakes the thread that needs it. (It wakes the one that has waited longest.)"
		return f
	}
	if len(r.panics) > 0 {
		return &fault{text: fmt.Sprintf("A thread failed with `%s`: another thread had changed the buffer since it "+
			"looked. Look again after each wait, in a loop, and hold a lock from the look to the change.", r.panics[0]),
			misconception: "When `Wait` returns, what I waited for is true."}
	}
	if f := r.common(); f != nil {
		return f
	}
	if b.first == "put" && b.early < b.size {
		return &fault{text: fmt.Sprintf("Only %d items could be put before one was taken, and the buffer has room for "+
			"%d.", b.early, b.size)}
	}
	last := map[[2]int]int{}
	count := map[int]int{}
	for i, item := range b.got {
		key := [2]int{b.by[i], item / 100}
		switch count[item]++; {
		case item%100 < 1 || item%100 > bufferEach || item/100 >= b.producers:
			return &fault{text: fmt.Sprintf("`get` returned %d, which nothing has put.", item)}
		case count[item] > 1:
			return &fault{text: fmt.Sprintf("The item %d was taken twice, and so another one was lost: two threads "+
				"looked at the buffer before either of them changed it.", item),
				misconception: "`append` and taking the first item are one step each."}
		case item < last[key]:
			return &fault{text: fmt.Sprintf("A thread took item %d after item %d: `get` takes the oldest item.", item,
				last[key])}
		}
		last[key] = item
	}
	if b.used > bufferTime/4 {
		return &fault{text: "All items arrived, but a thread used a core for as long as it waited: it checks again " +
			"and again. Let it wait for a signal.",
			misconception: "A loop that checks a variable until it changes is a way to wait."}
	}
	return nil
}
