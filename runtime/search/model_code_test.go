package search_test

// This file defines generated programs of threads with locks, conditions, queues, semaphores and events, twice: as
// instructions of the model, and as calls of the library.

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/search"
	"gilkernel/runtime/threading"
)

// A deed is what a generated thread does in one statement: with variable, lock, condition, queue … number n. body is
// what it does with a lock held.
type deed struct {
	what string
	n    int8
	body []deed
}

func (d deed) String() string {
	if d.body == nil {
		return fmt.Sprint(d.what, d.n)
	}
	return fmt.Sprint(d.what, d.n, d.body)
}

// size is how many steps it has.
func size(list []deed) (n int) {
	for _, d := range list {
		n += 1 + size(d.body)
	}
	return n
}

// themes are deeds that have to do with each other. Each program has two of them, so that its threads meet.
var themes = [][]string{
	{"add", "copy", "lock", "rlock"},
	{"lock", "lock", "rlock", "check"},
	{"wait", "notify", "notify all", "notify"},
	{"put", "put", "get", "take"},
	{"put simple", "put simple", "get simple", "take simple"},
	{"down", "up", "up"},
	{"element", "element", "size", "empty"},
	{"await flag", "set flag", "set flag", "clear flag"},
}

// generated makes programs of two or three threads, of up to most steps each.
func generated(most int) *rapid.Generator[[][]deed] {
	return rapid.Custom(func(t *rapid.T) [][]deed {
		kinds := []string{"add", "copy"}
		for range 2 {
			kinds = append(kinds, rapid.SampledFrom(themes).Draw(t, "theme")...)
		}
		return rapid.SliceOfN(deeds(kinds, most, 2), 2, 3).Draw(t, "threads")
	})
}

// deeds generates the statements of a thread, of up to most steps, with locks in locks up to a depth.
func deeds(kinds []string, most, depth int) *rapid.Generator[[]deed] {
	return rapid.Custom(func(t *rapid.T) (list []deed) {
		for n := rapid.IntRange(1, most).Draw(t, "size"); n > 0; n -= size(list[len(list)-1:]) {
			d := deed{what: rapid.SampledFrom(kinds).Draw(t, "what"),
				n: rapid.SampledFrom([]int8{0, 0, 1}).Draw(t, "n")}
			if strings.HasSuffix(d.what, "lock") {
				d.body = []deed{}
				if depth > 0 && n > 1 {
					d.body = deeds(kinds, min(n-1, 2), depth-1).Draw(t, "body")
				}
			}
			list = append(list, d)
		}
		return list
	})
}

// An assembler makes instructions of deeds, for a version of Python.
type assembler struct {
	accesses bool // there are points before accesses
	nogil    bool // and before calls of the library
	inside   bool // nothing since the last call of the library could be a point
	code     []instruction
}

// newModel returns the model of a program.
func newModel(threads [][]deed, version string, wrong mutation) *model {
	free := strings.HasSuffix(version, "t")
	old := version == "2.7" || version == "3.9"
	m := &model{fair: free || version == "3.14", wrong: wrong}
	a := assembler{accesses: free || old, nogil: free}
	switch wrong {
	case checksOnly:
		a.accesses = false
	case pointsAtReads:
		a.accesses = true
	}
	for i := range int8(len(threads)) {
		a.check()
		a.emit(spawn, i+1)
		a.emit(started, i+1)
	}
	for i := range int8(len(threads)) {
		a.check()
		a.emit(join, i+1)
	}
	a.emit(end, 0)
	m.code[0] = a.code
	for i, list := range threads {
		a.code, a.inside = nil, false
		a.emit(begin, 0)
		a.all(list)
		a.check()
		a.emit(end, 0)
		m.code[i+1] = a.code
	}
	return m
}

// emit adds an instruction of the library and returns its number.
func (a *assembler) emit(op opcode, n int8) int {
	a.code = append(a.code, instruction{op: op, n: n, point: a.nogil && !a.inside})
	a.inside = true
	return len(a.code) - 1
}

// check adds a place where a thread may lose its GIL, such as a call of Python code; without a GIL, what follows can be
// told from what was before.
func (a *assembler) check() {
	a.code = append(a.code, instruction{op: nop, point: true})
	a.inside = false
}

// access adds a read or a write of a variable.
func (a *assembler) access(in instruction) {
	in.point = a.accesses
	a.code = append(a.code, in)
	a.inside = false
}

// here lets the jump at a place lead to the next instruction.
func (a *assembler) here(at int) { a.code[at].to = int16(len(a.code)) }

// back adds a jump to a place.
func (a *assembler) back(to int) {
	a.code = append(a.code, instruction{op: jump, to: int16(to)})
}

// awaits is Condition.wait of a condition with a lock.
func (a *assembler) awaits(cond, lock int8) {
	a.check()
	a.emit(wait, cond)
	a.emit(reacquire, lock)
}

