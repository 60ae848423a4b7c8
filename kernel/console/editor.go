package console

// This file defines the line editor: history and completion from the kernel, on the liner library.

import (
	"context"
	"errors"
	"strings"

	"github.com/peterh/liner"
)

// errAborted says that the user discarded the line with Ctrl-C.
var errAborted = errors.New("aborted")

// historySize is how many inputs of earlier sessions the up key reaches.
const historySize = 500

// editor reads lines. Only one goroutine may use it at a time.
type editor struct {
	c     *console
	ctx   context.Context // reading ends with it
	state *liner.State
	above string // the lines of this cell above the one being typed
}

func newEditor(ctx context.Context, c *console) *editor {
	e := &editor{c: c, ctx: ctx, state: liner.NewLiner()}
	e.state.SetCtrlCAborts(true)
	e.state.SetTabCompletionStyle(liner.TabPrints)
	e.state.SetWordCompleter(e.complete)
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	inputs, _ := c.kernel.History(ctx, historySize) // no history: the up key finds nothing
	for _, in := range inputs {
		e.remember(in)
	}
	return e
}

func (e *editor) close() { e.state.Close() }

// remember adds a cell to what the up key finds: line by line, since the editor edits lines.
func (e *editor) remember(code string) {
	for line := range strings.Lines(code) {
		if line = strings.TrimRight(line, "\n"); strings.TrimSpace(line) != "" {
			e.state.AppendHistory(line)
		}
	}
}

// line reads one line that starts with indent. It returns errAborted for Ctrl-C and io.EOF for Ctrl-D.
func (e *editor) line(prompt, indent string) (string, error) {
	// The editor draws a tab as one column; four spaces look like what gofmt's readers see.
	indent = strings.ReplaceAll(indent, "\t", "    ")
	return e.read(func() (string, error) { return e.state.PromptWithSuggestion(prompt, indent, -1) })
}

// read waits for ask, which reads from the terminal and can't be interrupted, or for the end of the
// session. After the end the editor may only be closed.
func (e *editor) read(ask func() (string, error)) (string, error) {
	type answer struct {
		line string
		err  error
	}
	done := make(chan answer, 1)
	go func() { // ends with the next line, or with the process
		line, err := ask()
		done <- answer{line, err}
	}()
	select {
	case a := <-done:
		if errors.Is(a.err, liner.ErrPromptAborted) {
			a.err = errAborted
		}
		return a.line, a.err
	case <-e.ctx.Done():
		return "", e.ctx.Err()
	}
}

// input asks the person for a line on behalf of a cell. It returns errAborted for Ctrl-C and io.EOF for
// Ctrl-D.
func (e *editor) input(prompt string, password bool) (string, error) {
	ask := e.state.Prompt
	if password {
		ask = e.state.PasswordPrompt
	}
	return e.read(func() (string, error) { return ask(prompt) })
}

// complete is liner's word completer: pos counts code points.
func (e *editor) complete(line string, pos int) (head string, matches []string, tail string) {
	r := []rune(line)
	above := []rune(e.above)
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	c, err := e.c.kernel.Complete(ctx, e.above+line, len(above)+pos)
	start, end := c.Start-len(above), c.End-len(above)
	if err != nil || start < 0 || end > len(r) || start > end {
		return string(r[:pos]), nil, string(r[pos:])
	}
	return string(r[:start]), c.Matches, string(r[end:])
}
