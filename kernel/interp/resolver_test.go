package interp

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/kernel/std"
	"gilkernel/runtime/pickle"
)

// engineOf returns an engine with a source; run says whether its variables are set.
func engineOf(t *testing.T, text string, run bool) *exec.Engine {
	t.Helper()
	m := newHost(newRunner(link.NewWriter(io.Discard), io.Discard, nil), &std.Importer{})
	p, err := m.engine.Compile("c1.go", "package main\n"+text)
	if err != nil {
		t.Fatal(err)
	}
	if run {
		p.Init(nil)
	}
	return m.engine
}

// noSources has all sources.
type noSources struct{}

func (noSources) compiled() int      { return 0 }
func (noSources) catchUp(_ int) bool { return false }

// A source that comes while a process looks for a function, in vain, has come in time: the process looks again.
func TestSourceComesInTime(t *testing.T) {
	var ps processes
	looked := 0
	found, err := lookUp(&ps, func() (string, error) {
		if looked++; looked == 1 {
			ps.log(&link.Run{ID: 1, Source: "func negate(x int) int { return -x }"})
			return "", errors.New("the function negate isn't known here any more")
		}
		return "negate", nil
	})
	if found != "negate" || err != nil || looked != 2 {
		t.Errorf("looked %d times, found %q, %v", looked, found, err)
	}
}

// What cells declare goes from one interpreter to another and back.
func TestValuesOfCellsBetweenEngines(t *testing.T) {
	const text = `import ("errors"; "fmt"; "io"; "os"; "net"; "sync"; "math")
type P struct{ x int; next *P }
func (p *P) Add(n int) int { p.x += n; return p.x }
type G[T any] struct{ v T; f func() T }
type E struct{ code int }
func (e *E) Error() string { return fmt.Sprint("E", e.code) }
type client struct { name string; conn net.Conn; mu sync.Mutex }
func counter() (func() int, func() int) { n := 5; return func() int { n++; return n }, func() int { return n } }
func sending() func() { ch := make(chan int, 1); return func() { ch <- 1 } }
func check(vs []any) string {
	inc, see := vs[0].(func() int), vs[1].(func() int)
	inc()
	p := vs[2].(*P)
	g := vs[4].(G[P])
	m := vs[6].(map[P][]any)
	return fmt.Sprint(see(), p.next == p, vs[3].(func(int) int)(1), p.x, g.v.x, g.f().x, errors.Is(vs[5].(error), io.EOF), len(m), vs[7].(func(float64) float64)(4), vs[8].(interface{ Error() string }).Error(), vs[9] == any(os.Stdout))
}
var vs []any
var bad = map[string]any{}
var dummy = func() int {
	inc, see := counter()
	p := &P{x: 1}
	p.next = p
	vs = []any{inc, see, p, p.Add, G[P]{P{x: 7}, func() P { return P{x: 8} }}, fmt.Errorf("r: %w", io.EOF), map[P][]any{{x: 1}: {p}}, math.Sqrt, &E{3}, os.Stdout}
	c := &client{}
	c.mu.Lock()
	bad["locked"], bad["send"] = c, sending()
	return 0
}()
`
	a, b := engineOf(t, text, true), engineOf(t, text, false)
	get := func(name string) any {
		g, _ := a.Global(name)
		return reflect.NewAt(g.Type, g.Pointer).Elem().Interface()
	}
	ca, cb := codec(a, noSources{}), codec(b, noSources{})
	bytes, err := ca.Dumps(get("vs"), nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := cb.Loads(bytes, nil)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err = cb.Dumps(v, nil)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ca.Loads(bytes, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		e *exec.Engine
		v any
	}{{b, v}, {a, back}} {
		found, err := s.e.Find(`D"""check"[0;]`, reflect.TypeFor[func([]any) string]())
		if err != nil {
			t.Fatal(err)
		}
		f := reflect.New(reflect.TypeFor[func([]any) string]())
		*(*unsafe.Pointer)(f.UnsafePointer()) = found.Func
		if got := f.Elem().Call([]reflect.Value{reflect.ValueOf(s.v)})[0].String(); got != "6 true 2 2 7 8 true 1 "+
			"2E3true" {
			t.Errorf("got %s", got)
		}
	}
	for name, want := range map[string]string{
		"locked": "args[0].mu: a sync.Mutex can't be sent to another process while it is locked",
		"send": "args[0]: captured variable ch: a chan int can't be sent to another process: use a " +
			"multiprocessing.Queue or a Pipe",
	} {
		_, err := ca.DumpItems([]pickle.Item{{Name: "args", Value: []any{get("bad").(map[string]any)[name]}}}, nil)
		if !strings.HasPrefix(fmt.Sprint(err), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An error that a variable of a cell holds is the same one in another process that has the variable, and a copy in one
// that hasn't.
func TestErrorsOfCellsStayThemselves(t *testing.T) {
	const text = `import ("errors"; "fmt")
type Odd struct{ n int }
func (o *Odd) Error() string { return fmt.Sprint("odd ", o.n) }
var ErrA = errors.New("a")
var ErrB error = &Odd{3}
var other = errors.New("a")
var vs = []any{ErrA, fmt.Errorf("w: %w", ErrB), errors.Join(ErrA, ErrB), errors.New("a")}
func check(vs []any) string {
	e := func(i int) error { return vs[i].(error) }
	return fmt.Sprint(errors.Is(e(0), ErrA), errors.Is(e(0), other), errors.Is(e(1), ErrB), errors.Is(e(2), ErrA), errors.Is(e(2), ErrB), errors.Is(e(3), ErrA), e(0), e(1))
}
`
	a := engineOf(t, text, true)
	g, _ := a.Global("vs")
	bytes, err := codec(a, noSources{}).Dumps(reflect.NewAt(g.Type, g.Pointer).Elem().Interface(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		run  bool
		want string
	}{{true, "true false true true true false a w: odd 3"}, {false, "false false false false false false a w: odd 3"}} {
		b := engineOf(t, text, s.run)
		v, err := codec(b, noSources{}).Loads(bytes, nil)
		if err != nil {
			t.Fatal(err)
		}
		found, err := b.Find(`D"""check"[0;]`, reflect.TypeFor[func([]any) string]())
		if err != nil {
			t.Fatal(err)
		}
		f := reflect.New(reflect.TypeFor[func([]any) string]())
		*(*unsafe.Pointer)(f.UnsafePointer()) = found.Func
		if got := f.Elem().Call([]reflect.Value{reflect.ValueOf(v)})[0].String(); got != s.want {
			t.Errorf("run=%v: got %s", s.run, got)
		}
	}
}
