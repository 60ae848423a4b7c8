package main

// This file defines the probes: the requests to a kernel, and what is measured.

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/notebook"
)

// cells holds the cells of a language; they do the same in both languages.
type cells struct {
	one, firstOutput, now, lines, spin string
}

var goCells = cells{
	one:         "1 + 1",
	firstOutput: "fmt.Println(\"first\")\ntime.Sleep(500 * time.Millisecond)",
	now:         "fmt.Println(time.Now().UnixNano())\ntime.Sleep(20 * time.Millisecond)",
	lines:       "for i := 0; i < 100000; i++ {\n\tfmt.Println(\"line\", i)\n}",
	spin:        "fmt.Println(\"go\")\nfor {\n}",
}

var pythonCells = cells{
	one:         "1 + 1",
	firstOutput: "import time\nprint('first')\ntime.sleep(0.5)",
	now:         "import time\nprint(time.time_ns())\ntime.sleep(0.02)",
	lines:       "for i in range(100000):\n    print('line', i)",
	spin:        "print('go')\nwhile True:\n    pass",
}

// kernel is a kernel to be measured.
type kernel struct {
	name   string
	argv   []string
	env    []string
	code   cells
	signal bool // its kernelspec says interrupt_mode "signal"
}

// result is samples by metric.
type result map[string][]float64

type probe struct {
	name string
	run  func(context.Context, *kernel) (result, error)
}

var probes = []probe{
	{"start", start}, {"latency", latency}, {"output", output}, {"lines", lines}, {"interrupt", interrupt},
	{"restart", restart}, {"memory", memory},
}

func probeNames() []string {
	var names []string
	for _, p := range probes {
		names = append(names, p.name)
	}
	return names
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (k *kernel) start(ctx context.Context) (*client.Kernel, error) {
	return client.Start(ctx, &client.StartOptions{Argv: k.argv, Env: k.env})
}

// execute runs a cell to its end; each hears its output.
func execute(ctx context.Context, c *client.Kernel, code string, each func(*notebook.Output)) error {
	res,
		err := c.Execute(ctx,
		&client.Execution{Code: code, StoreHistory: true, Output: func(o *notebook.Output, _ bool) {
			if each != nil && o != nil {
				each(o)
			}
		}})
	if err == nil && res.Status != "ok" {
		err = fmt.Errorf("%s: %s", res.EName, res.EValue)
	}
	return err
}

func start(ctx context.Context, k *kernel) (result, error) {
	t := time.Now()
	c, err := k.start(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Stop()
	if err := execute(ctx, c, k.code.one, nil); err != nil {
		return nil, err
	}
	return result{"start to first result": {ms(time.Since(t))}}, nil
}

func latency(ctx context.Context, k *kernel) (result, error) {
	c, err := k.start(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Stop()
	r := result{}
	for i := range 110 {
		t := time.Now()
		if err := execute(ctx, c, k.code.one, nil); err != nil {
			return nil, err
		}
		if i >= 10 {
			r["execute round trip"] = append(r["execute round trip"], ms(time.Since(t)))
		}
	}
	for range 100 {
		t := time.Now()
		if _, err := c.KernelInfo(ctx); err != nil {
			return nil, err
		}
		r["kernel_info round trip"] = append(r["kernel_info round trip"], ms(time.Since(t)))
	}
	return r, nil
}

func output(ctx context.Context, k *kernel) (result, error) {
	c, err := k.start(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Stop()
	if err := execute(ctx, c, k.code.one, nil); err != nil {
		return nil, err
	}
	var first time.Duration
	t := time.Now()
	err = execute(ctx, c, k.code.firstOutput, func(*notebook.Output) {
		if first == 0 {
			first = time.Since(t)
		}
	})
	r := result{"first output": {ms(first)}}
	// The same, from the time at which the cell prints: processes of one computer share a clock.
	for range 20 {
		if err != nil {
			break
		}
		err = execute(ctx, c, k.code.now, func(o *notebook.Output) {
			if printed, bad := strconv.ParseInt(strings.TrimSpace(o.Text), 10, 64); bad == nil {
				r["output after its print"] = append(r["output after its print"], ms(time.Since(time.Unix(0, printed))))
			}
		})
	}
	return r, err
}

func lines(ctx context.Context, k *kernel) (result, error) {
	c, err := k.start(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Stop()
	var got strings.Builder
	t := time.Now()
	err = execute(ctx, c, k.code.lines, func(o *notebook.Output) {
		if o.Name == "stdout" {
			got.WriteString(o.Text)
		}
	})
	took := time.Since(t)
	lost, next := 0, 0
	for line := range strings.Lines(got.String()) {
		if line != fmt.Sprintf("line %d\n", next) {
			lost++
		}
		next++
	}
	return result{"100,000 lines": {ms(took)}, "lines lost": {float64(lost + max(0, 100000-next))}}, err
}

func interrupt(ctx context.Context, k *kernel) (result, error) {
	c, err := k.start(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Stop()
	spinning := make(chan struct{}, 16)
	ended := make(chan error, 1)
	// Ends when the cell is interrupted, or with the kernel.
	go func() {
		_,
			err := c.Execute(ctx,
			&client.Execution{Code: k.code.spin, StoreHistory: true, Output: func(*notebook.Output, bool) {
				select {
				case spinning <- struct{}{}:
				default:
				}
			}})
		ended <- err
	}()
	select {
	case <-spinning:
	case err := <-ended:
		return nil, fmt.Errorf("the cell ended before the interrupt: %w", err)
	case <-time.After(10 * time.Second):
		return nil, fmt.Errorf("no output in 10 s")
	}
	time.Sleep(500 * time.Millisecond) // let it spin: an interrupt right after output is another case
	t := time.Now()
	if k.signal {
		err = syscall.Kill(-c.PID(), syscall.SIGINT)
	} else {
		err = c.Interrupt(ctx)
	}
	if err != nil {
		return nil, err
	}
	select {
	case err = <-ended:
	case <-time.After(10 * time.Second):
		err = fmt.Errorf("no effect in 10 s")
	}
	return result{"interrupt": {ms(time.Since(t))}}, err
}

// restart measures a restart by a front end: a polite shutdown and a new start.
func restart(ctx context.Context, k *kernel) (result, error) {
	c, err := k.start(ctx)
	if err != nil {
		return nil, err
	}
	if err := execute(ctx, c, k.code.one, nil); err != nil {
		c.Stop()
		return nil, err
	}
	t := time.Now()
	c.Stop()
	if c, err = k.start(ctx); err != nil {
		return nil, err
	}
	took := time.Since(t)
	c.Stop()
	return result{"restart": {ms(took)}}, nil
}
