//go:build unix

package scaling_test

// This file tests the measurement on both machines.

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/plot"
	"gilkernel/runtime/process/processtest"
	"gilkernel/runtime/scaling"
)

func TestMain(m *testing.M) { processtest.Main(m, multiprocessing.Bootstrap) }

// half is work of which half can't be divided: each worker does it.
func half(_, parts int) {
	gil.Work(200 * time.Millisecond)
	gil.Work(200 * time.Millisecond / time.Duration(parts))
}

func whole(_, parts int) { gil.Work(4 * time.Second / time.Duration(parts)) }

func short(_, parts int) { gil.Work(2 * time.Millisecond / time.Duration(parts)) }

func fails(part, _ int) {
	if part == 1 {
		panic("no")
	}
}

func measure(t *testing.T, real bool, version string, work any, o ...scaling.Option) *scaling.Result {
	t.Helper()
	w := processtest.NewWorld(t, real, version, 1)
	var r *scaling.Result
	if err := w.Run(func(*machine.Thread) { r = scaling.Run(work, o...) }); err != nil {
		t.Fatal(err)
	}
	return r
}

// On a simulated machine of four cores the curves are what models of the GIL say, and the same each time.
func TestSimulated(t *testing.T) {
	for _, version := range []string{"2.7", "3.9", "3.13", "3.14t"} {
		r := measure(t, false, version, whole, scaling.Workers(2, 4, 8))
		for i, n := range []float64{1, 2, 4, 8} {
			best := min(n, 4)
			for _, row := range []struct {
				what     string
				s        plot.Series
				low, top float64
			}{
				{"threads", r.Threads, 0.95, 1.05},
				{"processes", r.Processes, 0.85 * best, best * 1.03},
				{"free-threaded", r.FreeThreaded, 0.95 * best, best * 1.03},
				{"ceiling", r.Ceiling, 0.95 * best, best * 1.01},
			} {
				if v := row.s.Speedups[i][0]; v < row.low || v > row.top {
					t.Errorf("%s: %s with %v workers: %v, not %v to %v", version, row.what, n, v, row.low, row.top)
				}
			}
		}
		again := measure(t, false, version, whole, scaling.Workers(2, 4, 8))
		if r.String() != again.String() {
			t.Errorf("%s: another time it is another\n%s\n%s", version, r, again)
		}
		if serial := plot.Amdahl(r.Threads.Workers,
			[]float64{1, r.Threads.Speedups[1][0], r.Threads.Speedups[2][0], r.Threads.Speedups[3][0]}); serial < 0.95 {
			t.Errorf("%s: threads under a GIL are serial by %v", version, serial)
		}
	}
}

// Amdahl's law finds the part that can't be divided, and Serial draws its line.
func TestSerialPart(t *testing.T) {
	r := measure(t, false, "3.13", half, scaling.Workers(1, 2, 4), scaling.Serial(0.5))
	for i, n := range []float64{1, 2, 4} {
		want := 1 / (0.5 + 0.5/n)
		if v := r.FreeThreaded.Speedups[i][0]; math.Abs(v-want) > 0.05*want {
			t.Errorf("with %v workers %v, want %v", n, v, want)
		}
		if v := r.Law.Speedups[i][0]; math.Abs(v-want) > 1e-9 {
			t.Errorf("the law with %v workers is %v, want %v", n, v, want)
		}
	}
	text := r.String()
	for _, want := range []string{`threads, GIL +processes +threads, no GIL `, `ceiling`, `Amdahl`,
		`(?m)^ *4 .*1\.60×`} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	data, _ := r.MIMEBundle()
	for _, kind := range []string{"text/plain", "image/png", "application/vnd.vegalite.v5+json"} {
		if data[kind] == nil {
			t.Errorf("no %s", kind)
		}
	}
}

// The real machine can't be told how fast to be: there are as many measurements as asked for.
func TestReal(t *testing.T) {
	r := measure(t, true, "3.13", short, scaling.Workers(2), scaling.Rounds(2))
	for _, s := range []plot.Series{r.Threads, r.Processes, r.FreeThreaded, r.Ceiling} {
		if fmt.Sprint(s.Workers) != "[1 2]" || len(s.Speedups) != 2 || len(s.Speedups[0]) != 2 ||
			len(s.Speedups[1]) != 2 {
			t.Errorf("%s: workers %v, %v", s.Name, s.Workers, s.Speedups)
		}
	}
	if text := r.String(); strings.Contains(text, "Nothing is drawn") {
		t.Error(text)
	}
}

func TestWrong(t *testing.T) {
	for _, row := range []struct {
		work any
		o    []scaling.Option
		want string
	}{
		{func() {}, nil, "Run takes a function of two ints, the part and the number of parts, without results: " +
			"func(part, parts int), not func()"},
		{nil, nil, "Run takes a function of two ints, the part and the number of parts, without results: func(part, " +
			"parts int), not <nil>"},
		{(func(int, int))(nil), nil, "Run takes a function of two ints, the part and the number of parts, without " +
			"results: func(part, parts int), not func(int, int)"},
		{short, []scaling.Option{scaling.Workers(0)}, "work is measured with 1 to 64 workers, not with 0"},
		{short, []scaling.Option{scaling.Rounds(0)}, "measure 1 to 100 rounds, not 0"},
		{short, []scaling.Option{scaling.Serial(1.5)}, "a serial part is from 0 to 1, not 1.5"},
		{fails, []scaling.Option{scaling.Workers(2)}, "no"},
	} {
		w := processtest.NewWorld(t, false, "3.13", 1)
		var got any
		err := w.Run(func(*machine.Thread) {
			defer func() { got = recover() }()
			scaling.Run(row.work, row.o...)
		})
		if err != nil || fmt.Sprint(got) != row.want {
			t.Errorf("%v: %v, want %s", err, got, row.want)
		}
	}
	defer func() {
		if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), "not a plain goroutine") {
			t.Errorf("in a plain goroutine: %v", v)
		}
	}()
	scaling.Run(short)
}
