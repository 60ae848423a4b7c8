package threading_test

import (
	"testing"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

func TestSmoke(t *testing.T) {
	for _, sim := range []bool{true, false} {
		for _, v := range []string{"2.7", "3.8", "3.11", "3.13", "3.14t"} {
			mk := machine.Real
			if sim {
				mk = machine.Simulate
			}
			m, err := mk(nil)
			if err != nil {
				t.Fatal(err)
			}
			in, err := gil.New(m, &gil.Options{Version: v})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			err = threading.Main(in).Run(func(*machine.Thread) {
				l := threading.NewLock("n")
				c := threading.NewCondition(nil)
				var s threading.Semaphore
				e := threading.NewEvent()
				var all []*threading.Thread
				ready := 0
				for i := range 4 {
					th := threading.NewThread(func(k int) {
						e.Wait()
						for range 1000 {
							l.With(func() { n += k })
							s.With(func() {})
						}
						c.With(func() { ready++; c.Notify() })
					}, threading.Args(i))
					th.Start()
					all = append(all, th)
				}
				e.Set()
				c.With(func() { c.WaitFor(func() bool { return ready == 4 }) })
				for _, th := range all {
					th.Join()
				}
			})
			if err != nil || n != 6000 {
				t.Errorf("sim %v %s: %d %v", sim, v, n, err)
			}
		}
	}
}
