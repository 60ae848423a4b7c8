package snapshot_test

import (
	"bytes"
	"context"
	"os"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"gilkernel/kernel/snapshot"
)

// node is a type of interpreted code.
type node struct {
	n    int
	next *node
	list []int
	m    map[string]*node
	any  any
	mu   sync.Mutex
}

type state struct {
	n       int
	text    string
	root    *node
	list    []*node
	m       map[string]int
	nested  map[int]map[string][]int
	any     any
	f       func() int
	ap      atomic.Pointer[node]
	av      atomic.Value
	sm      sync.Map
	pool    sync.Pool
	buf     *bytes.Buffer
	array   [3]node
	c       chan int
	file    *os.File
	ctx     context.Context
	spare   []int
	captive *int
}

func newState() *state {
	s := &state{n: 1, text: "a", root: &node{n: 1, list: []int{1, 2}}, list: []*node{{n: 5}, nil},
		m: map[string]int{"a": 1, "b": 2}, nested: map[int]map[string][]int{1: {"x": {1, 2, 3}}},
		any: &node{n: 9, any: []string{"q"}}, buf: bytes.NewBufferString("buffer"), c: make(chan int, 3),
		file: os.Stdin, ctx: context.Background(), spare: make([]int, 1, 5), captive: new(int)}
	s.root.next = s.root // a cycle
	s.root.m = map[string]*node{"self": s.root}
	s.ap.Store(&node{n: 11})
	s.av.Store(&node{n: 12})
	s.sm.Store("k", &node{n: 13})
	captive := s.captive
	s.f = func() int { *captive++; return *captive }
	return s
}

func variable(s *state) snapshot.Variable {
	return snapshot.Variable{Name: "pkg.V", Type: reflect.TypeFor[state](), Pointer: unsafe.Pointer(s)}
}

func options(s *state) snapshot.Options {
	return snapshot.Options{
		Interpreted: func(path string) bool { return path == reflect.TypeFor[node]().PkgPath() },
		Captured: func(reflect.Value) []snapshot.Variable {
			return []snapshot.Variable{{Type: reflect.TypeFor[int](), Pointer: unsafe.Pointer(s.captive)}}
		}}
}

// Each change is taken back, and the digest says that it was one.
func TestRestore(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(s *state)
		same   bool // it isn't seen from outside
		lost   bool // it can't be taken back
	}{
		{"nothing", func(*state) {}, true, false},
		{"number", func(s *state) { s.n++ }, false, false},
		{"text", func(s *state) { s.text += "b" }, false, false},
		{"pointee", func(s *state) { s.root.n++ }, false, false},
		{"pointer", func(s *state) { s.root = &node{n: 1} }, false, false},
		{"cut", func(s *state) { s.root.next = nil }, false, false},
		{"slice element", func(s *state) { s.root.list[1] = 7 }, false, false},
		{"append in place", func(s *state) { s.spare = append(s.spare, 8); s.spare = s.spare[:1] }, true, false},
		{"element's pointee", func(s *state) { s.list[0].n = 0 }, false, false},
		{"map element", func(s *state) { s.m["a"] = 5 }, false, false},
		{"map grows", func(s *state) { s.m["c"] = 5 }, false, false},
		{"map shrinks", func(s *state) { delete(s.m, "b") }, false, false},
		{"map is replaced", func(s *state) { s.m = nil }, false, false},
		{"nested", func(s *state) { s.nested[1]["x"][2] = 0 }, false, false},
		{"nested map", func(s *state) { s.nested[1]["y"] = nil }, false, false},
		{"cycle through a map", func(s *state) { s.root.m["self"] = nil }, false, false},
		{"interface", func(s *state) { s.any = 7 }, false, false},
		{"in an interface", func(s *state) { s.any.(*node).any.([]string)[0] = "r" }, false, false},
		{"captured", func(s *state) { s.f() }, false, false},
		{"atomic pointer", func(s *state) { s.ap.Store(&node{n: 3}) }, false, false},
		{"atomic pointee", func(s *state) { s.ap.Load().n++ }, false, false},
		{"atomic value", func(s *state) { s.av.Load().(*node).n++ }, false, false},
		{"sync.Map", func(s *state) { s.sm.Store("l", 1) }, false, false},
		{"sync.Map's element", func(s *state) { v, _ := s.sm.Load("k"); v.(*node).n++ }, false, false},
		{"sync.Map's key", func(s *state) { s.sm.Delete("k") }, false, false},
		{"pool", func(s *state) { s.pool.Put(new(node)) }, true, false},
		{"buffer", func(s *state) { s.buf.ReadByte() }, false, false},
		{"array", func(s *state) { s.array[2].any = 1 }, false, false},
		{"mutex", func(s *state) { s.array[1].mu.Lock() }, false, false},
		{"channel", func(s *state) { s.c <- 1 }, true, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newState()
			v, o := variable(s), options(s)
			before := snapshot.Digest(v, o)
			snap := snapshot.Take([]snapshot.Variable{v}, o)
			for range 2 {
				row.change(s)
				if got := snapshot.Digest(v, o) == before; got != row.same {
					t.Errorf("the digest is the same: %t", got)
				}
				lost := snap.Restore()
				if row.lost != slices.Equal(lost, []string{"pkg.V"}) {
					t.Errorf("lost: %q", lost)
				}
				if got := snapshot.Digest(v, o); got != before && !row.lost {
					t.Error("it isn't what it was")
				}
				if *s.captive != 0 || s.pool.Get() != nil {
					t.Error("the captured variable or the pool isn't what it was")
				}
			}
		})
	}
}

// Two variables that look the same have the same digest, wherever they lie.
func TestDigest(t *testing.T) {
	a, b := newState(), newState()
	if snapshot.Digest(variable(a), options(a)) != snapshot.Digest(variable(b), options(b)) {
		t.Error("the digests differ")
	}
}

// What is too much to copy is named.
func TestTooMuch(t *testing.T) {
	big := make([]byte, 65<<20)
	v := snapshot.Variable{Name: "pkg.Big", Type: reflect.TypeFor[[]byte](), Pointer: unsafe.Pointer(&big)}
	lost := snapshot.Take([]snapshot.Variable{v}, snapshot.Options{}).Restore()
	if !slices.Equal(lost, []string{"pkg.Big"}) {
		t.Errorf("lost: %q", lost)
	}
	if snapshot.Digest(v, snapshot.Options{}) != 0 {
		t.Error("a digest of a part")
	}
}
