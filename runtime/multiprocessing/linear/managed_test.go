//go:build unix

package linear

// This file defines the operations of clients on objects of a manager.

import mp "gilkernel/runtime/multiprocessing"

// managed holds the subjects that belong to a manager.
func managed() []subject {
	queue := map[string]func([]event) []event{"an item twice": twice, "an item from nowhere": nowhere,
		"out of order": disorder, "a lost item": lost}
	return []subject{
		{"a manager's list", func() any { return mp.NewManager().List() }, listed, fifoModel, "", nil, queue},
		{"a manager's dict", func() any { return mp.NewManager().Dict("x", 0) }, mapped, numberModel, "", nil,
			map[string]func([]event) []event{"a read from nowhere": nowhereRead}},
	}
}

func listed(c *client, o any) {
	l := o.(*mp.ListProxy)
	for i := range c.N {
		v := item(c.ID, i)
		c.do("put", v, func() int { l.Append(v); return 0 })
		c.do("get", 0, func() int { return l.Pop(0).(int) })
	}
}

func mapped(c *client, o any) {
	d := o.(*mp.DictProxy)
	for i := range c.N {
		x := item(c.ID+1, i)
		c.do("set", x, func() int { d.SetItem("x", x); return 0 })
		c.do("read", 0, func() int { return d.GetItem("x").(int) })
	}
}
