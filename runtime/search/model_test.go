package search_test

// This file defines a model of Python's threads that knows nothing of package machine, nor of the library: its
// primitives are those of Lib/threading.py, Lib/queue.py, Modules/_queuemodule.c and Python/lock.c, written down once
// more, as instructions of a small computer. TestModel holds Search against all its interleavings.

import "slices"

// An opcode is what an instruction does. What the thread does between two points is one step.
type opcode uint8

const (
	nop       opcode = iota
	begin            // the thread has begun
	end              // it has ended
	spawn            // starts thread n
	started          // blocks until thread n has begun
	join             // blocks until thread n has ended
	load             // the register = variable n
	store            // variable n = the register * by + plus
	total            // the register = the sum of the container's elements
	wipe             // all of them = 0
	jump             // to to
	nonzero          // to to if the register isn't 0
	acquire          // lock n
	release          // lock n
	wait             // releases the lock that the next instruction acquires again, until condition n is notified
	reacquire        // acquires lock n as often as it was
	notify           // plus threads that wait for condition n
	full             // to to if queue n is full
	stocked          // to to if queue n has an item
	put              // an item into queue n
	get              // an item out of queue n
	try              // the same; no item if there is none
	putSimple
	getSimple
	trySimple
	positive // to to if counter n is
	count    // adds plus to counter n
	isSet    // to to if flag n is set
	set      // flag n = plus
)

// An instruction of the model's computer.
type instruction struct {
	op       opcode
	n        int8
	by, plus int8
	to       int16
	point    bool // other threads may run before it
}

// How many there are of everything.
const (
	modelThreads = 4 // the main thread is number 0
	modelPlain   = 2 // variables that aren't elements of the container
	modelItems   = 6
	modelLocks   = 11 // two locks, an RLock, those of two conditions, of queues, of semaphores and of events
	modelConds   = 10 // two conditions, two for each queue, of semaphores and of events
)

// The numbers of locks and conditions.
const (
	theRLock   = 2
	condLock   = 3 // the second condition has an RLock, which is the default
	queueLock  = 5
	semLock    = 7
	eventLock  = 9
	notEmptyOf = 2
	notFullOf  = 4
	condOfSem  = 6
	condOfFlag = 8
)

// reentrant reports whether a lock is an RLock.
func reentrant(lock int8) bool { return lock == theRLock || lock == condLock+1 }

// A line is threads that wait, the first first.
type line struct {
	n  int8
	of [modelThreads]int8
}

func (l *line) push(i int8) {
	l.of[l.n] = i
	l.n++
}

func (l *line) pop() int8 {
	i := l.of[0]
	copy(l.of[:], l.of[1:])
	l.n--
	l.of[l.n] = 0
	return i
}

// popLast is what a wrong notify would do.
func (l *line) popLast() int8 {
	l.n--
	i := l.of[l.n]
	l.of[l.n] = 0
	return i
}

// items are those of a queue, or what a thread has got.
type items struct {
	n  int8
	of [3 * modelItems]int8
}

func (q *items) push(v int8) {
	q.of[q.n] = v
	q.n++
}

func (q *items) pop() int8 {
	v := q.of[0]
	copy(q.of[:], q.of[1:])
	q.n--
	q.of[q.n] = 0
	return v
}

// lockState is a lock: the thread that holds it, how often, and those that wait for it.
type lockState struct {
	holder int8 // thread + 1
	count  int8
	waits  line
}

// modelThread is a thread.
type modelThread struct {
	pc            int16
	register      int8
	live, blocked bool
	started, over bool
	awaited       bool // the main thread waits for it to begin, or to end
	tries         int8 // how often it was woken for a lock that another thread had acquired by then
	saved         int8 // how often it held the lock of the condition for which it waits
	got           items
}

// simpleQueue is Modules/_queuemodule.c's: a list, and a lock that getters acquire and putters release.
type simpleQueue struct {
	list   items
	locked bool // a getter has acquired the lock
	waits  line
}

