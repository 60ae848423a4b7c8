package plot_test

// This file defines the gallery: the figures that the other tests look at.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"gilkernel/runtime/plot"
	"gilkernel/runtime/timeline"
)

// A script makes a timeline by hand: lanes of words such as R5, a state's letter and milliseconds.
type script struct {
	info  timeline.Info
	lanes []lane
}

// A lane's words are states with milliseconds (R5), and at that moment: ! a drop request, E:name an exception, M:text a
// mark, A:lock and U:lock acquire and release, T:task a step of a task, ~5 a time before the lane begins, B:n the start
// of the process whose lane is n, >n:pipe and <n:pipe the sending and arrival of message n, +n:queue and -n:queue a put
// and a get that leave n, . the end. L may name what it waits for: L30:lock; so may N, F, I and X.
type lane struct {
	thread timeline.Thread
	words  string
}

var letters = map[byte]timeline.Kind{'R': timeline.Run, 'N': timeline.Native, 'F': timeline.NativeFree,
	'W': timeline.WaitGIL,
	'L': timeline.WaitLock, 'C': timeline.WaitQueue, 'V': timeline.WaitEvent, 'J': timeline.WaitJoin,
	'Q': timeline.Ready,
	'I': timeline.IO, 'S': timeline.Sleep, 'P': timeline.Paused, 'X': timeline.Blocked, 'G': timeline.Outside}

func (s script) timeline(t testing.TB) *timeline.Timeline {
	t.Helper()
	r := timeline.NewRecorder(0, s.info)
	var end int64
	for _, l := range s.lanes {
		id := r.Thread(l.thread)
		var at int64
		line := uint16(1)
		add := func(k timeline.Kind, name string) {
			r.Add(timeline.Event{At: at, Thread: id, Kind: k, Object: r.Name(name), Cell: 3, Line: line})
		}
		if !strings.HasPrefix(l.words, "~") {
			add(timeline.Start, "")
		}
		for _, w := range strings.Fields(l.words) {
			w, name, _ := strings.Cut(w, ":")
			name = strings.ReplaceAll(name, "_", " ")
			line++
			switch w[0] {
			case '!':
				add(timeline.DropRequest, "")
				continue
			case 'E':
				add(timeline.Failed, name)
				continue
			case 'M':
				add(timeline.Mark, name)
				continue
			case 'T':
				add(timeline.Step, name)
				continue
			case '~':
				d, _ := strconv.ParseFloat(w[1:], 64)
				at += int64(d * ms)
				add(timeline.Start, "")
				continue
			case 'B':
				n, _ := strconv.Atoi(name)
				r.Add(timeline.Event{At: at, Thread: id, Kind: timeline.Spawn, Other: int32(n)})
				continue
			case '>', '<':
				n, _ := strconv.Atoi(w[1:])
				r.Add(timeline.Event{At: at, Thread: id,
					Kind: map[byte]timeline.Kind{'>': timeline.Send, '<': timeline.Receive}[w[0]], Object: r.Name(name),
					Value: int32(n)})
				continue
			case 'A':
				add(timeline.Acquire, name)
				continue
			case 'U':
				add(timeline.Release, name)
				continue
			case '+', '-':
				n, _ := strconv.Atoi(w[1:])
				r.Add(timeline.Event{At: at, Thread: id,
					Kind: map[byte]timeline.Kind{'+': timeline.Put, '-': timeline.Get}[w[0]], Object: r.Name(name),
					Value: int32(n)})
				continue
			case '.':
				add(timeline.Done, "")
				continue
			}
			k, ok := letters[w[0]]
			d, err := strconv.ParseFloat(w[1:], 64)
			if !ok || err != nil {
				t.Fatalf("lane %q: what is %q?", l.words, w)
			}
			add(k, name)
			at += int64(d * ms)
		}
		end = max(end, at)
	}
	return r.SnapshotAt(end)
}

func gilThread(name string) timeline.Thread { return timeline.Thread{Name: name, PID: 1, GIL: "GIL"} }

func osThread(name string, pid int, tid int64, gil string) timeline.Thread {
	return timeline.Thread{Name: name,
		Process: map[bool]string{true: "MainProcess", false: fmt.Sprintf("Process-%d", pid-430)}[pid == 431], PID: pid,
		TID: tid, GIL: gil}
}

