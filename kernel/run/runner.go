package run

// This file defines the run of one notebook: cell by cell, a progress line for each.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/notebook"
	"gilkernel/kernel/wire"
)

var (
	// errCell says that a cell failed; the runner has printed how.
	errCell = errors.New("a cell failed")
	// errTimeout says that a cell took longer than it may.
	errTimeout = errors.New("timed out")
	// errInterrupted says that the person stopped the run.
	errInterrupted = errors.New("interrupted")
)

// endTimeout is how long an interrupted cell has before it is interrupted again, with more force.
const endTimeout = 2 * time.Second

// runner runs one notebook.
type runner struct {
	kernel *client.Kernel
	nb     *notebook.Notebook
	f      *flags
	o      *Options

	mu    sync.Mutex                // protects the fields below, and the outputs of all cells
	cells map[string]*notebook.Cell // by the msg_id of the request that ran them
	clear map[*notebook.Cell]bool   // late outputs to come replace the present ones
}

func newRunner(kernel *client.Kernel, nb *notebook.Notebook, f *flags, o *Options) *runner {
	r := &runner{kernel: kernel, nb: nb, f: f, o: o, cells: map[string]*notebook.Cell{},
		clear: map[*notebook.Cell]bool{}}
	kernel.Other(r.late)
	return r
}

// executed reports whether the cell was run: its outputs are of this run and no stranger's.
func (r *runner) executed(c *notebook.Cell) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ran := range r.cells {
		if ran == c {
			return true
		}
	}
	return false
}

// late stores what a goroutine of an earlier cell printed after its cell had ended.
func (r *runner) late(m *wire.Message) {
	out, update, ok := client.Output(m)
	clear := m.Header.MsgType == "clear_output"
	if !ok && !clear {
		return
	}
	var parent struct {
		MsgID string `json:"msg_id"`
	}
	_ = json.Unmarshal(m.ParentHeader, &parent) // no parent: no cell
	r.mu.Lock()
	c := r.cells[parent.MsgID]
	wait := false
	if clear && c != nil {
		var content struct{ Wait bool }
		_ = json.Unmarshal(m.Content, &content) // malformed: as if without wait
		wait = content.Wait
	} else if c != nil && !update {
		clear = r.clear[c]
	}
	if c != nil && (clear || !update) {
		r.clear[c] = wait
	}
	r.mu.Unlock()
	if c == nil {
		return
	}
	if clear && !wait {
		r.output(c, nil, false)
	}
	if ok {
		r.output(c, out, update)
	}
}

// sign stores in the notebook which kernel ran it, as nbclient does: JupyterLab would do it when it opens the notebook,
// and call it changed.
func (r *runner) sign(ctx context.Context) {
	ask, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	info, err := r.kernel.KernelInfo(ask)
	if err != nil || len(info.LanguageInfo) == 0 {
		return // the kernel is gone: the notebook keeps what it has
	}
	if r.nb.Metadata == nil {
		r.nb.Metadata = map[string]json.RawMessage{}
	}
	r.nb.Metadata["language_info"] = info.LanguageInfo
}

// output stores an output as a front end would; nil clears the cell's outputs.
func (r *runner) output(c *notebook.Cell, out *notebook.Output, update bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case out == nil:
		c.Outputs = nil
	case update:
		for _, cell := range r.nb.Cells {
			for i := range cell.Outputs {
				if o := &cell.Outputs[i]; o.DisplayID != "" && o.DisplayID == out.DisplayID {
					o.Data, o.Metadata = out.Data, out.Metadata
				}
			}
		}
	case out.Type == "stream":
		c.Outputs = notebook.AppendStream(c.Outputs, out.Name, out.Text)
	default:
		c.Outputs = append(c.Outputs, *out)
	}
}

