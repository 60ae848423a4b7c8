package worker_test

import (
	"context"
	"fmt"

	"gilkernel/kernel/link"
	"gilkernel/kernel/worker"
)

// A printer is a Handler that prints.
type printer struct{}

func (printer) Event(ev link.Event) {
	if ev.Stream != nil {
		fmt.Print(ev.Stream.Text)
	}
}

func (printer) Died(cell int, c *worker.Crash) { fmt.Printf("cell %d: %s\n", cell, c.Reason) }

func Example() {
	e := worker.New(printer{}, &worker.Options{Spare: true})
	defer e.Close()
	res := e.Run(context.Background(), link.Run{ID: 1, Label: "In[1]", Source: "func f() {}\nf()"})
	if c := res.Crash; c != nil {
		fmt.Printf("%s: %s\n", c.Kind, c.Reason)
	}
}