func info(title, model string, cores int) timeline.Info {
	i := timeline.Info{Title: title, Python: "3.13", Model: model, Cores: cores, Interval: 5 * ms, Virtual: true}
	if model == "free-threaded" {
		i.Interval = 0
	}
	return i
}

func withGIL(t testing.TB) *timeline.Timeline {
	return script{info("with the GIL", "modern", 4), []lane{
		{gilThread("MainThread"), "R1 J41 R0.5 ."},
		{gilThread("worker-a"), "W1 R5 W5 R5 W5 R5 W5 R5 W5 R1 ."},
		{gilThread("worker-b"), "W5 ! W1 R5 W5 R5 W5 R5 W5 R5 ."},
	}}.timeline(t)
}

func withoutGIL(t testing.TB) *timeline.Timeline {
	return script{info("without the GIL", "free-threaded", 4), []lane{
		{timeline.Thread{Name: "MainThread", PID: 1}, "R1 J23 R0.5 ."},
		{timeline.Thread{Name: "worker-a", PID: 1}, "S1 R12 L1:counter R10 ."},
		{timeline.Thread{Name: "worker-b", PID: 1}, "S1 R11 L2:counter R9.5 ."},
	}}.timeline(t)
}

func processes(t testing.TB) *timeline.Timeline {
	return script{info("processes", "modern", 4), []lane{
		{osThread("MainThread", 431, 431, "GIL"), "R1 L28:two_processes R0.5 ."},
		{osThread("MainThread", 432, 432, "GIL"), "S1 I5:start R21 ."},
		{osThread("MainThread", 433, 433, "GIL"), "S1.5 I6:start R21 I0.5:pipe ."},
	}}.timeline(t)
}

func convoy(t testing.TB) *timeline.Timeline {
	return script{info("reading beside computing", "modern", 2), []lane{
		{osThread("MainThread", 431, 431, "GIL"), "J60 R0.3 ."},
		{osThread("cpu", 431, 437, "GIL"), "W0.2 R7 W0.4 R6 W0.4 R6 W0.4 R6 W0.4 R6 W0.4 R6 W0.4 R6 W0.4 R6 W0.4 R3 ."},
		{osThread("reader", 431, 438, "GIL"), "R0.2 I1:read W5 ! W1 R0.4 I1:read W5 R0.4 I1:read W5 ! R0.4 I1:read " +
			"M:half_way W5 R0.4 I1:read W5 R0.4 I1:read W5 R0.4 I1:read W5 ! R0.4 I1:read W5 R0.3 " +
			"E:ConnectionResetError"},
	}}.timeline(t)
}

func states(t testing.TB) *timeline.Timeline {
	return script{info("every state", "modern", 4), []lane{
		{gilThread("all"), "R10 N10:sort F10:sha256 W10 L10:lock Q10 I10:recv S10 P10 X10:lock"},
		{timeline.Thread{Name: "all, short", PID: 1}, "R2 N2 F2 W2 L2 Q2 I2 S2 P2 R2 F2 N2 L2 W2 I2 Q2 P2 S2 ."},
	}}.timeline(t)
}

func twelve(t testing.TB) *timeline.Timeline {
	s := script{info("a pool of twelve", "modern", 4), nil}
	for i := range 12 {
		s.lanes = append(s.lanes, lane{gilThread(fmt.Sprintf("ThreadPoolExecutor-0_%d", i)),
			fmt.Sprintf("W%d R5 I%d W%d R3 L%d:results ", 5*i, 3+i, 20+3*(11-i), 1+i%4) + "."})
	}
	return s.timeline(t)
}

func twenty(t testing.TB) *timeline.Timeline {
	s := script{info("a very long title of a cell in which somebody explained at length what twenty threads were "+
		"doing there", "modern", 4), nil}
	for i := range 20 {
		s.lanes = append(s.lanes,
			lane{osThread(fmt.Sprintf("Thread-%d (a_function_with_a_very_long_name)", i+1), 431, int64(1000+i), "GIL"),
				strings.Repeat(fmt.Sprintf("W%d R1 I%d ", 19, 1+i%3), 9)})
	}
	return s.timeline(t)
}

func interpreters(t testing.TB) *timeline.Timeline {
	return script{info("two interpreters", "per interpreter", 2), []lane{
		{timeline.Thread{Name: "MainThread", PID: 1, GIL: "GIL of main"}, "R12 I4:pipe R10 ."},
		{timeline.Thread{Name: "interp-1", PID: 1, GIL: "GIL of interp-1"}, "S2 R18 W3 R2 ."},
		{timeline.Thread{Name: "interp-1 helper", PID: 1, GIL: "GIL of interp-1"}, "S6 W14 R3 ."},
	}}.timeline(t)
}

