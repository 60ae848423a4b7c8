// Package console is the command that runs cells typed in a terminal.
package console

// This file defines the command and its loop: read a cell, run it, show its output.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/commandline"
	"gilkernel/kernel/link"
	"gilkernel/kernel/notebook"
	"gilkernel/kernel/wire"
)

const usage = `
Usage: gilkernel console [flags] [DIR]

Runs Go cells in the terminal. A cell goes on over lines until it is complete; an empty line sends an
incomplete one as it is. Tab completes, ?name tells about a name and ??name shows its source, Ctrl-C
interrupts the running cell or drops the line, Ctrl-D or exit ends.`

// askTimeout is how long the console waits for an answer about what is being typed. A kernel that
// is slower is not asked again for this key.
const askTimeout = 2 * time.Second

// Options connect the command to its surroundings. The zero value is not usable: Kernel must be set.
type Options struct {
	Kernel         []string // the command that starts a kernel, as in kernel.json
	Stdout, Stderr io.Writer
	// Interrupts delivers Ctrl-C while a cell runs; nil: never.
	Interrupts <-chan os.Signal
}

// Main is the command: args are what follows "console". Cells come from the process's terminal, or
// line by line from its standard input when that is no terminal. It returns the exit status.
func Main(ctx context.Context, args []string, o *Options) int {
	fs := flag.NewFlagSet("console", flag.ContinueOnError)
	engine := fs.String("engine", "", "what runs cells: exec (the default) or yaegi")
	rest, err := commandline.Parse(fs, args)
	if err == nil && len(rest) > 1 {
		err = errors.New("name one folder to work in, or none")
	}
	if err == nil {
		err = link.CheckEngine(*engine)
	}
	dir := ""
	if err == nil && len(rest) == 1 {
		dir = rest[0]
		if fi, statErr := os.Stat(dir); statErr != nil || !fi.IsDir() {
			err = fmt.Errorf("%s is not a folder", dir)
		}
	}
	if err != nil {
		return commandline.Explain(o.Stdout, o.Stderr, "gilkernel console", usage, fs, err)
	}
	argv := o.Kernel
	if *engine != "" {
		argv = append(slices.Clone(argv), "--engine", *engine)
	}
	kernel, err := client.Start(ctx, &client.StartOptions{Argv: argv, Dir: dir, Stderr: o.Stderr})
	if err != nil {
		fmt.Fprintf(o.Stderr, "gilkernel console: %v\n", err)
		return 1
	}
	defer kernel.Stop()
	c := &console{kernel: kernel, o: o}
	kernel.Other(c.late)
	c.editor = newEditor(ctx, c)
	defer c.editor.close()
	return c.loop(ctx)
}

// console is one session at the terminal.
type console struct {
	kernel *client.Kernel
	o      *Options
	editor *editor

	mu sync.Mutex // protects Stdout: late output comes from the reading goroutine
}

func (c *console) loop(ctx context.Context) int {
	if info, err := c.kernel.KernelInfo(ctx); err == nil {
		fmt.Fprintln(c.o.Stdout, info.Banner)
	}
	for n := 1; ; {
		code, err := c.cell(ctx, n)
		switch {
		case errors.Is(err, errAborted):
			continue
		case ctx.Err() != nil: // the process was asked to end
			fmt.Fprintln(c.o.Stdout)
			return 1
		case errors.Is(err, io.EOF):
			fmt.Fprintln(c.o.Stdout)
			return 0
		case err != nil:
			fmt.Fprintf(c.o.Stderr, "gilkernel console: reading the terminal: %v\n", err)
			return 1
		}
		word := strings.TrimSpace(code)
		switch {
		case word == "":
			continue
		case word == "exit" || word == "quit":
			return 0
		case question().MatchString(word):
			c.inspect(ctx, word)
			continue
		}
		c.forgetInterrupts()
		res, err := c.execute(ctx, n, code)
		if ctx.Err() != nil {
			return 1
		}
		if err != nil {
			fmt.Fprintf(c.o.Stderr, "gilkernel console: %v\n", err)
			return 1
		}
		if res.Count >= n {
			n = res.Count + 1
		}
	}
}

