package rtype_test

import (
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"testing"
	"text/template"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
)

func stringPoint(p *pointData) string { return fmt.Sprintf("<%d,%d>", p.x, p.y) }

func TestStringer(t *testing.T) {
	typ := pointType(method("String", stringPoint))
	v := valueOf(typ, pointData{1, 2})
	p := valueOf(reflect.PointerTo(typ), &pointData{3, 4})
	sl := reflect.Append(reflect.Zero(reflect.SliceOf(typ)), v, v)
	m := reflect.MakeMap(reflect.MapOf(typ, reflect.PointerTo(typ)))
	m.SetMapIndex(v, p)
	outer := reflect.New(define("Outer", rtype.StructOf([]reflect.StructField{field("P", typ), field("q", typ)})))
	outer.Elem().Field(0).Set(v)
	for _, c := range []struct {
		v    reflect.Value
		verb string
		want string
	}{
		{v, "%v", "<1,2>"}, {v, "%s", "<1,2>"}, {v, "%q", `"<1,2>"`}, {v, "%d", "{1 2}"},
		{v, "%#v", "main.Point{x:1, y:2}"},
		{p, "%v", "<3,4>"}, {sl, "%v", "[<1,2> <1,2>]"}, {m, "%v", "map[<1,2>:<3,4>]"},
		{outer.Elem(), "%+v", "{P:<1,2> q:{x:0 y:0}}"}, {outer, "%v", "&{<1,2> {0 0}}"},
	} {
		if got := fmt.Sprintf(c.verb, c.v.Interface()); got != c.want {
			t.Errorf("%s of %v gives %s, want %s", c.verb, c.v.Type(), got, c.want)
		}
	}
	s, ok := v.Interface().(fmt.Stringer)
	if !ok || s.String() != "<1,2>" {
		t.Error("type assertion to fmt.Stringer fails")
	}
	switch x := p.Interface().(type) {
	case error:
		t.Error("taken for an error")
	case fmt.Stringer:
		if x.String() != "<3,4>" {
			t.Error(x.String())
		}
	}
	if !typ.Implements(reflect.TypeFor[fmt.Stringer]()) || typ.Implements(reflect.TypeFor[error]()) {
		t.Error("Implements is wrong")
	}
}

func TestPointerMethods(t *testing.T) {
	typ := pointType(ptrMethod("String", stringPoint), method("Get", func(p *pointData) int { return p.x }))
	v := valueOf(typ, pointData{1, 2})
	if _, ok := v.Interface().(fmt.Stringer); ok {
		t.Error("a value has its pointer's method")
	}
	if got := fmt.Sprint(v.Interface()); got != "{1 2}" {
		t.Error(got)
	}
	if typ.NumMethod() != 1 || reflect.PointerTo(typ).NumMethod() != 2 {
		t.Errorf("%d and %d methods", typ.NumMethod(), reflect.PointerTo(typ).NumMethod())
	}
	null := reflect.Zero(reflect.PointerTo(typ))
	if got := fmt.Sprint(null.Interface()); got != "<nil>" { // fmt recovers from the nil dereference
		t.Error(got)
	}
	err := mustPanic(t, func() { null.Interface().(interface{ Get() int }).Get() })
	if got := fmt.Sprint(err); got != "value method main.Point.Get called using nil *Point pointer" {
		t.Error(got)
	}
}

func TestReflectCalls(t *testing.T) {
	add := func(p *pointData, dx int, f float64, more ...string) string {
		p.x += dx
		return fmt.Sprint(p.x, p.y, f, more)
	}
	typ := pointType(method("Add", add), method("String", stringPoint))
	args := []reflect.Value{reflect.ValueOf(5), reflect.ValueOf(1.5), reflect.ValueOf("a"), reflect.ValueOf("b")}
	for _, v := range []reflect.Value{valueOf(typ, pointData{1, 2}),
		valueOf(reflect.PointerTo(typ), &pointData{1, 2})} {
		const want = "6 2 1.5 [a b]"
		if got := v.MethodByName("Add").Call(args)[0].String(); got != want {
			t.Errorf("Value.Method: %s", got)
		}
		v = valueOf(typ, pointData{1, 2})
		m, _ := v.Type().MethodByName("Add")
		if got := m.Func.Call(append([]reflect.Value{v}, args...))[0].String(); got != want {
			t.Errorf("Type.Method: %s", got)
		}
		if got := m.Type.String(); got != "func(main.Point, int, float64, ...string) string" {
			t.Error(got)
		}
		fn := v.Method(0).Interface().(func(int, float64, ...string) string)
		if got := fn(5, 1.5, "a", "b"); got != want {
			t.Errorf("method value: %s", got)
		}
		if v.Field(0).Int() != 1 {
			t.Error("a value method changed its receiver")
		}
	}
	var b strings.Builder
	tmpl := template.Must(template.New("").Parse(`{{.String}} {{.Add 3 0.5 "q"}}`))
	if err := tmpl.Execute(&b, valueOf(typ, pointData{1, 2}).Interface()); err != nil ||
		b.String() != "<1,2> 4 2 0.5 [q]" {
		t.Errorf("template gives %s, %v", b.String(), err)
	}
}