// modelState is all there is at a point.
type modelState struct {
	ts      [modelThreads]modelThread
	vars    [modelPlain + 2]int8
	locks   [modelLocks]lockState
	conds   [modelConds]line
	queues  [2]items
	simple  [2]simpleQueue
	counts  [2]int8
	flags   [2]bool
	running int8
	goes    bool // the running thread could continue
}

// A mutation is a mistake that the model makes, to see that the comparison finds it.
type mutation uint8

const (
	rightModel mutation = iota
	lastNotified
	handsOver     // a release hands the lock to the first that waits
	keepsLock     // a wait doesn't release its lock
	neverFull     // a put doesn't wait
	checksOnly    // there are no points at accesses
	pointsAtReads // there are points at accesses, whatever the version
	mutations     // how many there are
)

// A model is a program for it.
type model struct {
	code  [modelThreads][]instruction
	fair  bool // PyMutex: a lock is handed to a thread that has waited for long
	wrong mutation
}

// first returns the state in which the program begins.
func (m *model) first(semaphores int8) modelState {
	s := modelState{counts: [2]int8{semaphores, semaphores}}
	s.ts[0].live = true
	return s
}

// runnable reports whether thread i could run.
func (s *modelState) runnable(i int8) bool {
	t := &s.ts[i]
	return t.live && !t.blocked && !t.over
}

// step lets thread i run up to its next point, or until it blocks or ends.
func (m *model) step(s *modelState, i int8) {
	s.running, s.goes = i, false
	t := &s.ts[i]
	for first := true; ; first = false {
		if in := &m.code[i][t.pc]; in.point && !first {
			s.goes = true
			return
		} else if m.do(s, i, in); t.blocked || t.over {
			return
		}
	}
}

// do executes an instruction of thread i.
func (m *model) do(s *modelState, i int8, in *instruction) {
	t := &s.ts[i]
	next := t.pc + 1
	goes := func(yes bool) {
		if yes {
			next = in.to
		}
	}
	switch in.op {
	case begin:
		t.started = true
		s.wakesMain(t)
	case end:
		t.over = true
		s.wakesMain(t)
		return
	case spawn:
		s.ts[in.n].live = true
	case started, join:
		u := &s.ts[in.n]
		if in.op == started && !u.started || in.op == join && !u.over {
			u.awaited, t.blocked = true, true
			return
		}
	case load:
		t.register = s.vars[in.n]
	case store:
		s.vars[in.n] = t.register*in.by + in.plus
	case total:
		t.register = s.vars[modelPlain] + s.vars[modelPlain+1]
	case wipe:
		s.vars[modelPlain], s.vars[modelPlain+1] = 0, 0
	case jump:
		next = in.to
	case nonzero:
		goes(t.register != 0)
	case acquire, reacquire:
		if !m.acquires(s, i, in) {
			return
		}
	case release:
		s.locks[in.n].count--
		if s.locks[in.n].count == 0 {
			m.frees(s, in.n)
		}
	case wait:
		l := m.code[i][t.pc+1].n
		t.saved = s.locks[l].count
		s.conds[in.n].push(i)
		t.blocked = true
		if m.wrong != keepsLock {
			m.frees(s, l)
		}
		return
	case notify:
		for n := in.plus; n > 0 && s.conds[in.n].n > 0; n-- {
			w := int8(0)
			if m.wrong == lastNotified {
				w = s.conds[in.n].popLast()
			} else {
				w = s.conds[in.n].pop()
			}
			s.ts[w].blocked = false
			s.ts[w].pc++
		}
	case full:
		goes(s.queues[in.n].n >= 1 && m.wrong != neverFull)
	case stocked:
		goes(s.queues[in.n].n > 0)
	case put:
		s.queues[in.n].push(10*i + t.got.n)
	case get:
		t.got.push(s.queues[in.n].pop())
	case try:
		t.got.push(s.queues[in.n].popOr(nothing))
	case putSimple, getSimple, trySimple:
		if !m.simple(s, i, in) {
			return
		}
	case positive:
		goes(s.counts[in.n] > 0)
	case count:
		s.counts[in.n] += in.plus
	case isSet:
		goes(s.flags[in.n])
	case set:
		s.flags[in.n] = in.plus != 0
	}
	t.pc = next
}

