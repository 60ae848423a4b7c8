//go:build linux

package robust_test

// This file defines the kernel under test, which is this test's own binary, and the page that a learner
// would look at: for each cell what arrived with its msg_id as parent.

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/kerneltest"
	"gilkernel/kernel/notebook"
	"gilkernel/kernel/wire"
)

// patience is after how long a test gives up waiting.
const patience = 3 * time.Minute

func TestMain(m *testing.M) {
	kerneltest.Main(m, map[string]kerneltest.Role{"parent": parent})
}

// parent starts a kernel, and dies when its stdin ends, without a word to it.
func parent(args []string) int {
	k := exec.Command(os.Args[0], "start", "-f", args[0])
	k.Env = append(os.Environ(), "JPY_PARENT_PID="+strconv.Itoa(os.Getpid()))
	if err := k.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// A page is a kernel process with a front end.
type page struct {
	t   testing.TB
	k   *client.Client
	pid int // of the kernel process
	ctx context.Context

	mu      sync.Mutex // protects the fields below
	outputs map[string][]*notebook.Output
	idle    map[string]bool // the cells of other pages that have ended
	changed chan struct{}   // closed when any of that changes
}

// open starts a kernel; env is added to its environment. Nothing of it may be left at the test's end.
func open(t testing.TB, env ...string) *page {
	t.Helper()
	h := newHousehold(t)
	h.env = env
	p := h.start("start", "-f")
	t.Cleanup(func() {
		if t.Failed() {
			return // newHousehold tidies up
		}
		if err := p.k.Shutdown(h.ctx); err != nil {
			t.Errorf("shutting down: %v", err)
			return
		}
		if err := h.cmd.Wait(); err != nil {
			t.Errorf("the kernel: %v", err)
		}
		h.isGone()
	})
	return p
}

// newPage opens a page on a kernel that runs.
func newPage(t testing.TB, ctx context.Context, k *client.Client, pid int) *page {
	p := &page{t: t, k: k, pid: pid, ctx: ctx, outputs: map[string][]*notebook.Output{}, idle: map[string]bool{},
		changed: make(chan struct{})}
	k.Other(func(m *wire.Message) {
		var parent struct {
			MsgID string `json:"msg_id"`
		}
		_ = json.Unmarshal(m.ParentHeader, &parent) // none: the output belongs to no request
		if o, _, ok := client.Output(m); ok {
			p.add(parent.MsgID, o)
		}
		if m.Header.MsgType == "status" && strings.Contains(string(m.Content), `"idle"`) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.idle[parent.MsgID] = true
			p.changedLocked()
		}
	})
	return p
}

func (p *page) add(id string, o *notebook.Output) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.outputs[id] = append(p.outputs[id], o)
	p.changedLocked()
}

func (p *page) changedLocked() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// A cell is one that runs or ran.
type cell struct {
	p    *page
	id   string
	done chan struct{} // closed when it has its reply and iopub is idle
	res  client.Result
	err  error
}

// begin starts a cell and doesn't wait. ask answers its questions; nil: input is not available.
func (p *page) begin(code string, ask func(string, bool) string) *cell {
	c := &cell{p: p, done: make(chan struct{})}
	sent := make(chan struct{})
	// Ends with the cell, or with the test's context.
	go func() {
		defer close(c.done)
		c.res, c.err = p.k.Execute(p.ctx, &client.Execution{Code: code, StoreHistory: true, Input: ask,
			Sent: func(id string) { c.id = id; close(sent) },
			Output: func(o *notebook.Output, _ bool) {
				if o != nil {
					p.add(c.id, o)
				}
			}})
	}()
	<-sent
	return c
}

// run runs a cell to its end.
func (p *page) run(code string) *cell {
	p.t.Helper()
	c := p.begin(code, nil)
	c.wait()
	return c
}

// wait waits for the cell's end.
func (c *cell) wait() {
	c.p.t.Helper()
	select {
	case <-c.done:
		if c.err != nil {
			c.p.t.Fatalf("the cell: %v", c.err)
		}
	case <-time.After(patience):
		c.p.t.Fatal("the cell doesn't end")
	}
}

// outputs returns what is shown under the cell.
func (c *cell) outputs() []*notebook.Output {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	return append([]*notebook.Output(nil), c.p.outputs[c.id]...)
}

// text returns what is shown of a stream.
func (c *cell) text(name string) string {
	var b strings.Builder
	for _, o := range c.outputs() {
		if o.Type == "stream" && o.Name == name {
			b.WriteString(o.Text)
		}
	}
	return b.String()
}

// errors returns the red errors under the cell.
func (c *cell) errors() (all []*notebook.Output) {
	for _, o := range c.outputs() {
		if o.Type == "error" {
			all = append(all, o)
		}
	}
	return all
}

// value returns the text of the cell's result.
func (c *cell) value() string {
	for _, o := range c.outputs() {
		if o.Type == "execute_result" {
			s := ""
			_ = json.Unmarshal(o.Data["text/plain"], &s) // no text: ""
			return s
		}
	}
	return ""
}

// await waits until ok is true of the page.
func (p *page) await(what string, ok func() bool) {
	p.t.Helper()
	late := time.After(patience)
	for {
		p.mu.Lock()
		changed := p.changed
		p.mu.Unlock()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-late:
			p.t.Fatalf("%s doesn't come", what)
		}
	}
}

// wants runs a cell that must have this value.
func (p *page) wants(code, value string) {
	p.t.Helper()
	if c := p.run(code); c.value() != value {
		p.t.Errorf("%s is %q, want %q: %s %s", code, c.value(), value, c.res.EName, c.res.EValue)
	}
}

// interrupt does what the button does.
func (p *page) interrupt() {
	p.t.Helper()
	if err := p.k.Interrupt(p.ctx); err != nil {
		p.t.Fatalf("interrupting: %v", err)
	}
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// plain is a traceback as it is read.
func plain(o *notebook.Output) string {
	return colours.ReplaceAllString(strings.Join(o.Traceback, "\n"), "")
}

// alive asks for heartbeat and kernel_info again and again until stop is called, which reports the
// first that isn't answered and that there were any.
func (p *page) alive() (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	answered := 0
	// Ends when stop is called.
	go func() {
		defer close(ended)
		for {
			ctx, cancel := context.WithTimeout(p.ctx, patience/3)
			err := p.k.Heartbeat(ctx)
			if err != nil {
				p.t.Errorf("heartbeat: %v", err)
			} else if _, err = p.k.KernelInfo(ctx); err != nil {
				p.t.Errorf("kernel_info: %v", err)
			}
			cancel()
			if err != nil {
				return
			}
			answered++
			select {
			case <-end:
				return
			case <-time.After(10 * time.Millisecond): // not a load test
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		p.t.Logf("heartbeat and kernel_info were answered %d times", answered)
	}
}
