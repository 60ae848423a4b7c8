package search_test

import (
	"fmt"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

func ifWait(main *machine.Thread) string {
	var items, fewest variable
	c := threading.NewCondition(nil)
	take := func() {
		t := machine.Current()
		t.Check()
		c.With(func() {
			t.Check()
			if items.load(t) == 0 {
				c.Wait()
			}
			items.store(t, items.load(t)-1)
			fewest.store(t, min(fewest.load(t), items.load(t)))
		})
	}
	put := func() {
		t := machine.Current()
		t.Check()
		for range 2 {
			c.With(func() {
				t.Check()
				items.store(t, items.load(t)+1)
				c.Notify()
			})
			t.Check()
		}
	}
	var all []*threading.Thread
	for i, f := range []func(){take, put, take} {
		th := threading.NewThread(f, threading.Name(string(rune('A'+i))))
		all = append(all, th)
		th.Start()
	}
	for _, th := range all {
		th.Join()
	}
	return fmt.Sprint(fewest.v)
}