// question is a name with question marks before or behind it: that asks about the name.
var question = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\?{1,2}[\w.]+|[\w.]+\?{1,2})$`)
})

// forgetInterrupts discards interrupts that were meant for the previous cell, or for the line that was typed.
func (c *console) forgetInterrupts() {
	for {
		select {
		case <-c.o.Interrupts:
		default:
			return
		}
	}
}

// cell reads lines until the kernel says that they are a cell.
func (c *console) cell(ctx context.Context, n int) (string, error) {
	prompt, code, indent := fmt.Sprintf("In [%d]: ", n), "", ""
	for {
		c.editor.above = code
		line, err := c.editor.line(prompt, indent)
		if err != nil {
			if errors.Is(err, io.EOF) && code != "" {
				break // standard input ended within a cell: run what there is
			}
			return "", err
		}
		if code != "" && strings.TrimSpace(line) == "" {
			break
		}
		code += line + "\n"
		if strings.HasPrefix(strings.TrimSpace(code), "?") {
			break
		}
		ask, cancel := context.WithTimeout(ctx, askTimeout)
		status, ind, err := c.kernel.IsComplete(ask, code)
		cancel()
		if err != nil && ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded) {
			return "", err
		}
		if status != "incomplete" {
			break
		}
		indent = ind
		prompt = strings.Repeat(" ", max(0, len(fmt.Sprintf("In [%d]: ", n))-5)) + "...: "
	}
	code = strings.TrimRight(code, "\n")
	c.editor.remember(code)
	return code, nil
}

// execute runs a cell, passing Ctrl-C on as an interrupt.
func (c *console) execute(ctx context.Context, n int, code string) (client.Result, error) {
	run, cancel := context.WithCancel(ctx)
	var helper sync.WaitGroup
	// Ends by cancel, when the cell has ended.
	helper.Go(func() {
		for {
			select {
			case <-c.o.Interrupts:
				ask, stop := context.WithTimeout(run, askTimeout)
				_ = c.kernel.Interrupt(ask) // a second Ctrl-C tries again
				stop()
			case <-c.kernel.Exited():
				cancel()
				return
			case <-run.Done():
				return
			}
		}
	})
	res, err := c.kernel.Execute(run, &client.Execution{
		Code: code, StoreHistory: true,
		Output: func(o *notebook.Output, update bool) { c.show(n, o, update) },
		Input: func(prompt string, password bool) string {
			line, err := c.editor.input(prompt, password)
			if errors.Is(err, errAborted) {
				ask, stop := context.WithTimeout(run, askTimeout)
				defer stop()
				_ = c.kernel.Interrupt(ask) // the cell ends; the answer below comes too late to matter
			}
			if err != nil {
				return "\x04" // end of file
			}
			return line
		},
	})
	cancel()
	helper.Wait()
	if err != nil && ctx.Err() == nil && errors.Is(err, context.Canceled) {
		err = errors.New("the kernel process ended")
	}
	return res, err
}

func (c *console) late(m *wire.Message) {
	if o, update, ok := client.Output(m); ok {
		c.show(0, o, update)
	}
}

// show prints an output as text. n is the cell's number for a result's prompt.
func (c *console) show(n int, o *notebook.Output, update bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case o == nil: // clear_output: a terminal keeps what it showed
	case o.Type == "stream" && o.Name == "stderr":
		fmt.Fprint(c.o.Stderr, o.Text)
	case o.Type == "stream":
		fmt.Fprint(c.o.Stdout, o.Text)
	case o.Type == "error":
		for _, line := range o.Traceback {
			fmt.Fprintln(c.o.Stderr, line)
		}
		if len(o.Traceback) == 0 {
			fmt.Fprintf(c.o.Stderr, "%s: %s\n", o.EName, o.EValue)
		}
	default:
		text, ok := o.DataText("text/plain")
		if !ok {
			text = "(an output that a terminal can't show)"
		}
		for twin, mime := range map[string]string{"(Markdown)": "text/markdown", "(LaTeX)": "text/latex",
			"(HTML)": "text/html"} {
			if source, ok := o.DataText(mime); ok && text == twin {
				text = source // which is stored once
			}
		}
		switch {
		case o.Type == "execute_result":
			if strings.Contains(text, "\n") {
				text = "\n" + text
			}
			fmt.Fprintf(c.o.Stdout, "Out[%d]: %s\n", n, text)
		case update:
			fmt.Fprintf(c.o.Stdout, "\r%s", text)
		default:
			fmt.Fprintln(c.o.Stdout, text)
		}
	}
}

// inspect answers ?name and ??name, before or behind the name.
func (c *console) inspect(ctx context.Context, word string) {
	name := strings.Trim(word, "? ")
	level := min(1, strings.Count(word, "?")-1)
	ask, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	text, err := c.kernel.Inspect(ask, name, len([]rune(name)), level)
	switch {
	case err != nil:
		fmt.Fprintf(c.o.Stderr, "gilkernel console: %v\n", err)
	case text == "":
		fmt.Fprintf(c.o.Stdout, "nothing is known about %q\n", name)
	default:
		fmt.Fprintln(c.o.Stdout, strings.TrimRight(text, "\n"))
	}
}