// run runs all code cells in order.
func (r *runner) run(ctx context.Context) error {
	var code []*notebook.Cell
	for _, c := range r.nb.Cells {
		if c.Type == notebook.Code && strings.TrimSpace(c.Source) != "" && !c.Tagged("skip-execution") {
			code = append(code, c)
			c.Outputs, c.ExecutionCount = nil, 0 // what an earlier run left says nothing about this one
		}
	}
	failed := 0
	for i, c := range code {
		start := time.Now()
		res, err := r.cell(ctx, c, r.f.timeout)
		took := time.Since(start)
		verdict := "ok"
		if err == nil && res.Status != "ok" {
			verdict = res.EName
			if c.Tagged("raises-exception") {
				verdict += ", as tagged"
			}
		} else if err != nil {
			verdict = err.Error()
		}
		fmt.Fprintf(r.o.Stdout, "  [%*d/%d] %-48s %8s  %s\n", len(fmt.Sprint(len(code))), i+1, len(code),
			firstLine(c.Source, 48),
			took.Round(time.Millisecond), verdict)
		switch {
		case err != nil:
			r.report(i+1, c, nil)
			if errors.Is(err, errInterrupted) || ctx.Err() != nil {
				return err
			}
			if !r.f.allowErrors || errors.Is(err, client.ErrClosed) {
				return fmt.Errorf("cell %d: %w", i+1, err)
			}
			failed++
		case res.Status != "ok" && !c.Tagged("raises-exception"):
			failed++
			r.report(i+1, c, &res)
			if !r.f.allowErrors {
				return errCell
			}
		}
	}
	if failed > 0 && !r.f.allowErrors {
		return errCell
	}
	return nil
}

// report prints a failing cell: its number, its code, its traceback.
func (r *runner) report(n int, c *notebook.Cell, res *client.Result) {
	fmt.Fprintf(r.o.Stderr, "\ncell %d failed:\n\n", n)
	for line := range strings.Lines(strings.TrimRight(c.Source, "\n") + "\n") {
		fmt.Fprintf(r.o.Stderr, "    %s", line)
	}
	fmt.Fprintln(r.o.Stderr)
	if res == nil {
		return
	}
	if len(res.Traceback) == 0 {
		fmt.Fprintf(r.o.Stderr, "%s: %s\n", res.EName, res.EValue)
	}
	for _, line := range res.Traceback {
		fmt.Fprintln(r.o.Stderr, line)
	}
	fmt.Fprintln(r.o.Stderr)
}

// cell runs one cell, for at most limit if that isn't 0. When its time is over or the person interrupts, it interrupts
// the cell, twice if necessary, and returns why.
func (r *runner) cell(ctx context.Context, c *notebook.Cell, limit time.Duration) (client.Result, error) {
	type ended struct {
		res client.Result
		err error
	}
	done := make(chan ended, 1)
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	// Ends with the cell, or by cancel when the kernel doesn't end it.
	go func() {
		res, err := r.kernel.Execute(run, &client.Execution{
			Code: c.Source, StoreHistory: true,
			Sent: func(id string) {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.cells[id] = c
			},
			Output: func(o *notebook.Output, update bool) { r.output(c, o, update) },
		})
		done <- ended{res, err}
	}()
	var timeout <-chan time.Time
	if limit > 0 {
		t := time.NewTimer(limit)
		defer t.Stop()
		timeout = t.C
	}
	var why error
	select {
	case e := <-done:
		if e.res.Count > 0 {
			c.ExecutionCount = e.res.Count
		}
		return e.res, e.err
	case <-timeout:
		why = fmt.Errorf("%w after %v; --timeout gives a cell more time", errTimeout, limit)
	case <-r.o.Interrupts:
		why = errInterrupted
	case <-r.kernel.Exited():
		return client.Result{}, fmt.Errorf("the kernel process ended: %w", client.ErrClosed)
	case <-ctx.Done():
		why = ctx.Err()
	}
	for range 2 {
		end, cancel := context.WithTimeout(context.Background(), endTimeout)
		_ = r.kernel.Interrupt(end) // a kernel that can't be asked is stopped below
		select {
		case e := <-done:
			cancel()
			c.ExecutionCount = e.res.Count
			return e.res, why
		case <-end.Done():
		}
		cancel()
	}
	return client.Result{}, fmt.Errorf("%w, and could not be interrupted: %w", why, client.ErrClosed)
}

// firstLine returns the first line of code that isn't blank, cut to n code points.
func firstLine(code string, n int) string {
	for line := range strings.Lines(code) {
		if line = strings.TrimSpace(line); line != "" {
			r := []rune(line)
			if len(r) > n {
				return string(r[:n-1]) + "…"
			}
			return line
		}
	}
	return ""
}
