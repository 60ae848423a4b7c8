package pickle_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

func tuples() any {
	list := make([]any, 20_000)
	for i := range list {
		list[i] = []any{i, "name", 1.5}
	}
	return list
}

// Many small objects, as a list of tuples has.
func BenchmarkDumpsTuples(b *testing.B) {
	c, v := codec(), tuples()
	var into []byte
	for b.Loop() {
		into, _ = c.Dumps(v, nil)
	}
	b.SetBytes(int64(len(into)))
}

func BenchmarkLoadsTuples(b *testing.B) {
	c := codec()
	m, _ := c.Dumps(tuples(), nil)
	b.SetBytes(int64(len(m)))
	for b.Loop() {
		if _, err := c.Loads(m, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// Slices of some arrays among slices that have arrays of their own: what shared memory still does, whatever sizes and
// places they have, and nothing else does.
func TestSlicesAmongManyStayShared(t *testing.T) {
	c := codec()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		var list [][]int32
		for range 1 + r.IntN(40) {
			a := make([]int32, 1+r.IntN(1<<r.IntN(10)))
			for range 1 + r.IntN(2)*r.IntN(3) {
				from := r.IntN(len(a))
				to := from + 1 + r.IntN(len(a)-from)
				list = append(list, a[from:to:to+r.IntN(len(a)-to+1)])
			}
		}
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		got := trip(t, c, list)
		for k := range list { // a mark in one is seen in the same others, at the same places
			list[k][0], got[k][0] = 1, 1
			if !reflect.DeepEqual(got, list) {
				t.Fatalf("seed %d: after a change of slice %d\n got %v\nwant %v", seed, k, got, list)
			}
			list[k][0], got[k][0] = 0, 0
		}
	}
}

// What can't be sent is found behind a large value that can, without reading each of its bytes.
func BenchmarkExplain(b *testing.B) {
	c := codec()
	v := []any{make([]byte, 10<<20), make(map[int]int), make(chan int)}
	for b.Loop() {
		if _, err := c.Dumps(v, nil); err == nil {
			b.Fatal("a channel was sent")
		}
	}
}

// Elements of lists take the short way or the long one, by type and length: all of them come back as they were.
func TestElements(t *testing.T) {
	type named = json.Number // a string with a name
	var list []any
	for _, n := range []int{0, 1, 62, 63, 64, 65, 126, 127, 128, 129, 5000} {
		list = append(list, strings.Repeat("é", n/2)+strings.Repeat("x", n%2), named(strings.Repeat("n", n)))
	}
	list = append(list, nil, true, false, 1, -1, int8(-3), uint16(1<<15), int32(-9), uint64(1<<63), uintptr(5),
		float32(0.5), 1.5, complex64(1i), 2i, time.Duration(7),
		[]any{"a", 1, []any{nil, 2.5}}, []int{1, 2}, []byte("b"), map[string]any{"k": []any{"v", 3}})
	list = append(list, list...) // the second time types are known
	if got := trip(t, codec(), list); !reflect.DeepEqual(got, list) {
		t.Errorf("got  %#v\nwant %#v", got, list)
	}
}
