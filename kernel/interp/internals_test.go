package interp

// This file tests what only this package can see: that the memory of compiled things is laid out as
// thread.go and internals.go take it to be.

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/traefik/yaegi/interp"
)

func TestYaegiVersion(t *testing.T) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Skip("built without modules")
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/traefik/yaegi" && m.Version != "v0.16.1" {
			t.Errorf("yaegi is %s: are its unexported fields still what internals.go says?", m.Version)
		}
	}
}

func TestYaegiFields(t *testing.T) {
	i := interp.New(interp.Options{})
	done := make(chan struct{})
	setDone(i, done)
	c := make(chan int)
	if err := i.Use(interp.Exports{"x/x": {}}); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Eval("func f(c chan int) int { <-c; return 1 }\nfunc g() int { return 2 }"); err != nil {
		t.Fatal(err)
	}
	f, err := i.Eval("f")
	if err != nil {
		t.Fatal(err)
	}
	close(done)
	if got := f.Interface().(func(chan int) int)(c); got != 0 {
		t.Errorf("the receive returned %d", got)
	}
	p, err := i.Compile("func h() int { return 3 }\nfunc k() int { return h() }")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Execute(p); err != nil {
		t.Fatal(err)
	}
	forget(i, p, "g", "h")
	if v, err := i.Eval("k()"); err != nil || v.Int() != 3 {
		t.Errorf("got %v, %v", v, err)
	}
	if _, err := i.Eval("g()"); err == nil || !strings.Contains(err.Error(), "undefined: g") {
		t.Errorf("got %v", err)
	}
}

func TestLabelLayout(t *testing.T) {
	defer pprof.SetGoroutineLabels(context.Background())
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("other", "1", labelCell, "7", labelSite, "In[1]:2:3")))
	p := profLabel()
	if p == nil || readLabel(p, labelCell) != "7" || readLabel(p, labelSite) != "In[1]:2:3" || readLabel(p, "none") != "" {
		t.Errorf("cell %q, site %q", readLabel(p, labelCell), readLabel(p, labelSite))
	}
}

// A run is found by the labels of its goroutines, also below labels that a cell sets itself, and is
// forgotten when no goroutine has them.
func TestThreads(t *testing.T) {
	var ts threads
	latest := newRun(2, "In[2]", &output{})
	ts.latest.Store(latest)
	found := make(chan *run)
	func() {
		r := newRun(1, "In[1]", &output{})
		ctx := ts.labels(r, "")
		go pprof.Do(ctx, pprof.Labels("cell's own", "x"), func(context.Context) { found <- ts.current() })
		if got := <-found; got != r {
			t.Errorf("below other labels: got %v", got)
		}
		go pprof.Do(ctx, pprof.Labels(), func(context.Context) {
			go func() { found <- ts.current() }()
		})
		if got := <-found; got != r {
			t.Errorf("in a goroutine of a goroutine: got %v", got)
		}
	}()
	if got := ts.current(); got != latest {
		t.Errorf("without labels: got %v", got)
	}
	for ts.find(1) != nil {
		runtime.GC()
		runtime.Gosched() // the cleanup has a goroutine of its own
	}
}

func TestGoroutineID(t *testing.T) {
	other := make(chan int64)
	go func() { other <- goroutineID() }()
	if a, b := goroutineID(), <-other; a == 0 || b == 0 || a == b {
		t.Errorf("got %d and %d", a, b)
	}
}

func TestMemoryLimitText(t *testing.T) {
	for _, row := range []struct {
		text string
		want int64
		ok   bool
	}{
		{"", 2 << 30, true}, {"0", 0, true}, {"123", 123, true}, {"2GiB", 2 << 30, true}, {" 3 MiB ", 3 << 20, true}, {"1KiB", 1 << 10, true},
		{"1TiB", 1 << 40, true}, {"much", 2 << 30, false}, {"-1", 2 << 30, false}, {"99999999999GiB", 2 << 30, false}, {"1.5GiB", 2 << 30, false},
	} {
		if got, err := memoryLimit(row.text); got != row.want || (err == nil) != row.ok {
			t.Errorf("%q: got %d, %v", row.text, got, err)
		}
	}
}

func TestFunctionName(t *testing.T) {
	for name, want := range map[string]string{
		"f": "f", "f__2": "f", "__cell3": "", "__h_4": "", "__T_f_": "T.f", "__T_f__3": "T.f", "snake_case": "snake_case", "_": "_",
	} {
		if got := functionName(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
