package link

// This file defines the ledger, which tells the kernel process what an interpreter process was doing when it died.

import "sync/atomic"

// A Ledger is a page of memory that the kernel process and an interpreter process share. Recording something in it
// costs no system call, and the record survives the process. Its methods except Close may be called concurrently; on a
// nil Ledger they record nothing and report false.
type Ledger struct {
	memory []byte
	notes  *notes // in memory
}

// notes is the layout of the memory.
type notes struct{ taken, started atomic.Int64 }

// ledgerSize is the size of a ledger's file in bytes: the smallest page size.
const ledgerSize = 4 << 10

// Take records that the request with this id was read: from here on, the request may be the cause if the process dies.
// A request that was not taken can be repeated.
func (l *Ledger) Take(id int) {
	if l != nil {
		l.notes.taken.Store(int64(id))
	}
}

// Start records that the Source of the run with this id was compiled: its definitions exist from here on, whatever the
// cell does.
func (l *Ledger) Start(id int) {
	if l != nil {
		l.notes.started.Store(int64(id))
	}
}

// Taken reports whether the request with this id is the last that was taken.
func (l *Ledger) Taken(id int) bool { return l != nil && l.notes.taken.Load() == int64(id) }

// Started reports whether the run with this id is the last that was started.
func (l *Ledger) Started(id int) bool { return l != nil && l.notes.started.Load() == int64(id) }
