package pickle_test

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"math/big"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/template"
	"time"

	"gilkernel/runtime/pickle"
)

type point struct{ X, y int }

type named []string

type node struct {
	next  *node
	value int
}

type tree struct {
	left, right *tree
	name        string
}

type embedded struct {
	point
	*node
	fmt.Stringer
	tags map[string]named
}

type color int

func (c color) String() string { return fmt.Sprint("color ", int(c)) }

type flags struct {
	a, b bool
	c    [3]bool
	n    int16
	_    int32
	f    float32
}

type failure struct{ code int }

func (f *failure) Error() string { return fmt.Sprint("failure ", f.code) }

type pair[K comparable, V any] struct {
	key K
	val V
}

func codec() *pickle.Codec {
	r := new(pickle.Table)
	r.Add(point{}, named{}, node{}, tree{}, embedded{}, color(0), flags{}, failure{}, pair[string, int]{},
		pair[color, *point]{})
	r.AddFunc(strings.ToUpper).AddVar("io.EOF", io.EOF)
	return pickle.New(&pickle.Options{Resolver: r})
}

func trip[T any](t *testing.T, c *pickle.Codec, v T) T {
	t.Helper()
	b, err := c.Dumps(v, nil)
	if err != nil {
		t.Fatalf("Dumps(%T): %v", v, err)
	}
	w, err := c.Loads(b, nil)
	if err != nil {
		t.Fatalf("Loads(%T): %v", v, err)
	}
	if w == nil {
		var zero T
		return zero
	}
	return w.(T)
}

// values come back as they were, by reflect.DeepEqual.
func values() []any {
	now := time.Now().Round(0)
	n := 7
	pn := &n
	ring := &node{value: 1}
	ring.next = &node{value: 2, next: ring}
	self := map[string]any{"a": 1}
	self["self"] = self
	loop := []any{1, nil}
	loop[1] = loop
	var typed error = (*failure)(nil)
	return []any{
		nil, true, false, 0, -1, math.MaxInt, int8(-5), int16(300), int32(-70000), int64(math.MinInt64), uint(9),
		uint8(255), uint16(65535), uint32(1 << 31), uint64(math.MaxUint64),
		uintptr(5), float32(1.5), math.Pi, math.Inf(-1), complex64(1 + 2i), 3 + 4i, "", "héllo",
		strings.Repeat("long ", 1000),
		[]byte(nil), []byte{}, []byte("bytes"), bytes.Repeat([]byte{7}, 100_000), []int{}, []int{1, 2, 3},
		[]string{"a", "", "c"}, []bool{true, false}, []any{1, "a", 2.5, nil, []any{}},
		[3]int{1, 2, 3}, [0]int{}, [2][]string{{"x"}, nil}, [1]*int{pn}, struct{}{}, []struct{}{{}, {}}, &struct{}{},
		map[string]int{"a": 1, "b": 2}, map[string]int(nil), map[string]int{}, map[int]string{1: "a"},
		map[string]any{"x": []any{1}}, map[point]*point{{1, 2}: {3, 4}},
		map[any]any{1: "a", "b": 2, point{1, 2}: nil, [2]any{1, "x"}: true},
		map[[2]string]struct{}{{"a", "b"}: {}}, map[color]named{1: {"x"}}, map[bool]float64{true: 1}, map[int]int{5: 6},
		point{1, 2}, &point{1, 2}, named{"a"}, color(3), flags{a: true, c: [3]bool{false, true}, n: -3, f: 2},
		[]flags{{b: true}, {n: 4}}, []point{{1, 2}, {3, 4}},
		embedded{point: point{1, 2}, node: &node{value: 3}, Stringer: color(4), tags: map[string]named{"k": {"v"}}},
		&tree{left: &tree{name: "l"}, right: &tree{left: &tree{name: strings.Repeat("r", 200)}}}, pn, &pn,
		[]*int{pn, pn, nil}, ring, loop,
		struct {
			a int
			B string `json:"b"`
			c *struct{ d any }
		}{1, "x", &struct{ d any }{5}},
		pair[string, int]{"a", 1}, pair[color, *point]{1, &point{1, 2}}, []fmt.Stringer{color(1), nil}, typed,
		any((*point)(nil)), []error{nil, typed},
		now, now.UTC(), time.Duration(5), time.March, big.NewInt(1 << 62),
		new(big.Int).Exp(big.NewInt(7), big.NewInt(300), nil), big.NewRat(1, 3),
		regexp.MustCompile(`a(b+)c?`), errors.New("plain"), fmt.Errorf("wrapped: %w", &failure{3}),
		&fs.PathError{Op: "open", Path: "x", Err: io.EOF}, errors.Join(errors.New("a"), &failure{4}),
		&url.URL{Scheme: "http", Host: "x"}, net.IPv4(1, 2, 3, 4), netip.MustParseAddr("fe80::1%eth0"),
		netip.MustParseAddrPort("1.2.3.4:80"), []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		bytes.NewBufferString("buffer"), strings.NewReader("reader"), list.New(), rand.New(rand.NewPCG(1, 2)),
		reflect.TypeFor[point](), reflect.TypeFor[map[string][]*point](), (chan int)(nil), (func())(nil), []func(){nil},
		&sync.Mutex{}, &sync.RWMutex{}, &sync.WaitGroup{}, &sync.Once{}, slog.LevelInfo,
		context.WithValue(context.Background(), color(1), "v"), http200{code: [200]int{5}},
	}
}

