package exec_test

import (
	"testing"
	"unsafe"

	"gilkernel/kernel/exec"
)

// listener is an explored thread that hears of everything.
type listener struct {
	diary
	sites map[*exec.Site]int
}

func (l *listener) Explores() bool                     { return true }
func (l *listener) At(*exec.Site, unsafe.Pointer, int) {}
func (l *listener) Compares() bool                     { return false }
func (l *listener) Touched(unsafe.Pointer, exec.Touch) {}
func (l *listener) Turns() uint64                      { return 0 }
func (l *listener) Hears(*exec.Site) bool              { return true }
func (l *listener) Hear(s *exec.Site, _ unsafe.Pointer) {
	l.sites[s]++
}

var _ exec.Explored = (*listener)(nil)

// A place hears of its values under one site, however often it gets one: a listener may count by sites.
func TestSitesOfValues(t *testing.T) {
	e, h := newEngine()
	p, err := e.CompileSteps("s.go", `package main
import ("strings"; "sync")
var m sync.Map
func main() {
	strings.Map(func(r rune) rune { return r }, "abcdefgh")
	m.Store(1, 2)
	for range 8 {
		m.Range(func(k, v any) bool { return true })
	}
}`, exec.StepAccess)
	if err != nil {
		t.Fatal(err)
	}
	p.Init(nil)
	l := &listener{diary: diary{attached: true}, sites: map[*exec.Site]int{}}
	h.thread = l
	e.Call(nil, "main")
	h.thread = nil
	h.Wait()
	values := 0
	for _, n := range l.sites {
		values += n
	}
	if len(l.sites) < 3 || len(l.sites) > 6 || values < 24 {
		t.Errorf("%d values came to %d sites", values, len(l.sites))
	}
}