// notifies is Condition.notify.
func (a *assembler) notifies(cond, n int8) {
	a.check()
	a.code[a.emit(notify, cond)].plus = n
}

// while adds "while not ready: condition.wait()"; ready is a jump.
func (a *assembler) while(ready opcode, n, cond, lock int8) {
	top := a.emit(ready, n)
	a.awaits(cond, lock)
	a.back(top)
	a.here(top)
}

// all adds deeds.
func (a *assembler) all(list []deed) {
	for _, d := range list {
		a.check()
		a.deed(d)
	}
}

// add is "v += 1", assign "v = …".
func (a *assembler) add(v int8) {
	a.access(instruction{op: load, n: v})
	a.access(instruction{op: store, n: v, by: 1, plus: 1})
}

func (a *assembler) assign(v, value int8) { a.access(instruction{op: store, n: v, plus: value}) }

func (a *assembler) deed(d deed) {
	n := d.n
	switch d.what {
	case "add":
		a.add(n)
	case "element": // of a container, whose elements are the variables behind the others
		a.add(modelPlain + d.n)
	case "size": // which sees all of it
		a.access(instruction{op: total})
		a.access(instruction{op: store, n: d.n, by: 1})
	case "empty":
		a.access(instruction{op: wipe})
	case "copy":
		a.access(instruction{op: load, n: n})
		a.access(instruction{op: store, n: 1 - n, by: 2})
	case "lock", "rlock":
		if d.what == "rlock" {
			n = theRLock
		}
		a.emit(acquire, n)
		a.all(d.body)
		a.emit(release, n)
	case "wait":
		a.emit(acquire, condLock+n)
		a.access(instruction{op: load, n: n})
		skip := a.emit(nonzero, 0)
		a.code[skip].point = false
		a.awaits(n, condLock+n)
		a.here(skip)
		a.inside = false
		a.emit(release, condLock+n)
	case "notify", "notify all":
		a.emit(acquire, condLock+n)
		if d.what == "notify" {
			a.add(n)
			a.notifies(n, 1)
		} else {
			a.assign(n, 7)
			a.notifies(n, modelThreads)
		}
		a.emit(release, condLock+n)
	case "put", "get", "take":
		a.queue(d.what, n)
	case "put simple":
		a.emit(putSimple, n)
	case "get simple":
		a.emit(getSimple, n)
	case "take simple":
		a.emit(trySimple, n)
	case "down":
		a.check()
		a.emit(acquire, semLock+n)
		a.check()
		a.while(positive, n, condOfSem+n, semLock+n)
		a.code[a.emit(count, n)].plus = -1
		a.emit(release, semLock+n)
	case "up":
		a.emit(acquire, semLock+n)
		a.code[a.emit(count, n)].plus = 1
		a.code[a.emit(notify, condOfSem+n)].plus = 1
		a.emit(release, semLock+n)
		a.check()
	case "await flag", "set flag", "clear flag":
		a.check()
		a.emit(acquire, eventLock+n)
		a.check()
		switch d.what {
		case "await flag":
			done := a.emit(isSet, n)
			a.awaits(condOfFlag+n, eventLock+n)
			a.here(done)
		case "set flag":
			a.code[a.emit(set, n)].plus = 1
			a.code[a.emit(notify, condOfFlag+n)].plus = modelThreads
		default:
			a.emit(set, n)
		}
		a.emit(release, eventLock+n)
	}
}

// queue is Lib/queue.py with a maxsize of 1.
func (a *assembler) queue(what string, n int8) {
	lock, notEmpty, notFull := queueLock+n, notEmptyOf+n, notFullOf+n
	a.check()
	a.emit(acquire, lock)
	a.check()
	switch what {
	case "put":
		top := a.emit(full, n)
		skip := len(a.code)
		a.back(0)
		a.here(top)
		a.awaits(notFull, lock)
		a.back(top)
		a.here(skip)
		a.emit(put, n)
		a.notifies(notEmpty, 1)
	case "get":
		a.while(stocked, n, notEmpty, lock)
		a.emit(get, n)
		a.notifies(notFull, 1)
	case "take":
		some := a.emit(stocked, n)
		a.emit(try, n) // it gets nothing
		skip := len(a.code)
		a.back(0)
		a.here(some)
		a.emit(get, n)
		a.notifies(notFull, 1)
		a.here(skip)
	}
	a.emit(release, lock)
}

// A shop is what the threads of a generated program share.
type shop struct {
	vars [2]variable
	// elements are those of a container.
	elements [2]variable
	locks    []*threading.Lock
	rlock    *threading.RLock
	conds    []*threading.Condition
	queues   []*queue.Queue
	simple   []*queue.SimpleQueue
	sems     []*threading.Semaphore
	flags    []*threading.Event
	got      [modelThreads][]any

	// Of a search that knows values, by thread:
	told    [modelThreads]variable // what got says, for other threads to read
	checks  [modelThreads]uint64   // how many there were in do
	at      [modelThreads]bool     // it is at one
	several [modelThreads]bool     // it accesses several things at once
}

