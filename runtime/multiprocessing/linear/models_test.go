//go:build unix

package linear

// This file defines the sequential models: how each object behaves if only one process uses it.

import (
	"math"

	"github.com/anishathalye/porcupine"
)

// event is an operation that a process has executed.
type event struct {
	Client       int
	Op           string
	Arg, Out     int
	Call, Return int64
}

// model returns a porcupine model with a step function, whose states must be comparable.
func model[S comparable](start S, step func(s S, e event) (bool, S)) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return start },
		Step: func(s, in, _ any) (bool, any) {
			ok, next := step(s.(S), in.(event))
			return ok, next
		},
	}
}

// operations converts events to porcupine's operations. An operation named late may take effect after it returned, but
// not after a get has returned its item.
func operations(events []event, late string) []porcupine.Operation {
	got := map[int]int64{}
	for _, e := range events {
		if e.Op == "get" {
			got[e.Out] = e.Return
		}
	}
	var ops []porcupine.Operation
	for _, e := range events {
		end := e.Return
		if e.Op == late {
			if end = got[e.Arg]; end == 0 {
				end = math.MaxInt64
			}
			end = max(end, e.Return)
		}
		ops = append(ops, porcupine.Operation{ClientId: e.Client, Input: e, Call: e.Call, Return: end})
	}
	return ops
}

// fifo is the state of a queue: how many items each client has put, and the items in the queue. An item is client×1000
// + number.
type fifo struct {
	put   [clients]int
	items string
}

func item(client, i int) int { return client*1000 + i }

// fifoModel is the model of a first-in, first-out queue.
var fifoModel = model(fifo{}, func(s fifo, e event) (bool, fifo) {
	switch e.Op {
	case "put":
		s.put[e.Client]++
		s.items += string(rune(e.Arg))
		return e.Arg == item(e.Client, s.put[e.Client]-1), s
	case "get":
		for i, c := range s.items {
			if i == 0 {
				s.items = s.items[len(string(c)):]
				return int(c) == e.Out, s
			}
		}
	}
	return false, s
})

// both is how many items of each client were put and taken.
type both struct{ put, got [clients]int }

// queueModel is what a Queue guarantees: each client's items arrive once and in order. A thread of the client sends
// them at any time after put began, so the order of two clients' puts has no meaning.
var queueModel = model(both{}, func(s both, e event) (bool, both) {
	if e.Op == "put" {
		s.put[e.Client]++
		return e.Arg == item(e.Client, s.put[e.Client]-1), s
	}
	from, i := e.Out/1000, e.Out%1000
	if from >= clients {
		return false, s
	}
	s.got[from]++
	return i == s.got[from]-1 && i < s.put[from], s
})

// lockModel is the model of a lock, which its holder can acquire again if it is recursive: the state is holder×100 +
// count.
func lockModel(recursive bool) porcupine.Model {
	return model(0, func(s int, e event) (bool, int) {
		own := s/100 == e.Client+1
		free := s == 0 || recursive && own
		switch {
		case e.Op == "release":
			if s--; s%100 == 0 {
				return own, 0
			}
			return own, s
		case e.Op == "try" && e.Out == 0:
			return !free, s
		case s == 0:
			return true, (e.Client+1)*100 + 1
		}
		return free, s + 1
	})
}

// semaphoreModel is the model of a semaphore that counts down from limit.
func semaphoreModel(limit int) porcupine.Model {
	return model(limit, func(s int, e event) (bool, int) {
		switch {
		case e.Op == "release":
			return s < limit, s + 1
		case e.Op == "try" && e.Out == 0:
			return s == 0, s
		}
		return s > 0, s - 1
	})
}

// numberModel is the model of a number that clients set, read and add to.
var numberModel = model(0, func(s int, e event) (bool, int) {
	switch e.Op {
	case "set":
		return true, e.Arg
	case "add":
		return e.Out == s+e.Arg, s + e.Arg
	}
	return e.Out == s, s
})

// tasksModel is the model of a JoinableQueue's count of unfinished items.
var tasksModel = model(0, func(s int, e event) (bool, int) {
	switch e.Op {
	case "put":
		return true, s + 1
	case "done":
		return s > 0, s - 1
	}
	return s == 0, s
})
