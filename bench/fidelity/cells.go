package main

// This file defines the experiments as a learner would type them: as cells in a kernel. They do what the functions of
// the same names in fidelity.py do, on the session's machine.

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"gilkernel/kernel/client"
	"gilkernel/kernel/notebook"
)

// cellPrelude is the first cell.
const cellPrelude = `import ("cmp"; "fmt"; "net"; "slices"; "time"; "gilkernel/runtime/gil"; "gilkernel/runtime/machine"; "gilkernel/runtime/threading")

func countdown(n int) { for n > 0 { n-- } }
func one() int { return 1 }
func ms(d time.Duration) float64 { return float64(d) / 1e6 }
func each(fs ...func()) {
	var all []*threading.Thread
	for _, f := range fs { all = append(all, threading.NewThread(f)) }
	for _, t := range all { t.Start() }
	for _, t := range all { t.Join() }
}
func times(k int, f func(i int)) (fs []func()) {
	for i := range k { fs = append(fs, func() { f(i) }) }
	return fs
}
func quantile(xs []float64, q float64) float64 {
	if len(xs) == 0 { return 0 }
	xs = slices.SortedFunc(slices.Values(xs), cmp.Compare[float64])
	return xs[int(float64(len(xs))*q)]
}
var _, _, _, _ = fmt.Println, net.DialTimeout, gil.Check, machine.Current
`

