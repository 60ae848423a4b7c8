package interp

// This file replaces package sync in explored cells: its locks are locks of the machine, so that an explorer chooses
// which thread acquires them and knows what they order.

import (
	"errors"
	"reflect"
	"sync"
	"unsafe"

	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// A syncLock replaces a lock, a WaitGroup or a Once of package sync on an explored machine. Its fields below inner
// belong to the holder of inner.
type syncLock struct {
	name    string
	rw      bool // it is an RWMutex
	inner   *threading.Lock
	changed *threading.Condition // of inner
	writer  bool
	readers int
	writers int // waiting writers, which readers don't overtake
	count   int // of a WaitGroup
	done    bool
}

// Name implements machine.Resource.
func (l *syncLock) Name() string { return l.name }

// Holders implements machine.Resource.
func (l *syncLock) Holders() []rt.Holder { return nil }

// A syncCond replaces a Cond.
type syncCond struct {
	order rt.Word // touched before each access to list
	list  []*rt.Word
}

// syncLock returns the replacement of a value of package sync in this run.
func (er *exploredRun) syncLock(what any) *syncLock {
	if l := er.syncs[what]; l != nil {
		return l
	}
	l := &syncLock{name: reflect.TypeOf(what).Elem().String()}
	switch what := what.(type) {
	case *sync.RWMutex:
		l.rw = true
	case *sync.Once:
		l.done = isDone(what)
	}
	l.inner = threading.NewInnerLock(l)
	l.changed = threading.NewInnerCondition(l.inner, rt.Why{Kind: timeline.WaitLock, On: l})
	if er.syncs == nil {
		er.syncs = map[any]*syncLock{}
	}
	er.syncs[what] = l
	return l
}

// isDone reports whether a Once of a module was done when its package was initialised.
func isDone(o *sync.Once) bool {
	done := reflect.ValueOf(o).Elem().FieldByName("done") // an atomic.Bool in Go 1.26
	return done.IsValid() && !done.IsZero()
}

// overwritten forgets what replaced the values of package sync in the memory from at on: the program has put others
// there, such as a new Once.
func (er *exploredRun) overwritten(at unsafe.Pointer, size uintptr) {
	inside := func(what unsafe.Pointer) bool { return uintptr(what)-uintptr(at) < size }
	for what := range er.syncs {
		if inside(reflect.ValueOf(what).UnsafePointer()) {
			delete(er.syncs, what)
		}
	}
	for c := range er.conds {
		if inside(unsafe.Pointer(c)) {
			delete(er.conds, c)
		}
	}
}

func (er *exploredRun) syncCond(c *sync.Cond) *syncCond {
	if er.conds == nil {
		er.conds = map[*sync.Cond]*syncCond{}
	}
	if er.conds[c] == nil {
		er.conds[c] = &syncCond{}
	}
	return er.conds[c]
}

func (l *syncLock) record(kind timeline.Kind) {
	if t := rt.Current(); t.Recording() {
		t.RecordOn(kind, nil, l, t.ObjectName(l.name), 0)
	}
}

// await waits until ready returns true. The caller holds inner.
func (l *syncLock) await(ready func() bool) {
	for !ready() {
		l.changed.Wait()
	}
}

// Lock is Mutex.Lock and RWMutex.Lock. The recorder of steps looks for the names of these methods.
func (l *syncLock) Lock() {
	l.inner.Acquire()
	if l.rw {
		defer l.inner.Release()
		l.writers++
		l.await(func() bool { return !l.writer && l.readers == 0 })
		l.writers--
		l.writer = true
	}
	l.record(timeline.Acquire)
}

// TryLock is Mutex.TryLock.
func (l *syncLock) TryLock() bool {
	if !l.inner.Acquire(threading.Blocking(false)) {
		return false
	}
	l.record(timeline.Acquire)
	return true
}

// Unlock is Mutex.Unlock and RWMutex.Unlock.
func (l *syncLock) Unlock() {
	if l.rw {
		l.leave(true)
		return
	}
	if !l.inner.Locked() {
		syncMisuse("sync: unlock of unlocked mutex")
	}
	l.record(timeline.Release)
	l.inner.Release()
}

// syncMisuse panics where Go would end the process. If the thread must end, it ends the thread instead.
func syncMisuse(text string) {
	rt.Current().Check()
	panic(errors.New(text))
}

// RLock is RWMutex.RLock.
func (l *syncLock) RLock() {
	l.inner.Acquire()
	defer l.inner.Release()
	l.await(func() bool { return !l.writer && l.writers == 0 })
	l.readers++
	l.record(timeline.Acquire)
}

// RUnlock is RWMutex.RUnlock.
func (l *syncLock) RUnlock() { l.leave(false) }

// A readLocker replaces what RWMutex.RLocker returns.
type readLocker struct{ of func() *syncLock }

// Lock is RLock of its RWMutex.
func (r readLocker) Lock() { r.of().RLock() }

// Unlock is RUnlock of its RWMutex.
func (r readLocker) Unlock() { r.of().RUnlock() }

// tryRW is TryLock and TryRLock of an RWMutex.
func (l *syncLock) tryRW(write bool) bool {
	l.inner.Acquire()
	defer l.inner.Release()
	switch {
	case l.writer || write && l.readers > 0 || !write && l.writers > 0:
		return false
	case write:
		l.writer = true
	default:
		l.readers++
	}
	l.record(timeline.Acquire)
	return true
}

// leave is Unlock and RUnlock of an RWMutex.
func (l *syncLock) leave(write bool) {
	l.inner.Acquire()
	defer l.inner.Release()
	switch {
	case write && !l.writer, !write && l.readers == 0:
		syncMisuse("sync: unlock of unlocked RWMutex")
	case write:
		l.writer = false
	default:
		l.readers--
	}
	l.record(timeline.Release)
	l.changed.NotifyAll()
}

// add is WaitGroup.Add.
func (l *syncLock) add(n int) {
	l.inner.Acquire()
	defer l.inner.Release()
	if l.count += n; l.count < 0 {
		syncMisuse("sync: negative WaitGroup counter")
	}
	if l.count == 0 {
		l.changed.NotifyAll()
	}
}

// Wait is WaitGroup.Wait.
func (l *syncLock) Wait() {
	l.inner.Acquire()
	l.await(func() bool { return l.count == 0 })
	l.inner.Release()
}

// once is Once.Do.
func (l *syncLock) once(f func()) {
	l.inner.Acquire()
	defer l.inner.Release()
	if !l.done {
		defer func() { l.done = true }()
		f()
	}
}

// wait is Cond.Wait with what replaces its lock.
func (c *syncCond) wait(l sync.Locker, on rt.Resource) {
	t := rt.Current()
	w := new(rt.Word)
	c.order.Touch(t)
	c.list = append(c.list, w)
	l.Unlock()
	defer l.Lock()
	t.Detach()
	defer t.Resume()
	for w.Load(t) == 0 {
		t.Wait(w, 0, -1, rt.Why{Kind: timeline.WaitEvent, On: on})
	}
}

// wake is Cond.Signal, and Cond.Broadcast.
func (c *syncCond) wake(all bool) {
	t := rt.Current()
	c.order.Touch(t)
	for len(c.list) > 0 {
		w := c.list[0]
		c.list = c.list[1:]
		w.Store(t, 1)
		w.Wake(t, 1)
		if !all {
			return
		}
	}
}

// replaced returns a method without parameters that is explored where of returns what replaces its receiver, and own
// elsewhere.
func replaced[T any](of func(any) *syncLock, explored func(*syncLock), own func(*T)) func(*T) {
	return func(p *T) {
		if l := of(p); l != nil {
			explored(l)
		} else {
			own(p)
		}
	}
}

// replacedTry is replaced for a method with a result.
func replacedTry[T any](of func(any) *syncLock, explored func(*syncLock) bool, own func(*T) bool) func(*T) bool {
	return func(p *T) bool {
		if l := of(p); l != nil {
			return explored(l)
		}
		return own(p)
	}
}

// replacedWith is replaced for a method with a parameter.
func replacedWith[T, A any](of func(any) *syncLock, explored func(*syncLock, A), own func(*T, A)) func(*T, A) {
	return func(p *T, a A) {
		if l := of(p); l != nil {
			explored(l, a)
		} else {
			own(p, a)
		}
	}
}

// exploredMethod is Method in a process that explores cells; it returns nil for a method that isn't replaced. Between
// runs, where packages of modules are initialised, the methods are package sync's own.
func (y syncs) exploredMethod(t reflect.Type, name string) any {
	of := func(what any) *syncLock {
		if er := y.s.threads.current().exploring.Load().run; er != nil {
			return er.syncLock(what)
		}
		return nil
	}
	cond := func(c *sync.Cond) *syncCond {
		if er := y.s.threads.current().exploring.Load().run; er != nil {
			return er.syncCond(c)
		}
		return nil
	}
	methods := map[reflect.Type]map[string]any{
		reflect.TypeFor[*sync.Mutex](): {
			"Lock":    replaced(of, (*syncLock).Lock, (*sync.Mutex).Lock),
			"TryLock": replacedTry(of, (*syncLock).TryLock, (*sync.Mutex).TryLock),
			"Unlock":  replaced(of, (*syncLock).Unlock, (*sync.Mutex).Unlock),
		},
		reflect.TypeFor[*sync.RWMutex](): {
			"Lock": replaced(of, (*syncLock).Lock, (*sync.RWMutex).Lock),
			"TryLock": replacedTry(of, func(l *syncLock) bool { return l.tryRW(true) },
				(*sync.RWMutex).TryLock),
			"Unlock": replaced(of, (*syncLock).Unlock, (*sync.RWMutex).Unlock),
			"RLock":  replaced(of, (*syncLock).RLock, (*sync.RWMutex).RLock),
			"TryRLock": replacedTry(of, func(l *syncLock) bool { return l.tryRW(false) },
				(*sync.RWMutex).TryRLock),
			"RUnlock": replaced(of, (*syncLock).RUnlock, (*sync.RWMutex).RUnlock),
			"RLocker": func(rw *sync.RWMutex) sync.Locker {
				if of(rw) == nil {
					return rw.RLocker()
				}
				return readLocker{func() *syncLock { return of(rw) }}
			},
		},
		reflect.TypeFor[*sync.WaitGroup](): {
			"Add":  replacedWith(of, (*syncLock).add, (*sync.WaitGroup).Add),
			"Done": replaced(of, func(l *syncLock) { l.add(-1) }, (*sync.WaitGroup).Done),
			"Wait": replaced(of, (*syncLock).Wait, (*sync.WaitGroup).Wait),
		},
		reflect.TypeFor[*sync.Once](): {
			"Do": replacedWith(of, (*syncLock).once, (*sync.Once).Do),
		},
		reflect.TypeFor[*sync.Cond](): {
			"Wait": func(c *sync.Cond) {
				var l sync.Locker
				switch own := c.L.(type) {
				case *sync.Mutex, *sync.RWMutex:
					if r := of(own); r != nil {
						l = r
					}
				default: // what replaces another lock, or a lock of the cell's own
					if y.s.threads.current().exploring.Load().run != nil {
						l = own
					}
				}
				if l == nil {
					y.cond(c)
					return
				}
				cond(c).wait(l, &syncLock{name: "sync.Cond"})
			},
			"Signal": func(c *sync.Cond) {
				if x := cond(c); x != nil {
					x.wake(false)
				} else {
					c.Signal()
				}
			},
			"Broadcast": func(c *sync.Cond) {
				if x := cond(c); x != nil {
					x.wake(true)
				} else {
					c.Broadcast()
				}
			},
		},
	}
	return methods[t][name]
}
