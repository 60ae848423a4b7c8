package scaling

// This file defines the measurement.

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/plot"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// An Option is an optional argument of Run.
type Option struct {
	workers []int
	rounds  int
	serial  *float64
}

// Workers says with which numbers of workers the work is done; 1 is always one of them. Without it these are 1, 2, 4, …
// up to twice the number of cores, and at most 8.
func Workers(n ...int) Option { return Option{workers: n} }

// Rounds says how often each is measured. Without it that is 3 on the real machine, and 1 on a simulated one, where all
// rounds take the same time.
func Rounds(n int) Option { return Option{rounds: n} }

// Serial draws Amdahl's law for a serial part, from 0 to 1, as a line of its own: what the work could reach at best if
// so much of it can't be divided. Without it only the laws that fit the measurements are drawn.
func Serial(part float64) Option { return Option{serial: &part} }

const (
	maxWorkers = 64
	maxRounds  = 100
)

// A Result is what Run has measured. Its fields are series that plot.Speedup takes.
type Result struct {
	Threads      plot.Series // under a GIL
	Processes    plot.Series
	FreeThreaded plot.Series
	Ceiling      plot.Series
	Law          plot.Series // of Serial; the zero Series without it
}

// Figure returns the drawing.
func (r *Result) Figure() *plot.Figure {
	series := []plot.Series{r.Threads, r.Processes, r.FreeThreaded}
	if len(r.Law.Workers) > 0 {
		series = append(series, r.Law)
	}
	return plot.Speedup(r.Ceiling, series...)
}

// MIMEBundle returns the drawing as a notebook shows it.
func (r *Result) MIMEBundle() (data, metadata map[string]any) { return r.Figure().MIMEBundle() }

// String returns the drawing's text: a table.
func (r *Result) String() string { return r.Figure().String() }

// Run does a piece of work again and again, with more and more workers, and measures how long that takes. work is a
// function of two ints, the part, from 0 on, and the number of parts: it does that part of the whole. Each worker calls
// it once. The workers are
//
//   - threads of the current Python, or of the same version with a GIL if this one has none;
//   - processes, as multiprocessing.NewProcess makes them: their start is a part of what they take. work must be a
//     function that can be sent to a process;
//   - threads of a Python without a GIL: of the same version from 3.13 on, of 3.14t for others.
//
// All are on the machine of the cell. Measure work of half a second or more on the real machine: starting a process
// takes some milliseconds. Run panics with a TypeError or ValueError if an argument is wrong, and with what ended a
// worker. It is called by a thread of a Python, such as a cell.
func Run(work any, options ...Option) *Result {
	if f, ok := work.(func(int, int)); !ok || f == nil {
		panic(exceptions.Type("Run takes a function of two ints, the part and the number of parts, without results: "+
			"func(part, parts int), not %T", work))
	}
	t := machine.Current()
	in := gil.Of(t)
	if in == nil {
		panic(exceptions.Runtime("Run is called by a thread of a Python: a cell or a thread that it has started, not " +
			"a plain goroutine"))
	}
	b := &bench{t: t, in: in, m: t.Machine(), work: work}
	b.options(options)
	r := &Result{}
	var err error
	under, free := in, in
	if in.Profile().Kind == gil.FreeThreaded {
		under, err = b.python(in.Profile().Version[:len(in.Profile().Version)-1])
	} else {
		free, err = b.python(freeVersion(in))
	}
	if err != nil {
		panic(exceptions.Runtime("%v", err))
	}
	r.Ceiling = b.ceiling()
	kinds := []struct {
		to   *plot.Series
		name string
		do   func(n int) error
	}{
		{&r.Threads, "threads, GIL", func(n int) error { return b.threads(under, n) }},
		{&r.Processes, "processes", b.processes},
		{&r.FreeThreaded, "threads, no GIL", func(n int) error { return b.threads(free, n) }},
	}
	took := make([][][]time.Duration, len(kinds))
	for i := range took {
		took[i] = make([][]time.Duration, len(b.workers))
	}
	for range b.rounds { // all by turns: what else the computer does hits all alike
		for i, k := range kinds {
			for j, n := range b.workers {
				began := t.Now()
				if err := k.do(n); err != nil {
					panic(err)
				}
				took[i][j] = append(took[i][j], max(t.Now()-began, 1))
			}
		}
	}
	for i, k := range kinds {
		*k.to = plot.Times(k.name, b.workers, took[i])
	}
	if b.serial != nil {
		r.Law = plot.Law(*b.serial, b.workers)
	}
	return r
}

// freeVersion returns the Python without a GIL that an interpreter is compared with.
func freeVersion(in *gil.Interpreter) string {
	if in.Minor() >= 313 {
		return in.Profile().Version + "t"
	}
	return "3.14t"
}

// A bench is one Run.
type bench struct {
	t       *machine.Thread
	m       *machine.Machine
	in      *gil.Interpreter
	work    any
	workers []int
	rounds  int
	serial  *float64
}

