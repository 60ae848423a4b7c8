package run

// This file defines the end of a notebook, which is that of a Python program: threads that aren't daemons are waited
// for.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/notebook"
)

const (
	// longestEnd is how long threads may run on after the last cell. Python waits without an end; an unattended run
	// must not.
	longestEnd = time.Minute
	// quietEnd is how long the wait lasts before a line says what is waited for.
	quietEnd = time.Second
)

// atEnd is what the interpreter runs then, under names that no cell has.
const atEnd = `import (
	atEndMachine "gilkernel/runtime/machine"
	atEndThreading "gilkernel/runtime/threading"
)
atEndThreading.Finish(atEndMachine.Current())`

// wait waits for the threads that still run, so that what they print is stored in their cells. It returns an error if
// the person interrupts it; threads that run on, or wait forever, fail no cell: a line says so.
func (r *runner) wait(ctx context.Context, name string) error {
	limit := longestEnd
	if r.f.timeout > 0 {
		limit = min(limit, r.f.timeout)
	}
	said := make(chan struct{})
	late := time.AfterFunc(quietEnd, func() {
		fmt.Fprintf(r.o.Stdout,
			"  waiting at most %v for threads that aren't daemons, as Python does at the end of a program\n", limit)
		close(said)
	})
	res, err := r.cell(ctx, &notebook.Cell{Type: notebook.Code, Source: atEnd}, limit)
	if !late.Stop() {
		<-said
	}
	switch {
	case errors.Is(err, errInterrupted) || ctx.Err() != nil:
		return err
	case errors.Is(err, errTimeout):
		fmt.Fprintf(r.o.Stderr, "gilkernel run: %s: threads still run %v after the last cell; what they print from "+
			"now on is not stored. Join them, or make them daemons\n", name, limit)
	case err != nil && !errors.Is(err, client.ErrClosed):
		fmt.Fprintf(r.o.Stderr, "gilkernel run: %s: waiting for threads: %v\n", name, err)
	case err == nil && res.Status != "ok":
		fmt.Fprintf(r.o.Stderr, "gilkernel run: %s: threads that aren't daemons never end: %s: %s\n", name, res.EName,
			res.EValue)
	}
	return nil
}
