package yaegi

import (
	"os"
	"reflect"
	"sync"
	"testing"

	"gilkernel/kernel/cell/stdlib"
	"gilkernel/kernel/exec"
	"gilkernel/runtime/symbols"
)

// host is what the engines need here: it prints nothing and interrupts nothing.
type host struct {
	mu     sync.Mutex
	tables map[string]map[string]reflect.Value
}

func (h *host) Go(origin any, _ string, f func(any)) { go f(origin) }
func (h *host) Origin() any                          { return nil }
func (h *host) Done(any) <-chan struct{}             { return nil }
func (h *host) Thread(any) exec.Thread               { return nil }
func (h *host) Frees(_, _, _ string) exec.Freeing    { return exec.Holds }
func (h *host) Tick(any)                             {}
func (h *host) Print([]byte)                         {}
func (h *host) Method(reflect.Type, string) (reflect.Value, bool) {
	return reflect.Value{}, false
}
func (h *host) Symbol(path, name string) (reflect.Value, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tables[path] == nil {
		h.tables[path] = symbols.Load(path)
	}
	v, ok := h.tables[path][name]
	return v, ok
}

func TestFile(t *testing.T) {
	text, err := os.ReadFile(os.Getenv("YFILE"))
	if err != nil {
		t.Skip(err)
	}
	e := exec.New(&host{tables: map[string]map[string]reflect.Value{}}, &stdlib.Importer{})
	e.SetBodies(Engine{}, MaxCalls)
	p, err := e.Compile("p.go", string(text))
	if err != nil {
		t.Fatal(err)
	}
	p.Init(nil)
	e.Call(nil, "main")
}