// TestReceivers checks value methods on values of every shape in an interface.
func TestReceivers(t *testing.T) {
	x := 42
	for _, v := range []any{
		7, int8(7), "s", 1.5, float32(2), complex(1, 2), &x, []int{1}, [1]*int{&x}, [2]int{1, 2}, [0]int{}, struct{}{},
		struct{ p *int }{&x}, struct {
			_ struct{}
			p *int
		}{p: &x}, struct {
			s string
			f float64
			b bool
		}{"a", 2, true}, map[string]int{"a": 1}, make(chan int), func() {}, true, [20]int{3},
		struct{ a [3]string }{[3]string{"x"}},
	} {
		u := reflect.TypeOf(v)
		if u.Kind() == reflect.Pointer {
			continue // such a defined type has no methods
		}
		same := func(p reflect.Value) bool {
			if u.Kind() == reflect.Func {
				return p.Elem().Pointer() == reflect.ValueOf(v).Pointer()
			}
			return reflect.DeepEqual(p.Elem().Convert(u).Interface(), v)
		}
		n := rtype.NewNamed("main", "main", "R")
		n.SetUnderlying(u)
		m := method("Same", func(*int, float64, string) bool { return false })
		m.Call = func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value {
			ok := same(reflect.NewAt(n.Type(), recv)) && args[0].Float() == 1.5 && args[1].String() == "arg"
			return []reflect.Value{reflect.ValueOf(ok)}
		}
		n.SetMethods([]rtype.Method{m})
		val := reflect.ValueOf(v).Convert(n.Type())
		ptr := reflect.New(n.Type())
		ptr.Elem().Set(val)
		type samer interface{ Same(float64, string) bool }
		if !val.Interface().(samer).Same(1.5, "arg") || !ptr.Interface().(samer).Same(1.5, "arg") {
			t.Errorf("%v: wrong receiver through an interface", u)
		}
		args := []reflect.Value{reflect.ValueOf(1.5), reflect.ValueOf("arg")}
		for _, r := range []reflect.Value{val, ptr} {
			tm, _ := r.Type().MethodByName("Same")
			if !tm.Func.Call(append([]reflect.Value{r}, args...))[0].Bool() {
				t.Errorf("%v: wrong receiver by Type.Method of %v", u, r.Type())
			}
			if !r.Method(0).Call(args)[0].Bool() {
				t.Errorf("%v: wrong receiver by Value.Method of %v", u, r.Type())
			}
		}
	}
}

func TestErrors(t *testing.T) {
	errData := rtype.StructOf([]reflect.StructField{field("x", reflect.TypeFor[int]()),
		field("y", reflect.TypeFor[int]())})
	text := func(p *pointData) string { return fmt.Sprint("code ", p.x) }
	val := define("ValErr", errData, method("Error", text),
		method("Is", func(p *pointData, target error) bool { return target == fs.ErrExist }))
	ptr := define("PtrErr", errData, ptrMethod("Error", text),
		ptrMethod("Unwrap", func(*pointData) error { return io.EOF }))
	many := define("ManyErr", errData, ptrMethod("Error", text),
		ptrMethod("Unwrap", func(*pointData) []error { return []error{io.EOF, fs.ErrClosed} }))
	for _, c := range []struct {
		err   reflect.Value
		is    error
		isnt  error
		other reflect.Type
	}{
		{valueOf(val, pointData{7, 0}), fs.ErrExist, io.EOF, ptr},
		{valueOf(reflect.PointerTo(ptr), &pointData{7, 0}), io.EOF, fs.ErrExist, val},
		{valueOf(reflect.PointerTo(many), &pointData{7, 0}), fs.ErrClosed, fs.ErrExist, val},
	} {
		err := fmt.Errorf("wrapped: %w", c.err.Interface().(error))
		if err.Error() != "wrapped: code 7" || !errors.Is(err, c.is) || errors.Is(err, c.isnt) ||
			!errors.Is(err, c.err.Interface().(error)) {
			t.Errorf("%v: errors.Is goes wrong", c.err.Type())
		}
		target := reflect.New(c.err.Type())
		if !errors.As(err, target.Interface()) || target.Elem().Interface() != c.err.Interface() {
			t.Errorf("%v: errors.As finds nothing", c.err.Type())
		}
		if errors.As(err, reflect.New(reflect.PointerTo(c.other)).Interface()) && c.other == ptr {
			t.Errorf("%v: errors.As takes it for %v", c.err.Type(), c.other)
		}
	}
}