func manyProcesses(t testing.TB) *timeline.Timeline {
	s := script{info("five processes", "modern", 5), nil}
	for i := range 5 {
		s.lanes = append(s.lanes, lane{osThread("MainThread", 431+i, int64(431+i), "GIL"),
			fmt.Sprintf("I%d:start R%d I2:pipe R4 .", 1+i, 20-2*i)})
	}
	return s.timeline(t)
}

// family is a process that starts n others, which send their results through a queue; the last one is killed.
func family(n int) func(t testing.TB) *timeline.Timeline {
	return func(t testing.TB) *timeline.Timeline {
		s := script{info(fmt.Sprintf("%d processes", n), "modern", 8), nil}
		s.info.Virtual = false
		main := ""
		var children []lane
		for i := range n {
			pid, lanes := 432+i, 2+2*i
			at := 2 * (i + 1)
			main += fmt.Sprintf("R2 B:%d ", lanes)
			if i == n-1 {
				children = append(children,
					lane{osThread("MainThread", pid, int64(pid), "GIL"),
						fmt.Sprintf("~%d I9:start_of_the_process R30 W5 R10 E:SIGKILL", at)},
					lane{osThread("Thread-1 (helper)", pid, int64(pid), "GIL"),
						fmt.Sprintf("~%d W15 R5 W10 E:SIGKILL", at+24)})
				continue
			}
			children = append(children,
				lane{osThread("MainThread", pid, int64(pid), "GIL"),
					fmt.Sprintf("~%d I%d:start_of_the_process R%d J0.6:QueueFeederThread .", at, 8+i%3, 20+3*i)},
				lane{osThread("QueueFeederThread", pid, int64(pid), "GIL"),
					fmt.Sprintf("~%d R0.2 >%d:Queue-1 I0.2 .", at+8+i%3+20+3*i, i)})
		}
		at := 2 * n
		for i := range n - 1 {
			arrives := 2*(i+1) + 8 + i%3 + 20 + 3*i
			if arrives < at {
				arrives = at
			}
			main += fmt.Sprintf("C%d.4:Queue-1_(empty) <%d:Queue-1 R0.6 ", arrives-at, i)
			at = arrives + 1
		}
		s.lanes = append([]lane{{osThread("MainThread", 431, 431, "GIL"), main + "J12:the_end_of_Process-1 R1 ."}},
			children...)
		return s.timeline(t)
	}
}

func deadlock(t testing.TB) *timeline.Timeline {
	return script{info("two accounts", "modern", 2), []lane{
		{gilThread("MainThread"), "R1 J39"},
		{gilThread("a to b"), "W1 R2 S3 W0.5 R1 X32.5:lock_b"},
		{gilThread("b to a"), "W3 R2 S3 R1 X31:lock_a"},
	}}.timeline(t)
}

// locked is three threads that share a lock, and a queue between two of them.
func locked(t testing.TB) *timeline.Timeline {
	return script{info("a lock and a queue", "free-threaded", 4), []lane{
		{timeline.Thread{Name: "MainThread", PID: 1}, "R1 J38:the_end_of_producer R1 ."},
		{timeline.Thread{Name: "producer", PID: 1}, "S1 A:Lock_counter R6 +1:Queue_jobs R2 +2:Queue_jobs R2 " +
			"+3:Queue_jobs U:Lock_counter R8 +3:Queue_jobs C6:Queue_jobs_(full) +3:Queue_jobs R10 ."},
		{timeline.Thread{Name: "consumer-a", PID: 1},
			"S2 L9:Lock_counter A:Lock_counter R5 -2:Queue_jobs U:Lock_counter R9 -2:Queue_jobs R6 -1:Queue_jobs ."},
		{timeline.Thread{Name: "consumer-b", PID: 1},
			"S3 L13:Lock_counter A:Lock_counter R4 U:Lock_counter R12 -0:Queue_jobs ."},
	}}.timeline(t)
}