// options reads the options. It panics with a ValueError if one makes no sense.
func (b *bench) options(options []Option) {
	b.rounds = 3
	if b.m.Simulated() {
		b.rounds = 1
	}
	for _, o := range options {
		switch {
		case o.serial != nil:
			if !(*o.serial >= 0 && *o.serial <= 1) {
				panic(exceptions.Value("a serial part is from 0 to 1, not %v", *o.serial))
			}
			b.serial = o.serial
		case o.workers != nil:
			b.workers = slices.Clone(o.workers)
		default:
			if o.rounds < 1 || o.rounds > maxRounds {
				panic(exceptions.Value("measure 1 to %d rounds, not %d", maxRounds, o.rounds))
			}
			b.rounds = o.rounds
		}
	}
	if len(b.workers) == 0 {
		for n := 1; n <= min(8, 2*b.cores()); n *= 2 {
			b.workers = append(b.workers, n)
		}
	}
	for _, n := range b.workers {
		if n < 1 || n > maxWorkers {
			panic(exceptions.Value("work is measured with 1 to %d workers, not with %d", maxWorkers, n))
		}
	}
	b.workers = append(b.workers, 1)
	slices.Sort(b.workers)
	b.workers = slices.Compact(b.workers)
}

func (b *bench) cores() int {
	if n := b.m.Cores(); n > 0 {
		return n
	}
	return runtime.NumCPU()
}

// python makes another Python on the same machine.
func (b *bench) python(version string) (*gil.Interpreter, error) {
	process, pid, _ := b.in.Process()
	return gil.New(b.m, &gil.Options{Version: version, Process: process, PID: pid})
}

// threads does the work with n threads of a Python.
func (b *bench) threads(in *gil.Interpreter, n int) error {
	failed := make([]any, n)
	b.together(in, n, func(t *machine.Thread, part int) {
		defer func() {
			if v := recover(); v != nil {
				failed[part] = v
				if exceptions.Uncatchable(v) {
					panic(v) // the host's, which ends the thread
				}
			}
		}()
		threading.Call(t, b.work, []any{part, n})
	})
	for _, v := range failed {
		if v != nil {
			panic(v)
		}
	}
	return nil
}

// together calls f in n threads of a Python, of none if in is nil, and waits for them.
func (b *bench) together(in *gil.Interpreter, n int, f func(t *machine.Thread, part int)) {
	var over machine.Word // how many have ended
	for part := range n {
		name := fmt.Sprintf("worker %d of %d", part+1, n)
		var t *machine.Thread
		if in == nil {
			t = b.m.NewThread(nil, name)
		} else {
			t = b.m.NewThread(in, name)
		}
		t.Start(b.t, func(t *machine.Thread) {
			defer func() {
				over.Add(t, 1)
				over.Wake(t, 1)
			}()
			f(t, part)
		})
	}
	b.m.AddOutsiders(b.in, 1) // threads of another Python end the wait: it is no deadlock of this one
	defer b.m.AddOutsiders(b.in, -1)
	b.t.Detach()
	defer b.t.Attach()
	for {
		seen := over.Load(b.t)
		if int(seen) == n {
			return
		}
		b.t.Wait(&over, seen, machine.Forever, machine.Why{Kind: timeline.WaitJoin, On: workers{}, Beyond: true})
	}
}

// workers are what Run waits for.
type workers struct{}

func (workers) Name() string              { return "the end of the workers" }
func (workers) Holders() []machine.Holder { return nil }

// processes does the work with n processes.
func (b *bench) processes(n int) error {
	var all []*multiprocessing.Process
	for part := range n {
		p := multiprocessing.NewProcess(b.work, multiprocessing.Args(part, n),
			multiprocessing.Name(fmt.Sprintf("worker %d of %d", part+1, n)))
		p.Start()
		all = append(all, p)
	}
	for _, p := range all {
		p.Join()
	}
	for _, p := range all {
		if code := p.ExitCode(); code != 0 {
			return exceptions.Runtime("the process %s has ended with exit code %v; what it printed says why", p.Name(),
				code)
		}
	}
	return nil
}

// ceilingWork is how much each thread computes for the ceiling of a machine that isn't the whole computer.
const ceilingWork = 20 * time.Millisecond

// ceiling measures what the machine's cores give. Threads that belong to no Python take the place of plain goroutines
// on a machine that has other cores than the computer.
func (b *bench) ceiling() plot.Series {
	if !b.m.Simulated() && b.cores() == runtime.NumCPU() {
		var s plot.Series
		b.t.Blocking(timeline.Outside, "the ceiling", func() { s = plot.Ceiling(b.workers, b.rounds) })
		return s
	}
	s := plot.Series{Name: "ceiling", Workers: b.workers}
	for _, n := range b.workers {
		var reps []float64
		for range b.rounds {
			began := b.t.Now()
			b.together(nil, n, func(t *machine.Thread, _ int) { t.Work(ceilingWork) })
			reps = append(reps, float64(n)*float64(ceilingWork)/float64(max(b.t.Now()-began, 1)))
		}
		s.Speedups = append(s.Speedups, reps)
	}
	one := s.Speedups[0][0]
	for _, reps := range s.Speedups {
		for i := range reps {
			reps[i] /= one
		}
	}
	return s
}