// cellBodies are the bodies of func() []float64. Arguments are variables.
func cellBodies() map[string]string {
	return map[string]string{
		"threads": `
	began := time.Now()
	countdown(n)
	single := time.Since(began)
	began = time.Now()
	each(times(k, func(int) { countdown(n / k) })...)
	return []float64{ms(time.Since(began)) / ms(single)}`,
		"wake": `
	stop := false
	var late []float64
	each(append(times(cpu, func(int) { for !stop { countdown(1000) } }), func() {
		for range n {
			began := time.Now()
			time.Sleep(time.Millisecond)
			late = append(late, ms(time.Since(began)) - 1)
		}
		stop = true
	})...)
	return []float64{quantile(late, 0.5), quantile(late, 0.9)}`,
		"hold": `
	end := time.Now().Add(time.Duration(seconds * 1e9))
	owner := 0
	began, last := make([]time.Time, k), make([]time.Time, k)
	var holds []float64
	each(times(k, func(me int) {
		for {
			t := time.Now()
			if owner != me {
				was := owner
				owner = me
				holds = append(holds, ms(last[was].Sub(began[was])))
				t = time.Now() // the GIL may have been lost after the other call
				began[me] = t
			}
			last[me] = t
			if t.After(end) { return }
		}
	})...)
	if len(holds) < 2 { return []float64{0, 0} }
	return []float64{quantile(holds[1:], 0.5), float64(len(holds)) / seconds}`,
		"share": `
	end := time.Now().Add(time.Duration(seconds * 1e9))
	counts := make([]float64, k)
	each(times(k, func(i int) {
		c := 0.0
		for time.Now().Before(end) { countdown(1000); c++ }
		counts[i] = c
	})...)
	total := 0.0
	for _, c := range counts { total += c }
	return []float64{slices.Min(counts) / total, slices.Max(counts) / total}`,
		"lost": `
	counter := 0
	lock := threading.NewLock()
	work := map[string]func(){
		"plain": func() { for range n { counter += 1 } },
		"call": func() { for range n { c := counter; counter = c + one() } },
		"locked": func() { for range n { lock.Acquire(); counter += 1; lock.Release() } },
	}[kind]
	each(work, work)
	return []float64{100 * float64(2*n-counter) / float64(2*n)}`,
		"stall": `
	const call = 500 * time.Millisecond
	var ticks []time.Time
	stop := false
	ticker := threading.NewThread(func() {
		for !stop {
			time.Sleep(time.Millisecond)
			ticks = append(ticks, time.Now())
		}
	})
	ticker.Start()
	time.Sleep(50 * time.Millisecond)
	began := time.Now()
	gil.Native(call)
	took := time.Since(began)
	time.Sleep(50 * time.Millisecond)
	stop = true
	ticker.Join()
	var longest time.Duration
	for i := 1; i < len(ticks); i++ { longest = max(longest, ticks[i].Sub(ticks[i-1])) }
	return []float64{ms(longest) / ms(took)}`,
		"overlap": `
	nap := time.Duration(ms_) * time.Millisecond
	began := time.Now()
	each(func() { time.Sleep(nap) })
	single := time.Since(began)
	began = time.Now()
	each(times(k, func(int) { time.Sleep(nap) })...)
	return []float64{ms(time.Since(began)) / ms(single)}`,
		"native": `
	work := func() {
		for range n {
			if free == 1 { gil.AllowThreads(func() { gil.Work(10 * time.Millisecond) }) } else { gil.Native(10 * time.Millisecond) }
		}
	}
	began := time.Now()
	work()
	single := time.Since(began)
	began = time.Now()
	each(work, work)
	return []float64{2 * ms(single) / ms(time.Since(began))}`,
		"handoff": `
	a, b := threading.NewLock(), threading.NewLock()
	b.Acquire()
	began := time.Now()
	each(func() { for range n { a.Acquire(); b.Release() } }, func() { for range n { b.Acquire(); a.Release() } })
	return []float64{float64(2*n) / time.Since(began).Seconds()}`,
		"barge": `
	lock := threading.NewLock()
	counts := make([]float64, 2)
	end := time.Now().Add(time.Duration(seconds * 1e9))
	each(times(2, func(i int) {
		for time.Now().Before(end) {
			lock.Acquire()
			counts[i]++
			if kind == "sleep" { time.Sleep(time.Millisecond) }
			if kind == "compute" { for until := time.Now().Add(time.Millisecond); time.Now().Before(until); {} }
			lock.Release()
		}
	})...)
	total := counts[0] + counts[1]
	return []float64{slices.Min(counts) / total, total / seconds}`,
		"spawn": `
	began := time.Now()
	for range n { each(func() {}) }
	return []float64{ms(time.Since(began)) / float64(n)}`,
		// The other process is a socket's on the real machine, and the time that it takes on the simulated one.
		"echo": `
	ask := func() {
		gil.Work(time.Microsecond)
		gil.AllowThreads(func() { gil.Work(8 * time.Microsecond) })
		machine.Current().IO("recv", 30*time.Microsecond)
	}
	if address != "" {
		c, err := net.Dial("udp", address)
		if err != nil { panic(err) }
		defer c.Close()
		b := make([]byte, 64)
		ask = func() { c.Write([]byte("ping")); c.Read(b) }
	}
	end := time.Now().Add(time.Duration(seconds * 1e9))
	stop := false
	var trips []float64
	start := time.Now()
	each(append(times(cpu, func(int) { for !stop { countdown(1000) } }), func() {
		for time.Now().Before(end) {
			began := time.Now()
			ask()
			trips = append(trips, ms(time.Since(began)))
		}
		stop = true
	})...)
	return []float64{float64(len(trips)) / time.Since(start).Seconds(), quantile(trips, 0.5)}`,
	}
}

// errNoCell is the error for an experiment that can't be a cell.
var errNoCell = errors.New("there is no such cell")

// session is a kernel.
type session struct {
	*client.Kernel
	dir  string
	echo net.PacketConn // answers each datagram with itself
}

