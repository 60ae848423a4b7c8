//go:build unix

package run_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/kerneltest"
	"gilkernel/kernel/notebook"
	"gilkernel/kernel/run"
)

// The kernel under test is this test's own binary.
func TestMain(m *testing.M) { kerneltest.Main(m, nil) }

// cell is a code cell with tags.
func cell(source string, tags ...string) *notebook.Cell {
	c := &notebook.Cell{Type: notebook.Code, Source: source, Metadata: map[string]json.RawMessage{}}
	if tags != nil {
		c.Metadata["tags"], _ = json.Marshal(tags)
	}
	return c
}

// write writes a notebook of these cells into a folder of its own.
func write(t *testing.T, cells ...*notebook.Cell) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "n.ipynb")
	if err := (&notebook.Notebook{Cells: cells, Metadata: map[string]json.RawMessage{}}).Write(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// execute runs the command and returns its status, what it printed, and the notebook that it wrote.
func execute(
	t *testing.T, interrupts <-chan os.Signal, args ...string,
) (status int, stdout, stderr string, nb *notebook.Notebook) {
	t.Helper()
	t.Setenv("GILKERNEL_HISTORY", "")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir := t.TempDir()
	var out, errs bytes.Buffer
	status = run.Main(ctx, append([]string{"--output", dir}, args...), &run.Options{
		Kernel: kerneltest.Kernel(), Stdout: &out, Stderr: &errs, Interrupts: interrupts})
	if nb, err := notebook.Read(filepath.Join(dir, "n.ipynb")); err == nil {
		return status, out.String(), errs.String(), nb
	}
	return status, out.String(), errs.String(), nil
}

func text(c *notebook.Cell) string {
	var b strings.Builder
	for _, o := range c.Outputs {
		b.WriteString(o.Text)
		if s, ok := o.DataText("text/plain"); ok {
			b.WriteString(s)
		}
		b.WriteString(o.EName)
	}
	return b.String()
}

func TestRun(t *testing.T) {
	path := write(t,
		cell("x := 20\nfmt.Println(\"hello\")\nx + 1"),
		cell("x / 0", "skip-execution"),
		cell("panic(\"boom\")", "raises-exception"),
		cell("x + 2"),
		cell("gate, gone := make(chan bool), make(chan bool)\n"+
			"go func() { <-gate; fmt.Println(\"late\"); close(gone) }()"),
		cell("display.ShowID(\"bar\", \"old\")"),
		cell("display.Update(\"bar\", \"new\")\nclose(gate)\n_ = <-gone"),
		cell("fmt.Println(\"gone\")\ndisplay.Clear(false)\nfmt.Println(\"kept\")"),
		cell("over := make(chan bool)\n"+
			"go func() { defer close(over); fmt.Println(\"a\"); time.Sleep(20 * time.Millisecond); "+
			"display.Clear(true); fmt.Println(\"b\"); display.Clear(false); fmt.Println(\"c\") }()"),
		cell("_ = <-over\n"+
			"time.Sleep(2 * time.Second) // what goroutines print may come after the end of the cell that waits for "+
			"them"),
		&notebook.Cell{Type: notebook.Markdown, Source: "# Title\n\n![p](missing.png)<script>alert(1)</script>",
			Metadata: map[string]json.RawMessage{}},
	)
	status, stdout, stderr, nb := execute(t, nil, "--html", path)
	if status != 0 || nb == nil {
		t.Fatalf("status %d\n%s\n%s", status, stdout, stderr)
	}
	for i, want := range []string{"hello\n21", "", "panic", "22", "late\n", `"new"`, "", "kept\n", "c\n", ""} {
		if got := text(nb.Cells[i]); got != want {
			t.Errorf("cell %d has %q, want %q", i, got, want)
		}
	}
	if n := nb.Cells[0].ExecutionCount; n != 1 {
		t.Errorf("the first cell has the number %d", n)
	}
	if !strings.Contains(stdout, "[9/9]") || !strings.Contains(stdout, "panic, as tagged") {
		t.Errorf("progress:\n%s", stdout)
	}
	if !strings.Contains(stdout, "n.html") {
		t.Errorf("no page was written:\n%s", stdout)
	}
	if !strings.Contains(stderr, "cell 11: the picture missing.png is not shown: there is no such file") {
		t.Errorf("nothing is said of the missing picture:\n%s", stderr)
	}
	if info := string(nb.Metadata["language_info"]); !strings.Contains(info, `"version": "1.26"`) &&
		!strings.Contains(info, `"version":"1.26"`) {
		t.Errorf("language_info is %s", info)
	}
}

// JupyterLab adds its SVG to an output of type text/vnd.mermaid when it opens a notebook, which changes the file: a
// deadlock's graph is Markdown. A machine is set without a word in a cell with code.
func TestWhatIsStored(t *testing.T) {
	path := write(t,
		cell("import \"gilkernel/runtime/threading\"\nlock := threading.NewLock(\"only one\")\nlock.Acquire()\n"+
			"lock.Acquire()", "raises-exception"),
		cell("%machine simulated python=3.9\n1 + 1"),
		cell("%machine real python=3.13"),
	)
	status, stdout, stderr, nb := execute(t, nil, path)
	if status != 0 || nb == nil {
		t.Fatalf("status %d\n%s\n%s", status, stdout, stderr)
	}
	if out := nb.Cells[0].Outputs; len(out) != 2 || !strings.Contains(string(out[0].Data["text/markdown"]),
		"```mermaid\\nflowchart") || out[0].Data["text/vnd.mermaid"] != nil || out[1].EName != "Deadlock" {
		t.Errorf("the deadlock's cell has %+v", out)
	}
	if got := text(nb.Cells[1]); got != "2" {
		t.Errorf("a cell with code and %%machine has %q", got)
	}
	if got := text(nb.Cells[2]); !strings.HasPrefix(got, "real python=3.13 cores=") || strings.Count(got, "\n") != 1 {
		t.Errorf("%%machine alone says %q", got)
	}
}

// At the end, threads that aren't daemons are waited for, whatever a cell has called threading: their output is stored
// in their cells. So are pools. Daemons aren't, and neither are threads that can't end.
func TestThreadsAtTheEnd(t *testing.T) {
	python := cell("import \"gilkernel/runtime/threading\"\nimport \"gilkernel/runtime/futures\"\n" +
		"begun := threading.NewEvent()\nlast := threading.NewEvent()")
	thread := cell("threading.NewThread(func() { begun.Wait(); time.Sleep(300 * time.Millisecond); " +
		"fmt.Println(\"late\"); last.Set() }).Start()")
	later := cell("threading.NewThread(func() { last.Wait(); threading.NewThread(func() { time.Sleep(50 * " +
		"time.Millisecond); fmt.Println(\"later\") }).Start() }).Start()")
	pool := cell("pool := futures.NewThreadPoolExecutor(1)\n" +
		"_ = pool.Submit(func() { last.Wait(); time.Sleep(50 * time.Millisecond); fmt.Println(\"pool\") })")
	daemon := cell("threading.NewThread(func() { time.Sleep(time.Hour); fmt.Println(\"never\") }, " +
		"threading.Daemon(true)).Start()")
	path := write(t, python, thread, later, pool, daemon, cell("begun.Set()"), cell("threading := 5"))
	status, stdout, stderr, nb := execute(t, nil, path)
	if status != 0 || nb == nil {
		t.Fatalf("status %d\n%s\n%s", status, stdout, stderr)
	}
	for i, want := range []string{"", "late\n", "later\n", "pool\n", ""} {
		if got := text(nb.Cells[i]); got != want {
			t.Errorf("cell %d has %q, want %q", i, got, want)
		}
	}
	path = write(t, python,
		cell("threading.NewThread(func() { begun.Set(); for { time.Sleep(time.Millisecond) } }).Start()\nbegun.Wait()"))
	status, stdout, stderr, _ = execute(t, nil, path, "--timeout", "6s")
	if status != 0 || !strings.Contains(stdout, "waiting at most 6s for threads") ||
		!strings.Contains(stderr, "threads still run 6s after the last cell") {
		t.Errorf("a thread without an end: status %d\n%s\n%s", status, stdout, stderr)
	}
	path = write(t, python,
		cell("lock := threading.NewLock(\"mine\")\nlock.Acquire()\n"+
			"threading.NewThread(func() { lock.Acquire() }).Start()"))
	if status, stdout, stderr, _ = execute(t, nil, path); status != 0 ||
		!strings.Contains(stderr, "threads that aren't daemons never end: Deadlock") {
		t.Errorf("a thread that waits for ever: status %d\n%s\n%s", status, stdout, stderr)
	}
}

func TestFailingCell(t *testing.T) {
	last := cell("y + 41")
	last.Outputs = []notebook.Output{{Type: "stream", Name: "stdout", Text: "of an earlier run"}}
	path := write(t, cell("y := 1"), cell("var s []int\ns[y]"), last)
	status, _, stderr, nb := execute(t, nil, path)
	if status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	for _, want := range []string{"cell 2 failed", "    s[y]", "index out of range"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in\n%s", want, stderr)
		}
	}
	if nb == nil || len(nb.Cells[1].Outputs) == 0 || len(nb.Cells[2].Outputs) != 0 {
		t.Error("the outputs up to the failure, and no others, should be written")
	}
	status, _, stderr, nb = execute(t, nil, "--allow-errors", path)
	if status != 0 || nb == nil || text(nb.Cells[2]) != "42" {
		t.Errorf("--allow-errors: status %d, %s", status, stderr)
	}
}

