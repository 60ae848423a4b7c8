package link

// This file defines the ledger: what the kernel process knows of an interpreter process that died without a word.

import "sync/atomic"

// A Ledger is a little memory that the kernel process and an interpreter process share. What is noted there costs no
// system call and survives the process that has noted it. Its methods may be called concurrently; nil notes nothing and
// knows nothing.
type Ledger struct {
	memory []byte
	notes  *notes // in memory
}

// notes is what the memory holds.
type notes struct{ taken, started atomic.Int64 }

// ledgerSize is the size of a ledger's file in bytes: that of the smallest page.
const ledgerSize = 4 << 10

// Take notes that the request with this id was read: whatever kills the process from here on may be its doing. A
// request that was not taken can be repeated.
func (l *Ledger) Take(id int) {
	if l != nil {
		l.notes.taken.Store(int64(id))
	}
}

// Start notes that the Source of the run with this id was compiled: its definitions exist from here on, whatever the
// cell does next.
func (l *Ledger) Start(id int) {
	if l != nil {
		l.notes.started.Store(int64(id))
	}
}

// Taken reports whether the request with this id is the last that was taken.
func (l *Ledger) Taken(id int) bool { return l != nil && l.notes.taken.Load() == int64(id) }

// Started reports whether the run with this id is the last that was started.
func (l *Ledger) Started(id int) bool { return l != nil && l.notes.started.Load() == int64(id) }
