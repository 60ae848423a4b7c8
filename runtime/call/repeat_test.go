package call_test

import (
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"

	"gilkernel/runtime/call"
)

// A type of each kind of memory, named ones among them.
type (
	celsius float64
	point   struct{ x, y int }
	words   []string
)

// Each calls a function as Of does, whatever the memory of its argument and result.
func TestEach(t *testing.T) {
	odd := errors.New("odd")
	n := 7
	for _, row := range []struct {
		name  string
		fn    any
		items any
		want  string // the results, and the error
		last  uint32 // the item that was begun last
	}{
		{"ints", func(x int) int { return x * x }, []int{1, 2, 3}, "[]int [1 4 9] <nil>", 2},
		{"none", func(x int) int { return x }, []int{}, "[]int [] <nil>", 9},
		{"no result", func(int) {}, []int{1, 2}, "[]interface {} [<nil> <nil>] <nil>", 1},
		{"floats of a type", func(x celsius) celsius { return x / 2 }, []celsius{1, 3},
			"[]call_test.celsius [0.5 1.5] <nil>", 1},
		{"strings to bools", func(s string) bool { return s == "a" }, []string{"a", "b"}, "[]bool [true false] <nil>",
			1},
		{"pointers", func(p *int) int { return *p }, []*int{&n, &n}, "[]int [7 7] <nil>", 1},
		{"slices", func(w words) words { return w[1:] }, []words{{"a", "b"}, {"c"}}, "[]call_test.words [[b] []] <nil>",
			1},
		{"maps", func(m map[string]int) int { return m["a"] }, []map[string]int{{"a": 1}, nil}, "[]int [1 0] <nil>", 1},
		{"structs", func(p point) point { return point{p.y, p.x} }, []point{{1, 2}}, "[]interface {} [{2 1}] <nil>", 0},
		{"small numbers", func(x int8) uint16 { return uint16(x) + 300 }, []int8{1, 2},
			"[]interface {} [301 302] <nil>", 1},
		{"any", func(x any) any { return x }, []any{1, "x", nil}, "[]interface {} [1 x <nil>] <nil>", 2},
		{"values in any", func(x int) int { return x + 1 }, []any{1, 2}, "[]int [2 3] <nil>", 1},
		{"strings in any", func(s string) string { return s + "!" }, []any{"a", "b"}, "[]string [a! b!] <nil>", 1},
		{"pointers in any", func(p *int) int { return *p }, []any{&n}, "[]interface {} [7] <nil>", 0},
		{"a number that fits, behind others", func(x int) int { return x + 1 }, []any{1, 2, 3.0, int8(4)},
			"[]interface {} [2 3 4 5] <nil>", 3},
		{"a number that doesn't", func(x int) int { return x }, []any{1, 2.5, 3},
			"TypeError: argument 1 of func(int) int must be int, not float64", 1},
		{"a number of another type", func(x float64) float64 { return x / 2 }, []int{1, 2},
			"[]interface {} [0.5 1] <nil>", 1},
		{"another type", func(x int) int { return x }, []string{"a"},
			"TypeError: argument 1 of func(int) int must be int, not string", 0},
		{"an error", func(x int) (int, error) {
			if x%2 == 1 {
				return 0, odd
			}
			return x, nil
		}, []int{2, 3, 4}, "<nil> <nil> odd", 1},
		{"no error", func(x int) (string, error) { return fmt.Sprint(x), nil }, []int{2, 4}, "[]string [2 4] <nil>", 1},
		{"an error alone", func(x int) error { return nil }, []int{2, 4}, "[]interface {} [<nil> <nil>] <nil>", 1},
		{"a tuple", func(x int) (int, int) { return x, -x }, []int{1, 2}, "[]interface {} [[1 -1] [2 -2]] <nil>", 1},
		{"an interface", func(x int) fmt.Stringer { return reflect.ValueOf(x).Kind() }, []int{1},
			"[]interface {} [int] <nil>", 0},
		{"an interface's value", func(e error) string { return e.Error() }, []error{odd}, "[]interface {} [odd] <nil>",
			0},
		{"variadic", func(x ...int) int { return len(x) }, []int{1, 2}, "[]interface {} [1 1] <nil>", 1},
		{"no parameter", func() int { return 1 }, []int{1},
			"TypeError: func() int takes 0 positional arguments but 1 was given", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			var item atomic.Uint32
			item.Store(9)
			got := func() (s string) {
				defer func() {
					if v := recover(); v != nil {
						s = fmt.Sprintf("%s: %v", v.(interface{ Exception() string }).Exception(), v)
					}
				}()
				v, ok, err := call.Each(row.fn, reflect.ValueOf(row.items), &item, nil)
				if !ok {
					return "no function"
				}
				return fmt.Sprintf("%T %v %v", v, v, err)
			}()
			if got != row.want || item.Load() != row.last {
				t.Errorf("got  %s, item %d\nwant %s, item %d", got, item.Load(), row.want, row.last)
			}
		})
	}
	for _, fn := range []any{nil, 7, (func(int))(nil)} {
		if _, ok, _ := call.Each(fn, reflect.ValueOf([]int{1}), new(atomic.Uint32), nil); ok {
			t.Errorf("%T was called", fn)
		}
	}
}

// The results of all types become the same values in a []any.
func TestAnys(t *testing.T) {
	for _, list := range []any{[]int{1, 1000}, []float64{0.5}, []string{"a", ""}, []bool{true, false}, []any{1, nil},
		[]celsius{1}, []point{{1, 2}}} {
		v := reflect.ValueOf(list)
		for i, x := range call.Anys(list) {
			if x != v.Index(i).Interface() {
				t.Errorf("%T: element %d is %v", list, i, x)
			}
		}
	}
}
