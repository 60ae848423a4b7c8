//go:build unix

package linear

// This file defines the objects, the operations of clients on them, and how their histories are damaged.

import (
	"slices"

	"github.com/anishathalye/porcupine"

	mp "gilkernel/runtime/multiprocessing"
)

// subject is an object and the operations on it. Clients find it by its number, because functions with captures can't
// be sent.
type subject struct {
	name  string
	make  func() any
	work  func(c *client, object any)
	model porcupine.Model
	late  string // an operation that may take effect after it returned
	only  []string
	// mutants damage a history as a bug would. They return nil if the history has no place for it.
	mutants map[string]func(h []event) []event
}

func subjects() []subject {
	queue := map[string]func([]event) []event{"an item twice": twice, "an item from nowhere": nowhere,
		"out of order": disorder, "a lost item": lost}
	lock := map[string]func([]event) []event{"two holders": without("release", 1), "refused though free": refused}
	return append([]subject{
		{"SimpleQueue", func() any { return mp.NewSimpleQueue() }, simple, fifoModel, "", nil, queue},
		{"Queue", func() any { return mp.NewQueue() }, queued, queueModel, "put", nil, queue},
		{"Queue of 3", func() any { return mp.NewQueue(3 * clients) }, queued, queueModel, "put", nil, queue},
		{"JoinableQueue", func() any { return mp.NewJoinableQueue() }, tasks, tasksModel, "",
			[]string{"put", "done", "join"},
			map[string]func([]event) []event{"joined too early": without("done", 1),
				"done too often": without("put", 1)}},
		{"Lock", func() any { return mp.NewLock() }, locked, lockModel(false), "", nil, lock},
		{"RLock", func() any { return mp.NewRLock() }, relocked, lockModel(true), "", nil, lock},
		{"Semaphore", func() any { return mp.NewBoundedSemaphore(2) }, counted, semaphoreModel(2), "", nil,
			map[string]func([]event) []event{"three holders": without("release", 3), "refused though free": refused}},
		{"Value", func() any { return mp.NewValue("i", 0) }, added, numberModel, "", nil,
			map[string]func([]event) []event{"a lost update": repeat("add")}},
		{"Value, set and read", func() any { return mp.NewValue("i", 0) }, registered, numberModel, "", nil,
			map[string]func([]event) []event{"a read from nowhere": nowhereRead}},
		{"Event", func() any { return mp.NewEvent() }, signaled, numberModel, "", nil,
			map[string]func([]event) []event{"not set at last": unset}},
	}, managed()...)
}

func simple(c *client, o any) {
	q := o.(*mp.SimpleQueue)
	for i := range c.N {
		v := item(c.ID, i)
		c.do("put", v, func() int { q.Put(v); return 0 })
		c.do("get", 0, func() int { return q.Get().(int) })
	}
}

func queued(c *client, o any) {
	q := o.(*mp.Queue)
	for i := range c.N {
		v := item(c.ID, i)
		c.do("put", v, func() int { q.Put(v); return 0 })
		if i%2 == 1 {
			for range 2 {
				c.do("get", 0, func() int { return q.Get().(int) })
			}
		}
	}
}

func tasks(c *client, o any) {
	q := o.(*mp.JoinableQueue)
	for i := range c.N {
		c.do("put", i, func() int { q.Put(i); return 0 })
		c.do("get", 0, func() int { return q.Get().(int) })
		c.do("done", 0, func() int { q.TaskDone(); return 0 })
		if i%4 == c.ID {
			c.do("join", 0, func() int { q.Join(); return 0 })
		}
	}
	c.do("join", 0, func() int { q.Join(); return 0 })
}

// guard holds the methods that the three kinds of locks have.
type guard interface {
	Acquire(...mp.WaitOption) bool
	Release()
}

func acquire(c *client, l guard, i int) bool {
	if i%3 == 0 {
		return c.do("try", 0, func() int {
			if l.Acquire(mp.Block(false)) {
				return 1
			}
			return 0
		}) == 1
	}
	c.do("acquire", 0, func() int { l.Acquire(); return 1 })
	return true
}