type http200 struct{ code [200]int }

func TestValuesComeBack(t *testing.T) {
	c := codec()
	for i, v := range values() {
		b, err := c.Dumps(v, nil)
		if err != nil {
			t.Errorf("%d: Dumps(%T %v): %v", i, v, v, err)
			continue
		}
		w, err := c.Loads(b, nil)
		if err != nil {
			t.Errorf("%d: Loads(%T %v): %v", i, v, v, err)
			continue
		}
		if !reflect.DeepEqual(v, w) {
			t.Errorf("%d: %T %#v came back as %T %#v", i, v, v, w, w)
		}
	}
	// In one message, too.
	got := trip(t, c, values())
	if want := values(); len(got) != len(want) {
		t.Errorf("%d values came back, not %d", len(got), len(want))
	}
}

func TestMapsThatHoldThemselves(t *testing.T) {
	m := map[string]any{"a": 1}
	m["self"] = m
	got := trip(t, codec(), m)
	if got["self"].(map[string]any)["self"].(map[string]any)["a"] != 1 {
		t.Error("the map isn't its own entry")
	}
	m["b"] = 2
	if _, ok := got["b"]; ok {
		t.Error("the copy is the original")
	}
	nan := trip(t, codec(), map[float64]int{math.NaN(): 1, math.Copysign(math.NaN(), -1): 2})
	if len(nan) != 2 {
		t.Errorf("%d NaN keys came back, not 2", len(nan))
	}
	type key struct{ p *int }
	n := 1
	k := key{&n}
	withKey := trip(t, codec(), []any{map[any]string{k.p: "p"}, k.p})
	if withKey[0].(map[any]string)[withKey[1]] != "p" {
		t.Error("the pointer that is a key isn't the pointer beside the map")
	}
}

func TestSharedMemoryStaysShared(t *testing.T) {
	c := codec()
	type overlapping struct {
		arr   [4]int
		slice []int
		elem  *int
		field *int
		whole *[4]int
		part  []int
		p     *point
		y     *int
	}
	h := &overlapping{arr: [4]int{1, 2, 3, 4}, p: &point{5, 6}}
	h.elem, h.field, h.whole, h.part, h.y = &h.arr[2], &h.arr[0], &h.arr, h.arr[1:3], &h.p.y
	h.slice = []int{1, 2, 3, 4, 5}[:3:5]
	// The pointers are found before what they point into.
	got := trip(t, c, []any{h.elem, h.part, h.y, h.slice[1:2], h.slice[2:], h.slice, h}) // []any
	g := got[6].(*overlapping)
	*got[0].(*int) = 30
	got[1].([]int)[0] = 20
	*got[2].(*int) = 60
	got[3].([]int)[0] = 200
	got[4].([]int)[0] = 300
	g.whole[3] = 40
	*g.field = 10
	if g.arr != [4]int{10, 20, 30, 40} || g.p.y != 60 || !slices.Equal(g.slice, []int{1, 200, 300}) ||
		!slices.Equal(got[5].([]int), g.slice) {
		t.Errorf("got %v, %v, %v: not all pointers lead into the copy", g.arr, *g.p, g.slice)
	}
	if cap(got[1].([]int)) != 3 || cap(got[3].([]int)) != 2 {
		t.Errorf("capacities are %d and %d, not 3 and 2: append wouldn't write where it did", cap(got[1].([]int)),
			cap(got[3].([]int)))
	}

	a := []int{0, 1, 2, 3, 4, 5, 6, 7}
	two := trip(t, c, [][]int{a[0:4], a[4:8], a[2:6]})
	two[2][0], two[2][2] = -2, -4
	if two[0][2] != -2 || two[1][0] != -4 {
		t.Errorf("slices of one array came back as %v", two)
	}
	if cap(two[0]) != 8 {
		t.Errorf("the capacity is %d: appending to one slice doesn't reach the next", cap(two[0]))
	}

	x := 1
	type my int
	conv := trip(t, c, []any{&x, (*my)(nil)})
	_ = conv
	var b strings.Builder
	b.WriteString("abc")
	sb := trip(t, c, &b)
	sb.WriteString("def") // it panics if it was copied: it holds its own address
	if sb.String() != "abcdef" {
		t.Errorf("the builder holds %q", sb.String())
	}
	s := strings.Repeat("x", 1<<20)
	bs, err := c.Dumps([]string{s, s, s, s}, nil)
	if err != nil || len(bs) > 2<<20 {
		t.Errorf("four times the same string take %d bytes, %v", len(bs), err)
	}
}