func TestTimeout(t *testing.T) {
	path := write(t, cell("for {\n}"), cell("1"))
	status, stdout, stderr, nb := execute(t, nil, path, "--timeout", "300ms")
	if status != 1 || !strings.Contains(stderr, "timed out after 300ms") {
		t.Errorf("status %d\n%s\n%s", status, stdout, stderr)
	}
	if nb == nil || text(nb.Cells[0]) != "KeyboardInterrupt" {
		t.Error("the interrupted cell has no error")
	}
}

func TestCtrlC(t *testing.T) {
	interrupts := make(chan os.Signal, 1)
	interrupts <- os.Interrupt // waits for the first cell
	path := write(t, cell("time.Sleep(time.Hour)"), cell("1"))
	status, stdout, stderr, nb := execute(t, interrupts, path)
	if status != 1 || !strings.Contains(stderr+stdout, "interrupted") {
		t.Errorf("status %d\n%s\n%s", status, stdout, stderr)
	}
	if nb != nil && len(nb.Cells[1].Outputs) > 0 {
		t.Error("the run went on")
	}
}

func TestKilledInterpreter(t *testing.T) {
	path := write(t, cell("os.Exit(3)", "raises-exception"), cell("6 * 7"))
	status, stdout, stderr, nb := execute(t, nil, path)
	if status != 0 || nb == nil || text(nb.Cells[1]) != "42" {
		t.Errorf("status %d\n%s\n%s", status, stdout, stderr)
	}
}