// newSession starts a kernel of the program with these arguments; with none it builds gilkernel first.
func newSession(argv ...string) (s *session, err error) {
	s = &session{}
	if s.dir, err = os.MkdirTemp("", "gilkernel-fidelity-*"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if len(argv) == 0 {
		program := filepath.Join(s.dir, "gilkernel")
		if out, err := exec.Command("go", "build", "-o", program, "gilkernel").CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building gilkernel: %w\n%s", err, out)
		}
		argv = []string{program, "start", "-f", "{connection_file}"}
	}
	if s.echo, err = net.ListenPacket("udp4", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	go func() { // ends when the socket is closed
		b := make([]byte, 64)
		for {
			n, from, err := s.echo.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = s.echo.WriteTo(b[:n], from)
		}
	}()
	s.Kernel, err = client.Start(context.Background(),
		&client.StartOptions{Argv: argv, Env: []string{"GILKERNEL_HISTORY="}, Stderr: os.Stderr})
	if err != nil {
		return nil, err
	}
	_, err = s.execute(cellPrelude)
	return s, err
}

// close ends the kernel. On a nil session it does nothing.
func (s *session) close() {
	if s == nil {
		return
	}
	if s.Kernel != nil {
		s.Stop()
	}
	if s.echo != nil {
		_ = s.echo.Close()
	}
	_ = os.RemoveAll(s.dir)
}

// execute runs a cell and returns what it printed.
func (s *session) execute(code string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var printed strings.Builder
	res, err := s.Kernel.Execute(ctx, &client.Execution{Code: code, Output: func(o *notebook.Output, _ bool) {
		if o != nil && o.Name == "stdout" {
			printed.WriteString(string(o.Text))
		}
	}})
	if err == nil && res.Status != "ok" {
		err = fmt.Errorf("%s: %s", res.EName, res.EValue)
	}
	return printed.String(), err
}

// ask returns a function that runs experiments as cells on a machine of a version.
func (s *session) ask(simulated bool, version string, cores int, seed uint64) ask {
	return func(name string, a args) ([]float64, error) {
		body, ok := cellBodies()[name]
		if !ok {
			return nil, errNoCell
		}
		address := ""
		words := "real python=" + version
		if simulated {
			words = fmt.Sprintf("simulated python=%s seed=%d", version, seed)
		} else if name == "echo" {
			address = s.echo.LocalAddr().String()
		}
		// %machine keeps words that aren't given, so all are given.
		words += fmt.Sprintf(" cores=%d", cmp.Or(cores, s.cores(simulated)))
		interval := "5ms"
		if f := a.float("ms"); f > 0 && name != "overlap" {
			interval = fmt.Sprintf("%gms", f)
		}
		ticks := cmp.Or(a.int("ticks"), 100)
		if _, err := s.execute(fmt.Sprintf("%%machine %s interval=%s interval=%dticks", words, interval,
			ticks)); err != nil {
			return nil, err
		}
		var code strings.Builder
		code.WriteString("fmt.Println(\"=\", func() []float64 {\n")
		given := maps.Clone(a)
		given["address"] = address
		for _, key := range slices.Sorted(maps.Keys(given)) {
			value := fmt.Sprintf("%#v", given[key])
			if key == "seconds" {
				value = fmt.Sprintf("float64(%v)", given[key])
			}
			if key == "ms" { // the cells have a function of this name
				key = "ms_"
			}
			fmt.Fprintf(&code, "\t%s := %s\n\t_ = %s\n", key, value, key)
		}
		code.WriteString(body + "\n}())\n")
		printed, err := s.execute(code.String())
		if err != nil {
			return nil, fmt.Errorf("cell %s, Python %s: %w", name, version, err)
		}
		_, list, found := strings.Cut(printed, "= [")
		list, _, closed := strings.Cut(list, "]")
		var xs []float64
		if err := json.Unmarshal([]byte("["+strings.ReplaceAll(strings.TrimSpace(list), " ", ",")+"]"),
			&xs); err != nil || !found || !closed {
			return nil, fmt.Errorf("cell %s printed %q", name, printed)
		}
		return xs, nil
	}
}

// cores returns how many cores a machine has by default.
func (s *session) cores(simulated bool) int {
	if simulated {
		return 2
	}
	return 1024 // so many that all are used
}