func TestItemsShare(t *testing.T) {
	c := codec()
	p := &point{1, 2}
	b, err := c.DumpItems([]pickle.Item{{Name: "a", Value: p}, {Name: "b", Value: []*point{p}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	vs, err := c.LoadItems(b, nil)
	if err != nil || vs[0].(*point) != vs[1].([]*point)[0] {
		t.Errorf("got %v, %v: the items don't share the point", vs, err)
	}
}

func TestDeepValues(t *testing.T) {
	c := codec()
	var head *node
	for i := range 1_000_000 {
		head = &node{head, i}
	}
	got, n := trip(t, c, head), 0
	for ; got != nil; got = got.next {
		n++
	}
	if n != 1_000_000 {
		t.Errorf("%d nodes came back", n)
	}
	var deep any = 1
	for range 100_000 {
		deep = [1]any{deep}
	}
	var chain any
	for range 100_000 {
		chain = []any{chain}
	}
	m := map[string]any{}
	for range 100_000 {
		m = map[string]any{"m": m}
	}
	for _, v := range []any{deep, chain, m} {
		b, err := c.Dumps(v, nil)
		if err != nil {
			t.Fatal(err)
		}
		w, err := c.Loads(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.Dumps(w, nil)
		if err != nil || len(again) != len(b) {
			t.Errorf("%T: %d bytes, and again %d, %v", v, len(b), len(again), err)
		}
	}
}

func TestStandardTypesWork(t *testing.T) {
	c := codec()
	if trip(t, c, io.EOF) != io.EOF {
		t.Error("io.EOF isn't io.EOF any more")
	}
	if err := trip(t, c, fmt.Errorf("reading: %w", io.EOF)); !errors.Is(err, io.EOF) {
		t.Errorf("%v isn't io.EOF any more", err)
	}
	var av atomic.Value
	av.Store("x")
	if got := trip(t, c, &av); got.Load() != "x" {
		t.Errorf("the atomic.Value holds %v", got.Load())
	}
	var ap atomic.Pointer[point]
	ap.Store(&point{1, 2})
	if got := trip(t, c, &ap); *got.Load() != (point{1, 2}) {
		t.Errorf("the atomic.Pointer leads to %v", got.Load())
	}
	var sm sync.Map
	sm.Store("k", &point{1, 2})
	if v, ok := trip(t, c, &sm).Load("k"); !ok || v.(*point).y != 2 {
		t.Errorf("the sync.Map holds %v", v)
	}
	l := list.New()
	l.PushBack("a")
	l.PushBack(2)
	if got := trip(t, c, l); got.Len() != 2 || got.Back().Value != 2 {
		t.Error("the list lost an element")
	}
	if got := trip(t, c, regexp.MustCompile(`a(b+)c`)); !got.MatchString("xabbcx") {
		t.Error("the regular expression doesn't match")
	}
	if got := trip(t, c, rand.New(rand.NewPCG(1, 2))); got.Uint64() != rand.New(rand.NewPCG(1, 2)).Uint64() {
		t.Error("the random numbers differ")
	}
	now := time.Now()
	if got := trip(t, c, now); !got.Equal(now) || got.Location() != time.Local {
		t.Errorf("%v came back as %v", now, got)
	}
	f := trip(t, c, strings.ToUpper)
	if f("a") != "A" {
		t.Error("strings.ToUpper doesn't")
	}
	m := trip(t, c, &sync.Mutex{})
	if !m.TryLock() {
		t.Error("the mutex came back locked")
	}
	once := &sync.Once{}
	once.Do(func() {})
	trip(t, c, once).Do(func() { t.Error("what was done once is done again") })
	if a, b := trip(t, c, netip.MustParseAddr("::1%a")), netip.MustParseAddr("::1%a"); a != b {
		t.Errorf("%v isn't %v", a, b)
	}
}

// queue has a form of its own.
type queue struct {
	fd   int
	ch   chan int
	name *string
}

func (q *queue) Reduce(p *pickle.Pickler) (any, error) {
	if q.ch == nil {
		return nil, errors.New("it is closed")
	}
	n, err := p.Keep(q.fd)
	return []any{n, q.name}, err
}

func (q *queue) Restore(u *pickle.Unpickler, state any) error {
	s := state.([]any)
	h, err := u.Handle(s[0].(int))
	if err != nil {
		return err
	}
	q.fd, q.name, q.ch = h.(int)+1000, s[1].(*string), make(chan int)
	return nil
}

type holder struct {
	byValue queue
	pointer *queue
	any     any
}

func TestReducers(t *testing.T) {
	c := pickle.New(&pickle.Options{Resolver: new(pickle.Table).Add(queue{}, holder{})})
	name := "n"
	shared := &queue{fd: 2, ch: make(chan int), name: &name}
	h := &holder{queue{fd: 1, ch: make(chan int), name: &name}, shared, shared}
	var kept []any
	keep := func(h any) (int, error) { kept = append(kept, h); return len(kept) - 1, nil }
	b, err := c.Dumps([]any{h, &name, &h.byValue}, keep)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.Loads(b, func(i int) any { return kept[i] })
	if err != nil {
		t.Fatal(err)
	}
	got := v.([]any)[0].(*holder)
	if got.byValue.fd != 1001 || got.pointer.fd != 1002 || got.any != any(got.pointer) ||
		got.byValue.name != v.([]any)[1] || got.pointer.name != got.byValue.name || v.([]any)[2] != any(&got.byValue) {
		t.Errorf("got %+v", got)
	}
	if len(kept) != 2 {
		t.Errorf("%d handles were kept, not 2", len(kept))
	}
	if _, err := c.Dumps(h, nil); err == nil ||
		!strings.Contains(err.Error(),
			"byValue: a pickle_test.queue can't be sent to another process: it can only be sent") {
		t.Errorf("without handles: %v", err)
	}
	h.pointer = &queue{}
	if _, err := c.DumpItems([]pickle.Item{{Name: "args", Value: []any{h}}}, keep); err == nil ||
		err.Error() != "args[0].pointer: a *pickle_test.queue can't be sent to another process: it is closed" {
		t.Errorf("a closed one: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	locked := &sync.Mutex{}
	locked.Lock()
	rlocked := &sync.RWMutex{}
	rlocked.RLock()
	wg := &sync.WaitGroup{}
	wg.Add(1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	bad := list.New()
	bad.PushBack(make(chan int))
	x := 5
	deep := &node2{}
	for range 100 {
		deep = &node2{next: deep}
	}
	last := deep
	for last.next != nil {
		last = last.next
	}
	last.ch = make(chan int)
	type client struct {
		conn net.Conn
		any  any
	}
	type guarded struct {
		mu sync.Mutex
	}
	type outer struct {
		inner struct{ list []map[string]any }
	}
	var o outer
	o.inner.list = []map[string]any{{}, {"k": []any{1, make(chan string)}}}
	g := &guarded{}
	g.mu.Lock()
	var arg any
	rows := []struct {
		arg  any
		want string
	}{
		{&client{conn: conn},
			"args[0].conn: a net.Conn can't be sent to another process: send its address, and connect there"},
		{&client{any: os.Stdin},
			"args[0].any: an *os.File can't be sent to another process: send its name, and open it there"},
		{ln, "args[0]: a *net.TCPListener can't be sent to another process: send its address, and listen there"},
		{make(chan int), "args[0]: a chan int can't be sent to another process: use a multiprocessing.Queue or a Pipe"},
		{o, "args[0].inner.list[1][\"k\"][1]: a chan string can't be sent to another process: use a " +
			"multiprocessing.Queue or a Pipe"},
		{locked, "args[0]: a *sync.Mutex can't be sent to another process while it is locked: unlock it first, or " +
			"use a multiprocessing.Lock"},
		{g, "args[0].mu: a sync.Mutex can't be sent to another process while it is locked: unlock it first, or use a " +
			"multiprocessing.Lock"},
		{rlocked, "args[0]: a *sync.RWMutex can't be sent to another process while it is locked: unlock it first, or " +
			"use a multiprocessing.Lock"},
		{wg, "args[0]: a *sync.WaitGroup can't be sent to another process while it counts: join the processes, or " +
			"use a multiprocessing.Barrier"},
		{sync.NewCond(&sync.Mutex{}),
			"args[0]: a *sync.Cond can't be sent to another process: use a multiprocessing.Condition"},
		{ctx, "args[0]: a *context.cancelCtx can't be sent to another process: make it there, and use a " +
			"multiprocessing.Event to end it"},
		{[]context.Context{ctx}, "args[0][0]: a context.Context can't be sent to another process: make it there, and " +
			"use a multiprocessing.Event to end it"},
		{time.NewTimer(time.Hour),
			"args[0]: a *time.Timer can't be sent to another process: send the duration, and make it there"},
		{reflect.ValueOf(&x),
			"args[0]: a reflect.Value can't be sent to another process: send what its Interface method returns"},
		{bad, "args[0]: a *list.List that holds a chan int can't be sent to another process: use a " +
			"multiprocessing.Queue or a Pipe"},
		{map[string]*sync.Mutex{"a": locked}, "args[0][\"a\"]: a *sync.Mutex can't be sent to another process while " +
			"it is locked: unlock it first, or use a multiprocessing.Lock"},
		{map[any]int{[1]any{make(chan int)}: 1},
			"args[0] key …[0]: a chan int can't be sent to another process: use a multiprocessing.Queue or a Pipe"},
		{template.Must(template.New("").Funcs(template.FuncMap{"f": func() string { return "" }}).Parse("x")),
			"args[0]: a *template.Template that holds the function pickle_test.TestRefusals.func1 can't be sent"},
		{func() int { return x }, "args[0]: the function "},
		{deep,
			"args[0].next.next.next.next.next.next….next.next.next.next.next.next.next.ch: a chan int can't be sent"},
		{&arg, "args[0]: a chan int can't be sent"},
	}
	arg = make(chan int)
	c := pickle.New(&pickle.Options{Resolver: new(pickle.Table).Add(client{}, guarded{}, outer{}, node2{})})
	for _, r := range rows {
		_, err := c.DumpItems([]pickle.Item{{Name: "args", Value: []any{r.arg}}}, nil)
		var pe *pickle.Error
		if !errors.As(err, &pe) || !strings.HasPrefix(err.Error(), r.want) {
			t.Errorf("%T:\n got %v\nwant %s", r.arg, err, r.want)
		}
	}
}

type node2 struct {
	next *node2
	ch   chan int
}

func FuzzLoads(f *testing.F) {
	c := codec()
	for _, v := range values() {
		if b, err := c.Dumps(v, nil); err == nil && len(b) < 10_000 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := c.Loads(b, nil)
		if err != nil {
			return
		}
		if _, err := c.Dumps(v, nil); err != nil {
			var pe *pickle.Error
			if !errors.As(err, &pe) {
				t.Fatalf("what was loaded can't be sent: %v", err)
			}
		}
	})
}

// Damaged messages give an error or another value, and take no more memory than a multiple of their length.
func TestDamagedMessages(t *testing.T) {
	c := codec()
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, v := range values() {
		b, err := c.Dumps(v, nil)
		if err != nil || len(b) > 2000 {
			continue
		}
		for i := range len(b) {
			if _, err := c.Loads(b[:i], nil); err == nil {
				t.Errorf("%T: the first %d of %d bytes are a value", v, i, len(b))
			}
			for range 4 {
				d := slices.Clone(b)
				d[i] = byte(rnd.Uint32())
				_, _ = c.Loads(d, nil)
			}
		}
	}
	huge := []byte{0xA1, 17, 0, 2, 0, 20, 1, 1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 1}
	if _, err := c.Loads(huge, nil); err == nil {
		t.Error("a message of 16 bytes made 4 GiB of integers")
	}
}

func TestConcurrentUse(t *testing.T) {
	c := codec()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, v := range values() {
				b, err := c.Dumps(v, nil)
				if err == nil {
					_, err = c.Loads(b, nil)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