func TestInplace(t *testing.T) {
	path := write(t, cell("6 * 7"))
	if status, _, stderr, _ := execute(t, nil, "--inplace", path); status != 0 {
		t.Fatal(stderr)
	}
	nb, err := notebook.Read(path)
	if err != nil || text(nb.Cells[0]) != "42" {
		t.Errorf("the notebook wasn't written over: %v", err)
	}
}

func TestBadInput(t *testing.T) {
	good := write(t, cell("1"))
	text := filepath.Join(t.TempDir(), "text.ipynb")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(t.TempDir(), "foreign.ipynb")
	if err := os.WriteFile(foreign,
		[]byte(`{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"name": "python3"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{nil, 2, "name at least one notebook"},
		{[]string{"--no-such-flag", good}, 2, "no-such-flag"},
		{[]string{"--timeout", "soon", good}, 2, "soon"},
		{[]string{"nowhere.ipynb"}, 1, "there is no such notebook"},
		{[]string{text}, 1, "this is not a notebook"},
		{[]string{foreign}, 1, `asks for the kernel "python3"`},
		{[]string{"--output", filepath.Dir(good), good}, 1, "would be overwritten"},
		{[]string{good, good}, 2, "would both be written to"},
		{[]string{"-h"}, 0, ""},
	} {
		status, stdout, stderr, _ := execute(t, nil, test.args...)
		if status != test.status || !strings.Contains(stderr, test.want) {
			t.Errorf("%q: status %d, want %d with %q\n%s%s", test.args, status, test.status, test.want, stdout, stderr)
		}
	}
}
