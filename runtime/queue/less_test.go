package queue_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"gilkernel/runtime/queue"
)

func TestLess(t *testing.T) {
	type pair struct {
		n int
		s string
	}
	type celsius float64
	now := time.Now()
	for _, c := range []struct {
		a, b any
		want any // true, false, or what the TypeError says
	}{
		{1, 2, true}, {2, 1, false}, {1, 1, false},
		{1, 1.5, true}, {uint8(200), int8(-1), false}, {int64(math.MaxInt64), float64(math.MaxInt64), true},
		{uint64(math.MaxUint64), int64(-1), false}, {false, true, true}, {true, 2, true},
		{math.NaN(), 1.0, false}, {1.0, math.NaN(), false}, {math.Inf(-1), 0, true}, {celsius(3), 4, true},
		{"a", "b", true}, {"b", "B", false}, {"", "a", true},
		{[]int{1, 2}, []int{1, 3}, true}, {[]int{1}, []int{1, 0}, true}, {[]any{1, "x"}, []any{1.0, "y"}, true},
		{[2]any{1, nil}, [2]any{2, nil}, true}, {[]any{[]int{1}, 2}, []any{[]int{1}, 3}, true},
		{pair{1, "b"}, pair{1, "c"}, true}, {pair{2, "a"}, pair{1, "c"}, false},
		{now, now.Add(1), true}, {time.Second, time.Minute, true}, {big.NewInt(3), big.NewInt(4), true},
		{[]any{now.UTC(), 1}, []any{now, 2}, true}, {[]any{big.NewInt(1), 1}, []any{big.NewInt(1), 2}, true},
		{job{1, 5}, job{2, 0}, true}, {[]any{1, job{1, 5}}, []any{1, job{2, 0}}, true},
		{1, "a", "'<' not supported between instances of 'int' and 'string'"},
		{nil, 1, "'<' not supported between instances of 'nil' and 'int'"},
		{nil, nil, "'<' not supported between instances of 'nil' and 'nil'"},
		{[]any{1, nil}, []any{1, 2}, "'<' not supported between instances of 'nil' and 'int'"},
		{[]byte("a"), "a", "'<' not supported between instances of '[]uint8' and 'string'"},
		{[]int{1}, [1]int{1}, "'<' not supported between instances of '[]int' and '[1]int'"},
		{1i, 2i, "'<' not supported between instances of 'complex128' and 'complex128'"},
		{map[int]int{}, map[int]int{}, "'<' not supported between instances of 'map[int]int' and 'map[int]int'"},
		{[]any{func() {}}, []any{TestLess}, "'<' not supported between instances of 'func()' and 'func(*testing.T)'"},
		{struct{}{}, struct{}{}, "'<' not supported between instances of 'struct {}' and 'struct {}'"},
	} {
		var got any
		if v := catch(func() { got = queue.Less(c.a, c.b) }); v != nil {
			got = v.(error).Error()
		}
		if got != c.want {
			t.Errorf("%v < %v: %v, not %v", c.a, c.b, got, c.want)
		}
	}
}
