package cpython_test

import (
	"errors"
	"math"
	"math/big"
	"net"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"gilkernel/runtime/cpython"
)

type inner struct {
	B []byte
	m map[string]int
}

type outer struct {
	A int
	inner
	p  *float64
	_  int
	st string
}

func TestMarshal(t *testing.T) {
	x := 2.0
	for _, r := range []struct {
		v    any
		want string
	}{
		{nil, "null"}, {true, "true"}, {-5, "-5"}, {uint64(math.MaxUint64), "18446744073709551615"},
		{int8(-128), "-128"}, {'a', "97"},
		{1.0, "1.0"}, {1e21, "1e+21"}, {float32(0.1), "0.1"}, {0.1, "0.1"}, {math.Copysign(0, -1), "-0.0"},
		{5e-324, "5e-324"},
		{math.NaN(), `{"\u0000":["float","nan"]}`}, {math.Inf(1), `{"\u0000":["float","inf"]}`},
		{math.Inf(-1), `{"\u0000":["float","-inf"]}`},
		{"a\"ü\n\x00", `"a\"ü\n\u0000"`}, {[]byte("hi"), `{"\u0000":["bytes","aGk="]}`},
		{[]byte(nil), `{"\u0000":["bytes",""]}`}, {[2]byte{1, 2}, `{"\u0000":["bytes","AQI="]}`},
		{[]int(nil), "[]"}, {[]int{}, "[]"}, {[]any{1, nil, "x", []int{2}}, `[1,null,"x",[2]]`},
		{[2]bool{true}, "[true,false]"},
		{map[string]int(nil), "{}"}, {map[string]any{"b": 1, "a": []int{}}, `{"a":[],"b":1}`},
		{map[int]string{2: "x", 1: "y"}, `{"\u0000":["dict",[[1,"y"],[2,"x"]]]}`},
		{map[any]int{"a": 1}, `{"a":1}`}, {map[any]int{1: 1}, `{"\u0000":["dict",[[1,1]]]}`},
		{map[float64]bool{0.5: true}, `{"\u0000":["dict",[[0.5,true]]]}`},
		{struct{}{}, "{}"}, {&x, "2.0"}, {(*int)(nil), "null"},
		{outer{A: 1, inner: inner{[]byte("x"), map[string]int{"k": 1}}, p: &x, st: "s"},
			`{"A":1,"inner":{"B":{"\u0000":["bytes","eA=="]},"m":{"k":1}},"p":2.0,"st":"s"}`},
		{new(big.Int).Lsh(big.NewInt(1), 70), "1180591620717411303424"}, {*big.NewInt(7), "7"},
		{(*big.Int)(nil), "null"}, {1500 * time.Millisecond, "1.5"},
		{time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), `"2020-01-02T03:04:05Z"`}, {time.Second.String, ""},
		{[]*float64{&x, &x}, "[2.0,2.0]"}, // twice is no cycle
	} {
		got, err := cpython.Marshal("v", r.v)
		if (err != nil) != (r.want == "") || got != r.want && err == nil {
			t.Errorf("%#v: %s, %v; want %s", r.v, got, err, r.want)
		}
	}
}

func TestMarshalRefuses(t *testing.T) {
	type account struct {
		Balance int
		Mu      sync.Mutex
	}
	type ring struct{ Next *ring }
	r := &ring{}
	r.Next = r
	self := map[string]any{}
	self["me"] = []any{self}
	list := make([]any, 1)
	list[0] = list
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	deep := any(1)
	for range 1100 {
		deep = []any{deep}
	}
	x := 5
	for want, v := range map[string]any{
		"v is a chan int, which can't be sent to Python: receive from it in Go, and send what came": make(chan int),
		"v[1] is a function": []any{1, func() {}}, "v.Mu is a sync.Mutex": &account{Balance: 1},
		`v["a"].x is a complex128`: map[string]any{"a": struct{ x complex128 }{1i}},
		"v is an os.File":          os.Stdin, "v[0] is a net.TCPListener": []net.Listener{listener},
		"v.Next is a value that contains itself":     r,
		`v["me"][0] is a value that contains itself`: self, "v[0] is a value that contains itself": list,
		"v is an unsafe.Pointer": unsafe.Pointer(&x), "v is an uintptr": uintptr(1),
		"which can't be sent to Python: send a slice of what it holds": deep,
		"v is a string that is no valid UTF-8":                         "\xff",
		"v's key is a string that is no valid UTF-8":                   map[string]int{"\xff": 1},
		"v is a map with keys of type [2]int":                          map[[2]int]int{{1, 2}: 3},
		"zero character":                                               map[string]int{"\x00": 1},
		"v is an errors.errorString":                                   errors.New("x"),
		"v[1] is part of more than 64 MiB": []string{strings.Repeat("x", cpython.MaxValue),
			"y"},
	} {
		got, err := cpython.Marshal("v", v)
		var refused *cpython.Unsendable
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%T: %.60q, %v; want %s", v, got, err, want)
		}
	}
}

func TestUnmarshal(t *testing.T) {
	huge, _ := new(big.Int).SetString("-99999999999999999999", 10)
	for data, want := range map[string]any{
		"null": nil, "true": true, "5": 5, "-9223372036854775808": math.MinInt64, "-99999999999999999999": huge,
		"1.0": 1.0, "1e16": 1e16, `"\u00fc"`: "ü",
		"[1, [2.5]]": []any{1, []any{2.5}}, `{"a": {"b": null}}`: map[string]any{"a": map[string]any{"b": nil}},
		"{}": map[string]any{}, "[]": []any{},
		`{"\u0000": ["bytes", "aGk="]}`: []byte("hi"), `{"\u0000": ["float", "-inf"]}`: math.Inf(-1),
	} {
		got, err := cpython.Unmarshal([]byte(data))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v, %v", data, got, err)
		}
	}
	for _, data := range []string{"", "{", "NaN", `{"\u0000": ["bytes", "?"]}`, `{"\u0000": ["bytes", 1]}`,
		`{"\u0000": ["dict", []]}`, `{"\u0000": []}`, `{"\u0000": ["float", "x"]}`, `[{"\u0000": ["x", "y"]}]`} {
		if v, err := cpython.Unmarshal([]byte(data)); err == nil {
			t.Errorf("%s: %#v", data, v)
		}
	}
	if v, err := cpython.Unmarshal([]byte(`{"\u0000": ["float", "nan"]}`)); err != nil || !math.IsNaN(v.(float64)) {
		t.Error(v, err)
	}
	for want, v := range map[string]any{
		"bool":           true,
		"int":            1,
		"*big.Int":       huge,
		"float64":        1.5,
		"string":         "",
		"[]byte":         []byte{},
		"[]any":          []any{},
		"map[string]any": map[string]any{},
		"any":            nil,
	} {
		if got := cpython.TypeOf(v); got != want {
			t.Errorf("%T: %s", v, got)
		}
	}
}

func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{
		"x":     true,
		"_a1":   true,
		"B":     true,
		"":      false,
		"1a":    false,
		"a b":   false,
		"a.b":   false,
		"class": false,
		"print": false,
		"None":  false,
		"ü":     false,
		"async": false,
	} {
		if cpython.IsName(name) != want {
			t.Errorf("%q", name)
		}
	}
}
