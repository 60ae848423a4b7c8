// Package exectest is the smallest host that an engine runs programs with, for tests and benchmarks.
package exectest

import (
	"reflect"
	"strings"
	"sync"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/std"
	"gilkernel/kernel/std/frees"
	"gilkernel/kernel/std/symbols"
)

// A Host implements exec.Host for a program without a session: it keeps what print prints, has no threads and
// interrupts nothing. The zero Host is ready for use. A test that needs more embeds a Host and replaces methods.
type Host struct {
	Symbols symbols.Tables // of compiled packages

	mu  sync.Mutex // protects the field below
	out strings.Builder
	wg  sync.WaitGroup // counts goroutines of Go
}

// Go implements exec.Host: the goroutine ends with f, which Wait waits for.
func (h *Host) Go(origin any, _ string, f func(any)) { h.wg.Go(func() { f(origin) }) }

// Wait returns when all goroutines of the program have ended.
func (h *Host) Wait() { h.wg.Wait() }

// Print implements exec.Host.
func (h *Host) Print(text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.out.Write(text)
}

// Printed returns what was printed so far. It is safe for concurrent use.
func (h *Host) Printed() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.out.String()
}

// Symbol implements exec.Host.
func (h *Host) Symbol(path, name string) (reflect.Value, bool) { return h.Symbols.Find(path, name) }

// Origin implements exec.Host.
func (h *Host) Origin() any { return nil }

// Done implements exec.Host.
func (h *Host) Done(any) <-chan struct{} { return nil }

// Thread implements exec.Host.
func (h *Host) Thread(any) exec.Thread { return nil }

// Frees implements exec.Host.
func (h *Host) Frees(_, _ string) frees.How { return frees.Holds }

// Tick implements exec.Host.
func (h *Host) Tick(any) {}

// Method implements exec.Host.
func (h *Host) Method(reflect.Type, string) (reflect.Value, bool) { return reflect.Value{}, false }

// New returns an engine with a host, whose bodies run functions; nil bodies are exec's own, which need no maxCalls.
func New(h exec.Host, bodies exec.Bodies, maxCalls int) *exec.Engine {
	e := exec.New(h, &std.Importer{})
	if bodies != nil {
		e.SetBodies(bodies, maxCalls)
	}
	return e
}
