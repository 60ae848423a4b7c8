package pickle

// This file defines what belongs to one process and can't be sent, as far as the structure of a type shows it.

import (
	"reflect"
	"strings"
	"unsafe"
)

// bound says why the values of a type can't leave their process.
type bound struct {
	why    string
	advice string
	// idle reports whether a value is in a state that can be sent, as the zero value; nil: only the zero value is.
	idle func(t reflect.Type, p unsafe.Pointer) bool
}

// boundTypes are the basic types of the standard library that can't be sent: all others that can't are made of these.
func boundTypes(name string) *bound {
	switch name {
	case "internal/poll.FD":
		return &bound{advice: "send its name or its address, and open it there"}
	case "os.Process", "os.processHandle":
		return &bound{advice: "send its pid"}
	case "os.Root", "os.root":
		return &bound{advice: "send its name, and open it there"}
	case "sync.Mutex":
		return &bound{why: "while it is locked", advice: "unlock it first, or use a multiprocessing.Lock",
			idle: idleField("mu", "state")}
	case "internal/sync.Mutex":
		return &bound{why: "while it is locked", advice: "unlock it first, or use a multiprocessing.Lock",
			idle: idleField("state")}
	case "sync.RWMutex":
		return &bound{why: "while it is locked", advice: "unlock it first, or use a multiprocessing.Lock",
			idle: func(t reflect.Type, p unsafe.Pointer) bool {
				return idleField("w", "mu", "state")(t, p) && idleField("readerCount", "v")(t, p)
			}}
	case "sync.WaitGroup":
		return &bound{why: "while it counts", advice: "join the processes, or use a multiprocessing.Barrier",
			idle: func(t reflect.Type, p unsafe.Pointer) bool {
				f := fieldOf(t, p, "state", "v")
				return f.IsValid() && f.Uint()&^(1<<31) == 0 // bit 31 says that it belongs to a test's bubble
			}}
	case "sync.Cond", "sync.notifyList":
		return &bound{advice: "use a multiprocessing.Condition"}
	case "time.Timer", "time.Ticker":
		return &bound{advice: "send the duration, and make it there"}
	case "context.cancelCtx", "context.timerCtx", "context.afterFuncCtx", "context.stopCtx":
		return &bound{advice: "make it there, and use a multiprocessing.Event to end it"}
	case "reflect.Value":
		return &bound{advice: "send what its Interface method returns"}
	case "runtime.Func":
		return &bound{advice: "send its name"}
	case "hash/maphash.Seed":
		return &bound{advice: "make it there: hashes of two processes differ"}
	case "unique.Handle":
		return &bound{advice: "send its value, and make the handle there"}
	case "weak.Pointer":
		return &bound{advice: "send what it points to"}
	}
	return nil
}

// boundPackages are the packages of the runtime whose structs belong to one process, with what to use instead of their
// types.
func boundPackages(path string) (advice func(name string) string) {
	rest, ok := strings.CutPrefix(path, "gilkernel/runtime/")
	if !ok {
		return nil
	}
	switch rest {
	case "threading", "gil", "machine":
		return func(name string) string {
			switch name {
			case "Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition", "Event", "Barrier":
				return "use a multiprocessing." + name
			case "Thread", "Timer":
				return "start the thread in the process's target"
			}
			return "make it in the process's target"
		}
	case "queue":
		return func(name string) string {
			if name == "SimpleQueue" {
				return "use a multiprocessing.SimpleQueue"
			}
			return "use a multiprocessing.Queue"
		}
	case "futures":
		return func(name string) string {
			if name == "Future" {
				return "send its result"
			}
			return "make the executor in the process's target"
		}
	case "asyncio":
		return func(string) string { return "run the event loop in the process's target" }
	}
	return nil
}

// boundTo returns why a type is bound to its process, nil if it isn't.
func boundTo(t reflect.Type) *bound {
	name, _, generic := strings.Cut(t.Name(), "[")
	if generic && t.PkgPath() == "unique" && marshals(t) {
		return nil
	}
	if t.PkgPath() == "" || t.PkgPath() == "main" {
		return nil
	}
	if b := boundTypes(t.PkgPath() + "." + name); b != nil {
		return b
	}
	if advice := boundPackages(t.PkgPath()); advice != nil && t.Kind() == reflect.Struct && !isReducer(t) &&
		!reflect.PointerTo(t).Implements(reflect.TypeFor[error]()) {
		return &bound{advice: advice(name)}
	}
	return nil
}

// boundKind returns why only nil of a kind can be sent.
func boundKind(t reflect.Type) *bound {
	if t.Kind() == reflect.Chan {
		return &bound{advice: "use a multiprocessing.Queue or a Pipe"}
	}
	return &bound{advice: "send what it points to, by a pointer of its type"}
}

// fieldOf returns an integer within a struct.
func fieldOf(t reflect.Type, p unsafe.Pointer, path ...string) reflect.Value {
	v := reflect.NewAt(t, p).Elem()
	for _, name := range path {
		f := v.FieldByName(name)
		if !f.IsValid() {
			return f
		}
		v = f
	}
	return v
}

// idleField returns an idle that checks one integer field. Other versions of Go may lack the field: there only the zero
// value is idle.
func idleField(path ...string) func(t reflect.Type, p unsafe.Pointer) bool {
	return func(t reflect.Type, p unsafe.Pointer) bool {
		f := fieldOf(t, p, path...)
		if !f.IsValid() || !f.CanInt() {
			return reflect.NewAt(t, p).Elem().IsZero()
		}
		return f.Int() == 0
	}
}

// atomicPointer returns what an atomic.Pointer points to, nil if t is none.
func atomicPointer(t reflect.Type) reflect.Type {
	if t.PkgPath() != "sync/atomic" || !strings.HasPrefix(t.Name(), "Pointer[") || t.NumField() == 0 {
		return nil
	}
	if f := t.Field(0).Type; f.Kind() == reflect.Array && f.Elem().Kind() == reflect.Pointer {
		return f.Elem().Elem()
	}
	return nil
}
