package call_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"gilkernel/runtime/call"
)

func TestOf(t *testing.T) {
	broken := errors.New("broken")
	for _, row := range []struct {
		name string
		fn   any
		args []any
		want string // "" if fn is no function
	}{
		{"nothing", func() {}, nil, "<nil> <nil>"},
		{"an error", func() error { return broken }, nil, "<nil> broken"},
		{"a value", func() any { return 7 }, nil, "7 <nil>"},
		{"both", func() (any, error) { return 7, broken }, nil, "7 broken"},
		{"a tuple", func(a int, b string) (string, int, error) { return b, a, nil }, []any{1, "x"}, "[x 1] <nil>"},
		{"variadic", func(a int, more ...float64) int { return a + len(more) }, []any{1, 2, 3.5}, "3 <nil>"},
		{"nil fits a pointer", func(p *int) bool { return p == nil }, []any{nil}, "true <nil>"},
		{"a number of another type", func(x float32, y uint8) float64 { return float64(x) + float64(y) }, []any{1, 255},
			"256 <nil>"},
		{"too few", func(int, string, bool) {}, []any{1},
			"TypeError: func(int, string, bool) missing 2 required positional arguments: 'string' and 'bool'"},
		{"too many", func(int) {}, []any{1, 2}, "TypeError: func(int) takes 1 positional argument but 2 were given"},
		{"one too many", func() {}, []any{1}, "TypeError: func() takes 0 positional arguments but 1 was given"},
		{"a wrong type", func(int) {}, []any{"x"}, "TypeError: argument 1 of func(int) must be int, not string"},
		{"too large", func(int8) {}, []any{128}, "TypeError: argument 1 of func(int8) must be int8, not int"},
		{"no whole number", func(int) {}, []any{1.5}, "TypeError: argument 1 of func(int) must be int, not float64"},
		{"nil for a number", func(int) {}, []any{nil}, "TypeError: argument 1 of func(int) must be int, not None"},
		{"no function", 7, nil, ""},
		{"nil", nil, nil, ""},
		{"a nil function", (func())(nil), nil, ""},
		{"a nil function of another type", (func(int))(nil), []any{1}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := func() (s string) {
				defer func() {
					if v := recover(); v != nil {
						s = fmt.Sprintf("%s: %v", v.(interface{ Exception() string }).Exception(), v)
					}
				}()
				f := call.Of(row.fn, row.args)
				if f == nil {
					return ""
				}
				v, err := f()
				return fmt.Sprint(v, " ", err)
			}()
			if got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

// A value that fits is the same number, in each type that it fits.
func FuzzFit(f *testing.F) {
	for _, n := range []int64{0, 1, -1, 127, 128, 255, 256, 1 << 24, 1<<24 + 1, 1 << 53, 1<<53 + 1, math.MaxInt64,
		math.MinInt64} {
		f.Add(n, float64(n))
	}
	f.Add(int64(0), math.NaN())
	f.Add(int64(0), math.Inf(-1))
	f.Add(int64(3), 0.1)
	types := []reflect.Type{reflect.TypeFor[int8](), reflect.TypeFor[int64](), reflect.TypeFor[uint8](),
		reflect.TypeFor[uint64](),
		reflect.TypeFor[float32](), reflect.TypeFor[float64]()}
	f.Fuzz(func(t *testing.T, n int64, x float64) {
		for _, to := range types {
			if v, ok := call.Fit(n, to); ok &&
				fmt.Sprintf("%.0f", v.Convert(reflect.TypeFor[float64]()).Float()) != fmt.Sprintf("%.0f", float64(n)) {
				t.Errorf("%d became %v", n, v)
			}
			if v, ok := call.Fit(x, to); ok && x == x && v.Convert(reflect.TypeFor[float64]()).Float() != x {
				t.Errorf("%v became %v", x, v)
			}
		}
		if v, ok := call.Fit(n, reflect.TypeFor[int64]()); !ok || v.Int() != n {
			t.Errorf("%d doesn't fit itself", n)
		}
	})
}
