package socket

// This file defines what becomes of a socket that a cell left behind when the same line of code runs again.
//
// In Python the second run of a notebook's cell that starts a server fails, "Address already in use", and as the
// variable of the first server has been assigned to by then, only a restart of the kernel helps. Here the socket that
// the line bound in the former run is closed, and stderr says so.

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"weak"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// module is what an interpreter keeps of this package: which sockets its cells have bound.
type module struct {
	mu    sync.Mutex                    // protects the field below; held briefly
	bound map[weak.Pointer[Socket]]bind // weak: a socket that nothing else refers to is closed, see package network
}

type bind struct {
	port uint16
	site machine.Site
	line string
}

type moduleKey struct{}

func moduleOf(t *machine.Thread) *module {
	in := gil.Of(t)
	if in == nil {
		return nil
	}
	return in.State(moduleKey{}, func() any { return &module{bound: map[weak.Pointer[Socket]]bind{}} }).(*module)
}

// place returns where in a cell the caller is, and the line's text; "" if it isn't known.
func place(t *machine.Thread) (machine.Site, string) {
	site := t.Site()
	if site.Cell == 0 {
		return site, ""
	}
	return site, strings.TrimSpace(threading.LineOf(t, site))
}

// remember notes that s is bound.
func (s *Socket) remember(t *machine.Thread, addr netip.AddrPort) {
	m := moduleOf(t)
	site, line := place(t)
	if m == nil || line == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.bound, func(o weak.Pointer[Socket], _ bind) bool { return o.Value() == nil })
	m.bound[weak.Make(s)] = bind{addr.Port(), site, line}
}

// forget is the end of remember.
func (s *Socket) forget(t *machine.Thread) {
	if m := moduleOf(t); m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.bound, weak.Make(s))
	}
}

// takeOver closes the socket that the same line bound in a former run of its cell, and reports whether there was one.
func (s *Socket) takeOver(t *machine.Thread, addr netip.AddrPort, err error) bool {
	m := moduleOf(t)
	if m == nil || !errors.Is(err, syscall.EADDRINUSE) {
		return false
	}
	site, line := place(t)
	if line == "" {
		return false
	}
	var old *Socket
	var was machine.Site
	m.mu.Lock()
	for w, b := range m.bound {
		if o := w.Value(); o != nil && o.kind == s.kind && b.port == addr.Port() && b.site.Cell != site.Cell &&
			b.line == line {
			old, was = o, b.site
		}
	}
	m.mu.Unlock()
	if old == nil {
		return false
	}
	old.replaced.Store(true)
	_ = old.Close()
	threading.Report(t,
		fmt.Sprintf("socket: %v had bound port %d and left it open; it was closed, as the same line runs again.\n", was,
			addr.Port()))
	return true
}

// checkReplaced ends the thread that accepts clients of a socket which was taken over: its loop would repeat with
// errors forever.
func (s *Socket) checkReplaced(t *machine.Thread) {
	if t != nil && s.replaced.Load() {
		panic(&exceptions.SystemExit{})
	}
}
