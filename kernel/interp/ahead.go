package interp

// This file defines how a cell is checked before its run is requested: the kernel process checks the cell at the same
// time, and may reject it.

import (
	"fmt"
	"sync/atomic"

	"gilkernel/kernel/link"
	cells "gilkernel/kernel/session"
)

// ahead checks cells in the goroutine that reads requests: no other request can come meanwhile, and the goroutine's
// stack stays as large as checks need it, whereas that of each new goroutine grows anew.
type ahead struct {
	host *host
	last *early // the cell that was checked last, until take

	version atomic.Int64 // changes with what the session knows, at least once
}

// early is a cell that was checked ahead.
type early struct {
	q       *link.Run
	version int64 // of the session before the check
	cell    *cells.Program
	err     error
}

// check checks a cell.
func (a *ahead) check(q *link.Run) {
	e := &early{q: q, version: a.version.Load()}
	e.cell, e.err = a.host.check(q)
	a.last = e
}

// take returns the cell that was checked last, whose run is requested now.
func (a *ahead) take(id int) (*early, error) {
	e := a.last
	a.last = nil
	if e == nil || e.q.ID != id {
		return nil, fmt.Errorf("run %d was not prepared", id)
	}
	return e, nil
}

// result returns the checked cell. The cell is checked again if the session has changed: a run that was given up after
// an interrupt may end late.
func (a *ahead) result(e *early) (*cells.Program, error) {
	if a.version.Load() != e.version {
		return a.host.check(e.q)
	}
	return e.cell, e.err
}
