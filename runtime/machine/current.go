package machine

// This file defines how a goroutine knows which thread it is.

import (
	"context"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync/atomic"
	"unsafe"
)

// A Lookup finds the thread of the calling goroutine. An interpreter that knows better than the
// goroutine's labels brings its own. Its methods may be called concurrently.
type Lookup interface {
	// Current returns the calling goroutine's thread, nil if it is none.
	Current() *Thread
	// Enter calls fn, within which Current is t; a nil t is none.
	Enter(t *Thread, fn func())
}

// lookup is the one thing that a process has once: Go has no thread-locals, so the front doors, which take
// no thread, ask here. A Machine can't keep it, as which machine is what is being asked.
var lookup atomic.Pointer[Lookup]

// SetLookup replaces the lookup of the whole process, before the first thread runs; nil is Labels.
func SetLookup(l Lookup) {
	if l == nil {
		lookup.Store(nil)
		return
	}
	lookup.Store(&l)
}

// Current returns the thread that the calling goroutine is, or nil for a plain goroutine. It takes some
// 10 ns. May be called by anybody.
func Current() *Thread {
	if l := lookup.Load(); l != nil {
		return (*l).Current()
	}
	return Labels{}.Current()
}

// Enter calls fn, within which Current returns t on this goroutine. With a nil t it is how a goroutine is
// started that belongs to no Python, go machine.Enter(nil, f): otherwise it would inherit its
// starter's thread.
func Enter(t *Thread, fn func()) {
	if l := lookup.Load(); l != nil {
		(*l).Enter(t, fn)
		return
	}
	Labels{}.Enter(t, fn)
}

// Labels is the Lookup that keeps the thread in the goroutine's profiler labels, beside those that are
// there. Goroutines inherit labels, so one that a thread starts by a bare go statement, or a compiled package for it, is
// taken for the thread: who compiles go statements wraps them in Enter(nil, …). The zero Labels is
// ready.
type Labels struct{}

// threadKey is the label's key. Its memory is nobody else's, so a label whose key has the same address
// was made here, and its value points into a tag. It never changes.
var threadKey = strings.Clone("python thread")

// A tag is what the label's value points into: the way from a label to the thread without a map.
type tag struct {
	text [12]byte // what profiles show: the thread's number
	t    *Thread
}

func newTag(t *Thread) *tag {
	g := &tag{t: t}
	strconv.AppendInt(g.text[:0], int64(t.id), 10)
	return g
}

// labelSet is the memory of runtime/pprof's labels in this version of Go; a test holds it against the
// real ones. kernel/interp reads it too.
type labelSet struct {
	list []struct{ key, value string }
}

//go:linkname profLabel runtime/pprof.runtime_getProfLabel
func profLabel() unsafe.Pointer

//go:linkname setProfLabel runtime/pprof.runtime_setProfLabel
func setProfLabel(unsafe.Pointer)

// Current returns the thread in the calling goroutine's labels.
func (Labels) Current() *Thread {
	p := (*labelSet)(profLabel())
	if p == nil {
		return nil
	}
	for i := range p.list {
		if l := &p.list[i]; unsafe.StringData(l.key) == unsafe.StringData(threadKey) && l.value != "" {
			return (*tag)(unsafe.Pointer(unsafe.StringData(l.value))).t
		}
	}
	return nil
}

// Enter puts the thread into the goroutine's labels while fn runs.
func (Labels) Enter(t *Thread, fn func()) {
	old := profLabel()
	defer setProfLabel(old)
	var list []string
	if p := (*labelSet)(old); p != nil {
		for _, l := range p.list {
			if l.key != threadKey {
				list = append(list, l.key, l.value)
			}
		}
	}
	if t != nil {
		n := 1
		for n < len(t.label.text) && t.label.text[n] != 0 {
			n++
		}
		list = append(list, threadKey, unsafe.String(&t.label.text[0], n))
	}
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels(list...)))
	fn()
}
