package threading

// This file defines the identity of plain goroutines.

import (
	"sync/atomic"

	"gilkernel/runtime/machine"
)

// plainOwner is the plain goroutine that holds a lock, 0 for none.
type plainOwner struct{ id atomic.Int64 }

func (p *plainOwner) isMe() bool {
	id := p.id.Load()
	return id != 0 && id == machine.GoroutineID()
}

func (p *plainOwner) set()   { p.id.Store(machine.GoroutineID()) }
func (p *plainOwner) clear() { p.id.Store(0) }