func TestSortAndHeap(t *testing.T) {
	typ := define("Ints", reflect.TypeFor[[]int](),
		method("Len", func(s *[]int) int { return len(*s) }),
		method("Less", func(s *[]int, i, j int) bool { return (*s)[i] < (*s)[j] }),
		method("Swap", func(s *[]int, i, j int) { (*s)[i], (*s)[j] = (*s)[j], (*s)[i] }),
		ptrMethod("Push", func(s *[]int, x any) { *s = append(*s, x.(int)) }),
		ptrMethod("Pop", func(s *[]int) any {
			x := (*s)[len(*s)-1]
			*s = (*s)[:len(*s)-1]
			return x
		}))
	data := []int{5, 2, 8, 1, 9}
	sort.Sort(valueOf(typ, data).Interface().(sort.Interface))
	if !sort.IntsAreSorted(data) {
		t.Error(data)
	}
	h := valueOf(reflect.PointerTo(typ), &data).Interface().(heap.Interface)
	heap.Push(h, 3)
	heap.Push(h, 0)
	var got []int
	for h.Len() > 0 {
		got = append(got, heap.Pop(h).(int))
	}
	if !sort.IntsAreSorted(got) || len(got) != 7 {
		t.Error(got)
	}
}

func TestStandardInterfaces(t *testing.T) {
	bytesT := reflect.TypeFor[[]byte]()
	w := define("W", bytesT, ptrMethod("Write", func(b *[]byte, p []byte) (int, error) {
		*b = append(*b, p...)
		return len(p), nil
	}), ptrMethod("ReadFrom", func(b *[]byte, r io.Reader) (int64, error) {
		all, err := io.ReadAll(r)
		*b = append(append(*b, "from:"...), all...)
		return int64(len(all)), err
	}))
	var buf []byte
	if n, err := io.Copy(valueOf(reflect.PointerTo(w), &buf).Interface().(io.Writer),
		io.LimitReader(strings.NewReader("hello"), 4)); n != 4 || err != nil || string(buf) != "from:hell" {
		t.Errorf("io.Copy: %d, %v, %s", n, err, buf)
	}
	fmt.Fprintf(valueOf(reflect.PointerTo(w), &buf).Interface().(io.Writer), "%d", 5)
	if string(buf) != "from:hell5" {
		t.Errorf("Fprintf: %s", buf)
	}

	handler := define("H", reflect.TypeFor[string](),
		method("ServeHTTP", func(s *string, w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "%s %s", *s, r.URL.Path)
		}))
	greeting := "hi"
	rec := httptest.NewRecorder()
	valueOf(handler, greeting).Interface().(http.Handler).ServeHTTP(rec, httptest.NewRequest("GET", "/x", nil))
	if rec.Body.String() != "hi /x" {
		t.Error(rec.Body.String())
	}

	fn := define("Fn", reflect.TypeFor[func(string) string](),
		method("ServeHTTP", func(f *func(string) string, w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, (*f)(r.URL.Path))
		}))
	rec = httptest.NewRecorder()
	valueOf(fn, strings.ToUpper).Interface().(http.Handler).ServeHTTP(rec, httptest.NewRequest("GET", "/x", nil))
	if rec.Body.String() != "/X" {
		t.Error(rec.Body.String())
	}

	f := pointType(method("Format", func(p *pointData, s fmt.State, verb rune) { fmt.Fprintf(s, "%c!%d", verb, p.y) }))
	if got := fmt.Sprintf("%z", valueOf(f, pointData{1, 2}).Interface()); got != "z!2" {
		t.Error(got)
	}

	j := pointType(method("MarshalJSON",
		func(p *pointData) ([]byte, error) { return fmt.Appendf(nil, "[%d,%d]", p.x, p.y), nil }),
		ptrMethod("UnmarshalJSON", func(p *pointData, b []byte) error {
			_, err := fmt.Sscanf(string(b), "[%d,%d]", &p.x, &p.y)
			return err
		}))
	p := reflect.New(j)
	if err := json.Unmarshal([]byte("[8,9]"), p.Interface()); err != nil {
		t.Error(err)
	}
	if b, err := json.Marshal(map[string]any{"k": p.Elem().Interface()}); err != nil || string(b) != `{"k":[8,9]}` {
		t.Errorf("%s, %v", b, err)
	}
	keyed := reflect.MakeMap(
		reflect.MapOf(pointType(method("MarshalText",
			func(p *pointData) ([]byte, error) { return []byte(fmt.Sprint(p.x)), nil })), reflect.TypeFor[int]()))
	keyed.SetMapIndex(valueOf(keyed.Type().Key(), pointData{5, 6}), reflect.ValueOf(1))
	if b, err := json.Marshal(keyed.Interface()); err != nil || string(b) != `{"5":1}` {
		t.Errorf("%s, %v", b, err)
	}
}