// nothing is what a thread gets out of an empty queue.
const nothing = -1

func (q *items) popOr(v int8) int8 {
	if q.n == 0 {
		return v
	}
	return q.pop()
}

func (s *modelState) wakesMain(t *modelThread) {
	if t.awaited {
		t.awaited, s.ts[0].blocked = false, false
		s.ts[0].pc++
	}
}

// acquires reports whether thread i gets a lock; if not, it waits from now on.
func (m *model) acquires(s *modelState, i int8, in *instruction) bool {
	l, t := &s.locks[in.n], &s.ts[i]
	times := int8(1)
	if in.op == reacquire {
		times = t.saved
	}
	switch {
	case l.holder == 0:
		l.holder, l.count, t.tries = i+1, times, 0
		return true
	case l.holder == i+1 && reentrant(in.n):
		l.count++
		return true
	}
	t.tries++
	t.blocked = true
	l.waits.push(i)
	return false
}

// frees releases a lock and wakes the first thread that waits for it. That one gets the lock unless another one
// acquires it before it runs; a PyMutex makes it the holder if it has waited for long: here, in vain twice.
func (m *model) frees(s *modelState, n int8) {
	l := &s.locks[n]
	l.holder, l.count = 0, 0
	if l.waits.n == 0 {
		return
	}
	i := l.waits.pop()
	t := &s.ts[i]
	t.blocked = false
	if m.fair && t.tries > 2 || m.wrong == handsOver {
		l.holder, l.count, t.tries = i+1, 1, 0
		if m.code[i][t.pc].op == reacquire {
			l.count = t.saved
		}
		t.pc++
	}
}

// simple is an operation of a SimpleQueue. It reports whether the thread goes on.
func (m *model) simple(s *modelState, i int8, in *instruction) bool {
	q, t := &s.simple[in.n], &s.ts[i]
	wakes := func() {
		if q.locked = false; q.waits.n > 0 {
			s.ts[q.waits.pop()].blocked = false
		}
	}
	switch {
	case in.op == trySimple && (m.fair || q.list.n > 0 || q.locked):
		t.got.push(q.list.popOr(nothing))
	case in.op == trySimple: // it has acquired the lock, sees that there is nothing, and fails to acquire it again
		q.locked = true
		t.got.push(nothing)
	case in.op == putSimple && m.fair: // since 3.13: the parking lot hands the item over
		if q.waits.n == 0 {
			q.list.push(i)
			break
		}
		u := &s.ts[q.waits.pop()]
		u.got.push(i)
		u.blocked = false
		u.pc++
	case in.op == putSimple:
		if q.list.push(i); q.locked {
			wakes()
		}
	case q.list.n > 0:
		t.got.push(q.list.pop())
		if !m.fair && q.locked {
			wakes()
		}
	default:
		q.locked = true
		q.waits.push(i)
		t.blocked = true
		return false
	}
	return true
}

// outcomes returns how the program can end, each with the fewest preemptions that lead to it, up to bound. It gives up,
// and returns nil, when there are more than most states.
func (m *model) outcomes(bound, most int, result func(*modelState) string) map[string]int {
	found, least := map[string]int{}, map[modelState]int{}
	level := []modelState{m.first(1)}
	for cost := 0; len(level) > 0 && cost <= bound; cost++ {
		var dearer []modelState
		for len(level) > 0 {
			s := level[len(level)-1]
			level = level[:len(level)-1]
			if c, ok := least[s]; ok && c <= cost {
				continue
			}
			if least[s] = cost; len(least) > most {
				return nil
			}
			moved := false
			for i := range int8(modelThreads) {
				if !s.runnable(i) {
					continue
				}
				next := s
				m.step(&next, i)
				if moved = true; s.goes && i != s.running {
					dearer = append(dearer, next)
				} else {
					level = append(level, next)
				}
			}
			if moved {
				continue
			}
			end := result(&s)
			if _, ok := found[end]; !ok {
				found[end] = cost
			}
		}
		level = slices.Clip(dearer)
	}
	return found
}
