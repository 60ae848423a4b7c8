package threading

// This file defines which threads there are.

import (
	"fmt"
	"slices"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// plainIdent is added to the number of a plain goroutine, so that threads have other idents.
const plainIdent = 1 << 32

// CurrentThread returns the calling thread. For one that wasn't made by this package (StartNewThread, or a plain
// goroutine) that is a dummy, a daemon that can't be joined: "Dummy-1" for a thread, which Enumerate has from then on,
// "Dummy-<number>" for a goroutine, made anew each time.
func CurrentThread() *Thread { return currentThread(machine.Current()) }

func currentThread(t *machine.Thread) *Thread {
	if t == nil {
		return plainThread()
	}
	if th, ok := t.Local(threadKey{}).(*Thread); ok {
		return th
	}
	m := of(t)
	if m == nil {
		th := &Thread{kind: dummy, name: t.Name(), daemon: true}
		th.mt.Store(t)
		t.SetLocal(threadKey{}, th)
		return th
	}
	th := &Thread{in: gil.Of(t), kind: dummy, name: fmt.Sprintf("Dummy-%d", m.next("Thread")), daemon: true}
	th.mt.Store(t)
	t.SetLocal(threadKey{}, th)
	m.add(t, th)
	return th
}

// plainThread is the dummy of a plain goroutine.
func plainThread() *Thread {
	id := machine.GoroutineID()
	return &Thread{kind: dummy, name: fmt.Sprintf("Dummy-%d", id), daemon: true, args: []any{id}}
}

// plainID returns the number of the goroutine that a dummy is.
func (th *Thread) plainID() int64 {
	id, _ := th.args[0].(int64)
	return id
}

// must is of for calls that need an interpreter; call names the caller.
func must(t *machine.Thread, call string) *module {
	m := of(t)
	if m == nil {
		panic(exceptions.Runtime("threading.%s: a plain goroutine belongs to no Python interpreter; call it in the "+
			"cell or in a threading.Thread", call))
	}
	return m
}

// MainThread returns the interpreter's main thread: the one in which cells run. It is nil if the host hasn't made one.
func MainThread() *Thread {
	m := must(machine.Current(), "MainThread")
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.main
}

// Enumerate returns the threads that were started and haven't ended: the main thread first, then in order of their
// starts. Those of StartNewThread aren't among them.
func Enumerate() []*Thread {
	t := machine.Current()
	return must(t, "Enumerate").list(t)
}

// ActiveCount returns the number of threads that Enumerate returns.
func ActiveCount() int {
	t := machine.Current()
	return len(must(t, "ActiveCount").list(t))
}

// GetIdent returns the calling thread's Ident.
func GetIdent() int64 {
	if t := machine.Current(); t != nil {
		return int64(t.ID())
	}
	return plainIdent + machine.GoroutineID()
}

// GetNativeID returns the calling thread's NativeID: 0 in a plain goroutine.
func GetNativeID() int64 {
	if t := machine.Current(); t != nil {
		return t.NativeID()
	}
	return 0
}

// StackSize sets the size of the stacks of new threads, in bytes, and returns the former one: threading.stack_size. 0
// is the default. Go's stacks grow by themselves, so the number is only remembered. Without an argument it only returns
// it. It panics with a ValueError, "size not valid: 1 bytes", if it is less than 32 KiB.
func StackSize(size ...int) int {
	m := must(machine.Current(), "StackSize")
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.stack
	if len(size) > 0 {
		switch n := size[0]; {
		case n < 0:
			panic(exceptions.Value("size must be 0 or a positive value"))
		case n > 0 && n < 32<<10:
			panic(exceptions.Value("size not valid: %d bytes", n))
		default:
			m.stack = n
		}
	}
	return old
}

// add puts a thread into the list. t is the caller. Starts and ends of threads don't order each other, but who lists
// them is ordered with all of them: that one touches, these look.
func (m *module) add(t *machine.Thread, th *Thread) {
	m.order.Load(t)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.threads = append(m.threads, th)
}

// remove takes it out.
func (m *module) remove(t *machine.Thread, th *Thread) {
	m.order.Load(t)
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.Index(m.threads, th); i >= 0 {
		m.threads = slices.Delete(m.threads, i, i+1)
	}
}

// list returns the threads.
func (m *module) list(t *machine.Thread) []*Thread {
	m.order.Touch(t)
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []*Thread
	if m.main != nil {
		all = append(all, m.main)
	}
	kept := m.threads[:0:0]
	for _, th := range m.threads {
		if mt := th.mt.Load(); th.kind == dummy && mt.Ended() {
			continue // not reported
		}
		kept = append(kept, th)
	}
	m.threads = kept
	return append(all, kept...)
}