func newShop() *shop {
	s := &shop{rlock: threading.NewRLock()}
	s.conds = []*threading.Condition{threading.NewCondition(threading.NewLock()), threading.NewCondition(nil)}
	for range 2 {
		s.locks = append(s.locks, threading.NewLock())
		s.queues = append(s.queues, queue.NewQueue(1))
		s.simple = append(s.simple, queue.NewSimpleQueue())
		s.sems = append(s.sems, threading.NewSemaphore(1))
		s.flags = append(s.flags, threading.NewEvent())
	}
	return s
}

// whole are the keys of an access to the whole container.
func (s *shop) whole() []any { return []any{&s.elements[0], &s.elements[1]} }

// over is a step over the whole container.
func (s *shop) over(t *machine.Thread, me int, write bool) {
	s.several[me] = true
	t.StepOver(s.whole(), write)
	s.several[me] = false
}

func (s *shop) do(t *machine.Thread, me int, list []deed) {
	for _, d := range list {
		s.checks[me]++
		s.at[me] = true
		t.Check() // as at the entry of a function
		s.at[me] = false
		s.deed(t, me, d)
	}
}

func (s *shop) deed(t *machine.Thread, me int, d deed) {
	v := &s.vars[d.n]
	got := func(item any) { s.got[me] = append(s.got[me], item) }
	switch d.what {
	case "add":
		v.store(t, v.load(t)+1)
	case "element":
		x := &s.elements[d.n]
		x.store(t, x.load(t)+1)
	case "size":
		s.over(t, me, false)
		v.store(t, s.elements[0].v+s.elements[1].v)
	case "empty":
		s.over(t, me, true)
		s.elements[0].v, s.elements[1].v = 0, 0
	case "copy":
		s.vars[1-d.n].store(t, 2*v.load(t))
	case "lock":
		s.locks[d.n].With(func() { s.do(t, me, d.body) })
	case "rlock":
		s.rlock.With(func() { s.do(t, me, d.body) })
	case "wait":
		s.conds[d.n].With(func() {
			if v.load(t) == 0 {
				s.conds[d.n].Wait()
			}
		})
	case "notify":
		s.conds[d.n].With(func() { v.store(t, v.load(t)+1); s.conds[d.n].Notify() })
	case "notify all":
		s.conds[d.n].With(func() { v.store(t, 7); s.conds[d.n].NotifyAll() })
	case "put":
		s.queues[d.n].Put(10*me + len(s.got[me]))
	case "get":
		got(s.queues[d.n].Get())
	case "take":
		item, err := s.queues[d.n].GetNowait()
		if err != nil {
			item = nothing
		}
		got(item)
	case "put simple":
		s.simple[d.n].Put(me)
	case "get simple":
		got(s.simple[d.n].Get())
	case "take simple":
		item, err := s.simple[d.n].GetNowait()
		if err != nil {
			item = nothing
		}
		got(item)
	case "down":
		s.sems[d.n].Acquire()
	case "up":
		s.sems[d.n].Release()
	case "await flag":
		s.flags[d.n].Wait()
	case "set flag":
		s.flags[d.n].Set()
	case "clear flag":
		s.flags[d.n].Clear()
	}
}

// library is a generated program as Search runs it.
func library(threads [][]deed) func(*machine.Thread) string {
	return func(*machine.Thread) string {
		s := newShop()
		var all []*threading.Thread
		for i, list := range threads {
			th := threading.NewThread(func() { s.do(machine.Current(), i+1, list) })
			th.Start()
			all = append(all, th)
		}
		for _, th := range all {
			th.Join()
		}
		return fmt.Sprint(int8(s.vars[0].v), int8(s.vars[1].v), s.elements[0].v, s.elements[1].v, s.got[1:])
	}
}

// resultOf is what the library's program returns, of a state of the model.
func resultOf(s *modelState) string {
	if !s.ts[0].over {
		return "deadlock"
	}
	var got [modelThreads - 1][]any
	for i := range got {
		for _, v := range s.ts[i+1].got.of[:s.ts[i+1].got.n] {
			got[i] = append(got[i], int(v))
		}
	}
	return fmt.Sprint(s.vars[0], s.vars[1], s.vars[2], s.vars[3], got)
}

// found returns the outcomes of a search, each with the fewest preemptions.
func found(r *search.Report) map[string]int {
	all := map[string]int{}
	for _, f := range r.Outcomes {
		if f.Err != nil {
			all[f.Err.Error()] = f.Preemptions
		} else {
			all[f.Value] = f.Preemptions
		}
	}
	return all
}