func TestUnexportedMethods(t *testing.T) {
	type hidden interface{ secret() int }
	pkg := reflect.TypeFor[hidden]().Method(0).PkgPath
	secret := method("secret", func(p *pointData) int { return p.x })
	for _, c := range []struct {
		pkgPath string
		want    bool
	}{{pkg, true}, {"main", false}} {
		secret.PkgPath = c.pkgPath
		typ := pointType(secret, method("Zed", func(*pointData) {}), method("Abe", func(*pointData) {}))
		v := valueOf(typ, pointData{1, 2}).Interface()
		h, ok := v.(hidden)
		if ok != c.want || ok && h.secret() != 1 || typ.Implements(reflect.TypeFor[hidden]()) != c.want {
			t.Errorf("%s: implements %v", c.pkgPath, ok)
		}
		if _, ok := v.(interface {
			Abe()
			Zed()
		}); !ok || typ.NumMethod() != 2 || typ.Method(0).Name != "Abe" {
			t.Error("the exported methods are lost")
		}
	}
}

func TestMethodsAgain(t *testing.T) {
	n := rtype.NewNamed("main", "main", "T")
	n.SetUnderlying(reflect.TypeFor[int]())
	n.SetMethods([]rtype.Method{method("String", func(*int) string { return "one" })})
	v := reflect.Zero(n.Type()).Interface()
	s := v.(fmt.Stringer)
	if _, ok := v.(error); ok || s.String() != "one" {
		t.Fatal("the first method set is wrong")
	}
	n.SetMethods([]rtype.Method{method("String", func(*int) string { return "two" }),
		method("Error", func(*int) string { return "err" })})
	if s.String() != "two" {
		t.Error("a redefined method keeps its old body")
	}
	if n.Type().NumMethod() != 2 || !n.Type().Implements(reflect.TypeFor[error]()) {
		t.Error("reflection doesn't see the new method")
	}
	n.Rehash()
	if e, ok := v.(error); !ok || e.Error() != "err" {
		t.Error("compiled code doesn't see the new method")
	}
	if got := fmt.Sprint(v); got != "err" {
		t.Error(got)
	}
}

// The runtime's table of which type implements which interface grows with types whose methods came late.
func TestLateMethods(t *testing.T) {
	seen := 0
	for i := range 1000 {
		n := rtype.NewNamed("main", "main", fmt.Sprint("Late", i))
		n.SetUnderlying(reflect.TypeFor[int]())
		str := method("String", func(*int) string { return "string" })
		n.SetMethods([]rtype.Method{str})
		v := reflect.Zero(n.Type()).Interface()
		s := v.(fmt.Stringer)
		if got := fmt.Sprint(v); got != "string" {
			t.Fatal(got)
		}
		n.SetMethods([]rtype.Method{str, method("Error", func(*int) string { return "error" })})
		n.Rehash()
		if fmt.Sprint(v) == "error" {
			seen++
		}
		if s.String() != "string" || v.(fmt.Stringer).String() != "string" {
			t.Fatal("the early method is lost")
		}
	}
	// A piece of code in package fmt may have kept an old answer.
	if seen < 995 && (runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64") {
		t.Errorf("compiled code sees %d of 1000 late methods", seen)
	}
}

func TestThousandTypes(t *testing.T) {
	for i := range 1000 {
		typ := define(fmt.Sprint("T", i), reflect.TypeFor[int](),
			method("String", func(p *int) string { return fmt.Sprint(i, ":", *p) }))
		if got := fmt.Sprintf("%T %v", valueOf(typ, 5).Interface(),
			valueOf(typ, 5).Interface()); got != fmt.Sprintf("main.T%d %d:5", i, i) {
			t.Fatal(got)
		}
	}
}