func locked(c *client, o any) {
	l := o.(guard)
	for i := range c.N {
		if acquire(c, l, i) {
			c.do("release", 0, func() int { l.Release(); return 0 })
		}
	}
}

func relocked(c *client, o any) {
	l := o.(guard)
	for i := range c.N / 2 {
		if acquire(c, l, i) {
			acquire(c, l, i+1)
			c.do("release", 0, func() int { l.Release(); return 0 })
			c.do("release", 0, func() int { l.Release(); return 0 })
		}
	}
}

func counted(c *client, o any) { locked(c, o) }

func added(c *client, o any) {
	v := o.(*mp.Value)
	for range c.N {
		c.do("add", 1, func() (n int) {
			v.With(func() {
				n = v.Int() + 1
				v.SetValue(n)
			})
			return n
		})
	}
}

func registered(c *client, o any) {
	v := o.(*mp.Value)
	for i := range c.N {
		x := item(c.ID+1, i)
		c.do("set", x, func() int { v.SetValue(x); return 0 })
		c.do("read", 0, func() int { return v.Int() })
	}
}

func signaled(c *client, o any) {
	e := o.(*mp.Event)
	for i := range c.N {
		if (i+c.ID)%2 == 0 {
			c.do("set", 1, func() int { e.Set(); return 0 })
		} else {
			c.do("set", 0, func() int { e.Clear(); return 0 })
		}
		c.do("read", 0, func() int {
			if e.IsSet() {
				return 1
			}
			return 0
		})
	}
}

// of returns the indices of the events of an operation, in the order in which they ended.
func of(h []event, op string) (list []int) {
	for i, e := range h {
		if e.Op == op {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return int(h[a].Return - h[b].Return) })
	return list
}

func twice(h []event) []event {
	gets := of(h, "get")
	h[gets[len(gets)/2]].Out = h[gets[0]].Out
	return h
}

func nowhere(h []event) []event {
	gets := of(h, "get")
	h[gets[len(gets)/2]].Out = item(clients, 0)
	return h
}

// lost removes the get of an item, so that only later items are returned.
func lost(h []event) []event {
	gets := of(h, "get")
	return slices.Delete(h, gets[0], gets[0]+1)
}

// disorder swaps two items of one client.
func disorder(h []event) []event {
	gets := of(h, "get")
	for _, j := range slices.Backward(gets) {
		if i := gets[0]; h[i].Out/1000 == h[j].Out/1000 && h[i].Return < h[j].Call {
			h[i].Out, h[j].Out = h[j].Out, h[i].Out
			return h
		}
	}
	return nil
}

// without removes the first n events of an operation.
func without(op string, n int) func([]event) []event {
	return func(h []event) []event {
		list := of(h, op)[:n]
		slices.Sort(list)
		for _, i := range slices.Backward(list) {
			h = slices.Delete(h, i, i+1)
		}
		return h
	}
}

// refused inserts a try that fails before all other operations.
func refused(h []event) []event {
	first := slices.MinFunc(h, func(a, b event) int { return int(a.Call - b.Call) })
	return append(h, event{Client: 0, Op: "try", Call: first.Call - 20, Return: first.Call - 10})
}

// repeat gives an operation the result of the previous one.
func repeat(op string) func([]event) []event {
	return func(h []event) []event {
		list := of(h, op)
		h[list[1]].Out = h[list[0]].Out
		return h
	}
}

func nowhereRead(h []event) []event {
	reads := of(h, "read")
	h[reads[len(reads)/2]].Out = -1
	return h
}

// unset appends two reads with different results, though nothing sets the event between them.
func unset(h []event) []event {
	last := h[of(h, "read")[len(of(h, "read"))-1]]
	end := slices.MaxFunc(h, func(a, b event) int { return int(a.Return - b.Return) })
	a := event{Client: 0, Op: "read", Out: last.Out, Call: end.Return + 10, Return: end.Return + 20}
	b := event{Client: 1, Op: "read", Out: 1 - last.Out, Call: end.Return + 30, Return: end.Return + 40}
	return append(h, a, b)
}
