package process

// This file defines the table of processes in the arena.

import (
	"bytes"
	"errors"
	"fmt"

	"gilkernel/runtime/machine"
)

// The fields of an entry, by their offsets.
const (
	entState  = 0
	entGen    = 4
	entPID    = 8
	entParent = 12 // the parent's number plus 1
	entCode   = 16
	entOver   = 20 // 1 when it has ended: what joins wait on
	entFlags  = 24
	entName   = 32
	entNames  = 64 // its size
	entReport = 128
)

// The states of an entry.
const (
	entryFree uint32 = iota
	entryStarting
	entryRuns
	entryEnded
)

// errProcesses says that the table is full.
var errProcesses = errors.New("too many processes: at most 512 can run at once; join some of them")

// An entry is a process in the table.
type entry struct {
	a *Arena
	n int
}

func (a *Arena) entry(n int) entry { return entry{a, n} }

func (e entry) at(field int64) int64 { return tableAt + int64(e.n)*entrySize + field }

func (e entry) state() uint32 {
	if e.n < 0 || e.n >= maxProcesses {
		return entryFree
	}
	return e.a.u32(e.at(entState)).Load()
}

// runs reports whether the process has been made and hasn't ended.
func (e entry) runs() bool { s := e.state(); return s == entryStarting || s == entryRuns }

func (e entry) gen() uint32 { return e.a.u32(e.at(entGen)).Load() }

func (e entry) pid() int { return int(e.a.u32(e.at(entPID)).Load()) }

func (e entry) parent() int { return int(e.a.u32(e.at(entParent)).Load()) - 1 }

func (e entry) name() string {
	b := e.a.head[e.at(entName):][:entNames]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

func (e entry) setName(name string) {
	b := e.a.head[e.at(entName):][:entNames]
	clear(b)
	copy(b[:entNames-1], name)
}

// end notes how the process ended.
func (e entry) end() string {
	switch code := int32(e.a.u32(e.at(entCode)).Load()); {
	case code < 0:
		return fmt.Sprintf("which was ended by %s", SignalName(int(-code)))
	default:
		return fmt.Sprintf("which has ended with exit code %d", code)
	}
}

// SignalName returns the name of a signal that commonly ends processes, "signal 42" for any other.
func SignalName(n int) string {
	switch n {
	case 1:
		return "SIGHUP"
	case 2:
		return "SIGINT"
	case 3:
		return "SIGQUIT"
	case 6:
		return "SIGABRT"
	case 9:
		return "SIGKILL"
	case 11:
		return "SIGSEGV"
	case 13:
		return "SIGPIPE"
	case 15:
		return "SIGTERM"
	}
	return fmt.Sprintf("signal %d", n)
}

// newEntry makes an entry for a process whose parent is number parent; -1 is none. A nil s is the first process itself.
func (a *Arena) newEntry(t *machine.Thread, parent int, name string) (entry, error) {
	a.lock(t, max(parent, 0))
	defer a.unlock(t)
	oldest := -1
	for n := range maxProcesses {
		switch e := a.entry(n); e.state() {
		case entryFree:
			return e.begin(parent, name), nil
		case entryEnded:
			if oldest < 0 {
				oldest = n
			}
		}
	}
	if oldest < 0 {
		return entry{}, errProcesses
	}
	return a.entry(oldest).begin(parent, name), nil
}

// Room returns how many more processes can run at once with those that run now. Others may be made meanwhile.
func (s *System) Room() int {
	room := 0
	for n := range maxProcesses {
		if !s.arena.entry(n).runs() {
			room++
		}
	}
	return room
}

func (e entry) begin(parent int, name string) entry {
	a := e.a
	a.u32(e.at(entGen)).Add(1)
	a.u32(e.at(entPID)).Store(0)
	a.u32(e.at(entParent)).Store(uint32(parent + 1))
	a.u32(e.at(entCode)).Store(0)
	a.u32(e.at(entOver)).Store(0)
	a.u32(e.at(entFlags)).Store(0)
	for _, field := range []int64{entLooks, entStill, entVerdict, entLength, entPrinted} {
		a.u32(e.at(field)).Store(0)
	}
	e.setName(name)
	a.u32(atLive).Add(1)
	a.u32(e.at(entState)).Store(entryStarting)
	return e
}

// children returns the numbers of the processes that run and whose parent is number n.
func (a *Arena) children(n int) (list []int) {
	for m := range maxProcesses {
		if e := a.entry(m); e.runs() && e.parent() == n {
			list = append(list, m)
		}
	}
	return list
}

// bury removes a process that has ended from the table: it releases its references and locks, wakes the threads that
// wait for it, and buries its descendants, which end with their parents.
func (s *System) bury(t *machine.Thread, n int, code int) {
	a := s.arena
	e := a.entry(n)
	if !e.runs() {
		return
	}
	for _, m := range a.children(n) {
		if a.collect {
			s.bury(t, m, -9)
		}
	}
	if a.u32(atLock).Load() == uint32(n)+1 {
		a.word(atLock).CompareAndSwap(t, uint32(n)+1, 0)
	}
	var woken []*machine.Word
	used := a.u32(atSlots).Load()
	for i := range used {
		v := slot{a: a, n: i}
		k := v.kind()
		if k == kindFree {
			continue
		}
		v.gen = a.u32(v.at(atGen)).Load()
		switch k {
		case kindSemaphore:
			// It may have been woken, and not have acquired what others wait for.
			waiters := v.word(semWaiters)
			for w := waiters.Load(t); w > 0; w = waiters.Load(t) {
				if w&(called|missed) == 0 || waiters.CompareAndSwap(t, w, w&waitersMask) { // it won't answer
					woken = append(woken, v.word(semValue))
					break
				}
			}
		case kindRing:
			r := ringOf(v)
			r.reader.bury(t, n)
			r.writer.bury(t, n)
		}
		for side := range 2 {
			if v.heldBy(side, n) {
				v.clear(t, s, side, n)
			}
		}
	}
	a.u32(e.at(entCode)).Store(uint32(int32(code)))
	a.u32(atLive).Add(^uint32(0))
	a.u32(e.at(entState)).Store(entryEnded)
	for _, w := range woken { // they find the holder ended, if it was this process
		w.Wake(t, all)
	}
	over := a.word(e.at(entOver))
	over.Store(t, 1)
	over.Wake(t, all)
	a.notifyAny(t)
}