// ended is a deadlock as machines record it: the error ends the threads.
func ended(t testing.TB) *timeline.Timeline {
	return script{info("two accounts", "modern", 2), []lane{
		{gilThread("MainThread"), "R1 J39:the_end_of_a_to_b R1 ."},
		{gilThread("a to b"), "W1 R1 A:Lock_a R1 S3 W0.5 R1 L32.5:Lock_b E:Deadlock:_2_threads_wait"},
		{gilThread("b to a"), "W3 R1 A:Lock_b R1 S3 R1 L31:Lock_a E:Deadlock:_2_threads_wait"},
	}}.timeline(t)
}

// loop is an event loop, one of whose tasks blocks it.
func loop(t testing.TB) *timeline.Timeline {
	return script{info("a loop", "modern", 2), []lane{{gilThread("MainThread"),
		"R1 T:Task-1 R1 T:Task-2 R0.2 T:Task-3 R0.2 T: I5:select T:Task-2 R0.5 T:Task-3 S20 R1 T:Task-2 R0.5 T: " +
			"I4:select T:Task-1 R1 T: R0.5 ."}}}.timeline(t)
}

// crowd is 24 threads that take turns for short times.
func crowd(t testing.TB) *timeline.Timeline {
	s := script{info("a crowd", "modern", 8), nil}
	for i := range 24 {
		s.lanes = append(s.lanes,
			lane{gilThread(fmt.Sprintf("Thread-%d (work)", i+1)), fmt.Sprintf("S1 W%d R2 .", 2*i)})
	}
	return s.timeline(t)
}

// outside is a simulated machine beside which two goroutines ran, one of them at one moment of the machine's time.
func outside(t testing.TB) *timeline.Timeline {
	i := info("two goroutines", "modern", 2)
	i.Outside = "2 goroutines, a timer and a call to the world outside (net.Dial)"
	beside := func(name string, real int64) timeline.Thread {
		return timeline.Thread{Name: name, PID: 1, Outside: true, Real: real}
	}
	return script{i, []lane{
		{gilThread("MainThread"), "R10 V20:channel R10 ."},
		{beside("go fetch (In[3]:4)", 180*ms), "G12 V6:channel G10 S4 ."},
		{beside("go In[3]:7", 3*ms), "."},
	}}.timeline(t)
}

func oneLane(t testing.TB) *timeline.Timeline {
	return script{info("one thread", "modern", 1),
		[]lane{{gilThread("MainThread"), "R3 I12:recv R5 S10:sleep R2 ."}}}.timeline(t)
}

// measured is a series that follows a law, with noise that is the same each time.
func measured(name string, workers []int, law func(n float64) float64) plot.Series {
	s := plot.Series{Name: name, Workers: workers}
	for i, w := range workers {
		var reps []float64
		for r := range 5 {
			reps = append(reps, law(float64(w))*(1+0.03*float64((r*7+i*3)%5-2)/2))
		}
		s.Speedups = append(s.Speedups, reps)
	}
	return s
}

func ceiling() plot.Series {
	return measured("ceiling", []int{1, 2, 3, 4, 6, 8},
		func(n float64) float64 { return min(n, 3.7) * (1 - 0.01*n) / 0.99 })
}

func threads() plot.Series {
	return measured("threads", []int{1, 2, 4, 8},
		func(n float64) float64 { return 1 / (0.97 + 0.03/n) / (1 + 0.02*(n-1)) })
}

func free() plot.Series {
	return measured("free-threaded", []int{1, 2, 4, 8},
		func(n float64) float64 { return 1 / (0.06 + 0.94/min(n, 3.6)) })
}

func pool() plot.Series {
	return measured("processes", []int{1, 2, 4, 8}, func(n float64) float64 { return 1 / (0.15 + 0.85/min(n, 3.6)) })
}

// waits has many lengths of waits, for the GIL and for locks.
func waits(t testing.TB) *timeline.Timeline {
	s := script{info("many waits", "modern", 2), nil}
	for i := range 3 {
		var b strings.Builder
		for j := range 60 {
			h := (j*37 + i*11) % 60
			fmt.Fprintf(&b, "R1 W%.3f R0.2 L%.3f:results ", 0.02*float64(1+h)*float64(1+h)/4, 0.001*float64(1+h*(1+i)))
			if j%5 == 0 {
				fmt.Fprintf(&b, "C%d:jobs ", 1+j%7)
			}
		}
		s.lanes = append(s.lanes, lane{gilThread("worker-" + string(rune('a'+i))), b.String()})
	}
	return s.timeline(t)
}

// twins is a program under five versions, of which one isn't on the computer and one has a model alone.
func twins() plot.TwinFigures {
	nan := math.NaN()
	return plot.TwinFigures{Title: "Threads that compute", Unit: "time, as a multiple of that with one thread",
		Caption: "With a GIL, more threads don't compute faster; without one they do.",
		Columns: []string{"2 threads", "4 threads"}, Base: 1, Twins: []plot.Twin{
			{Name: "2.7", Python: []float64{2.18, 2.33}, Real: []float64{1.92, 2.21}, Simulated: []float64{2.05, 2.4},
				Recorded: "an 8-core Linux computer, 2026-11-26"},
			{Name: "3.9", Python: []float64{0.98, 1.04}, Real: []float64{1.01, nan}, Simulated: []float64{1.01, 1.01}},
			{Name: "3.13", Python: []float64{1.12}, Real: []float64{0.97, 0.99}, Simulated: []float64{1.01, 1.01}},
			{Name: "3.14t", Real: []float64{0.55, 0.52}, Simulated: []float64{0.5, 0.5}},
			{Name: "3.15"},
		}}
}

// gallery returns all figures by name.
func gallery(t testing.TB) map[string]*plot.Figure {
	lost := turns(3)
	lost.Lost = 1234
	return map[string]*plot.Figure{
		"gil-turns":         plot.GIL(turns(3)),
		"gil-convoy":        plot.GIL(convoy(t)),
		"gil-deadlock":      plot.GIL(deadlock(t)),
		"gil-free":          plot.GIL(withoutGIL(t)),
		"gil-interpreters":  plot.GIL(interpreters(t)),
		"gil-processes":     plot.GIL(processes(t)),
		"gil-processes-5":   plot.GIL(manyProcesses(t)),
		"gil-family-3":      plot.GIL(family(3)(t)),
		"gil-family-8":      plot.GIL(family(8)(t)),
		"gil-family-30":     plot.GIL(family(30)(t)),
		"gil-twelve":        plot.GIL(twelve(t)),
		"gil-twenty":        plot.GIL(twenty(t)),
		"gil-locked":        plot.GIL(locked(t)),
		"gil-ended":         plot.GIL(ended(t)),
		"gil-loop":          plot.GIL(loop(t)),
		"gil-crowd":         plot.GIL(crowd(t)),
		"gil-one":           plot.GIL(oneLane(t)),
		"gil-states":        plot.GIL(states(t)),
		"gil-many":          plot.GIL(turns(120)),
		"gil-very-many":     plot.GIL(turns(9000)),
		"gil-lost":          plot.GIL(lost),
		"gil-empty":         plot.GIL(&timeline.Timeline{}),
		"gil-outside":       plot.GIL(outside(t)),
		"gil-nil":           plot.GIL(nil),
		"compare-three":     plot.Compare(withGIL(t), withoutGIL(t), processes(t)),
		"compare-four":      plot.Compare(convoy(t), twelve(t), interpreters(t), withoutGIL(t)),
		"compare-two":       plot.Compare(turns(3), nil),
		"compare-one":       plot.Compare(turns(3)),
		"speedup":           plot.Speedup(ceiling(), threads(), free(), pool()),
		"speedup-noceiling": plot.Speedup(plot.Series{}, threads()),
		"speedup-ceiling":   plot.Speedup(ceiling()),
		"speedup-above": plot.Speedup(measured("ceiling", []int{1, 4},
			func(n float64) float64 { return 1 + (n-1)*0.02 }), free()),
		"speedup-none": plot.Speedup(plot.Series{}),
		"waits":        plot.Waits(waits(t)),
		"waits-turns":  plot.Waits(turns(3)),
		"waits-none":   plot.Waits(nil),
		"twins":        plot.Twins(twins()),
		"twins-one": plot.Twins(plot.TwinFigures{
			Title:   "Lost updates",
			Unit:    "% of the updates lost",
			Caption: "Nothing is lost since 3.10.",
			Columns: []string{""},
			Base:    math.NaN(),
			Twins:   []plot.Twin{{Name: "3.13", Python: []float64{0}, Real: []float64{0}, Simulated: []float64{0}}},
		}),
		"twins-none": plot.Twins(plot.TwinFigures{Title: "Nothing", Columns: []string{""}, Base: 1,
			Twins: []plot.Twin{{Name: "3.13"}, {Name: "3.14", Real: []float64{math.Inf(1)}}}}),
	}
}
