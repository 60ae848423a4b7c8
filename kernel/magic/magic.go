// Package magic is the table of magics: what each %name, %%name and !command of a cell does.
package magic

// This file defines the table.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"gilkernel/kernel/cell"
)

// An Error is a mistake in the use of a magic, or a command that failed. The server sends its fields as ename and
// evalue, without a traceback of Go.
type Error struct {
	Name    string // "UsageError", "CalledProcessError", "OSError"
	Message string // a line or a few
}

// Error returns the name and the message.
func (e *Error) Error() string { return e.Name + ": " + e.Message }

// usagef returns an Error that says what to type instead.
func usagef(format string, args ...any) error {
	return &Error{Name: "UsageError", Message: fmt.Sprintf(format, args...)}
}

// osError returns what the operating system refused.
func osError(err error) error { return &Error{Name: "OSError", Message: err.Error()} }

// A call is one use of a magic.
type call struct {
	cell.Step
	k Kernel
	t *Table
}

// A handler does what a magic is for. Its errors are *Error, or those of the Kernel as they are.
type handler func(ctx context.Context, c call) error

// Table knows all magics, and what has to be remembered between two of them. Make one with New for each
// kernel. Run may be called concurrently, though a kernel runs one cell at a time.
type Table struct {
	magics []cell.Magic
	line   map[string]handler
	cell   map[string]handler

	mu      sync.Mutex // protects the fields below
	lastDir string     // where "%cd -" goes, "" for nowhere
}

// New returns the table of cell.Magics.
func New() *Table {
	t := &Table{
		magics: cell.Magics(),
		line: map[string]handler{
			"cd":      cd,
			"del":     del,
			"engine":  engine,
			"env":     env,
			"get":     get,
			"hist":    history,
			"history": history,
			"limit":   limit,
			"load":    load,
			"lsmagic": lsmagic,
			"machine": machine,
			"notes":   notes,
			"pwd":     pwd,
			"pythons": pythons,
			"reset":   reset,
			"set_env": setEnv,
			"test":    testCells,
			"time":    timeStatement,
			"timeit":  timeit,
			"twin":    twins,
			"who":     who,
			"whos":    whos,
		},
		cell: map[string]handler{
			"bash":      script("bash"),
			"capture":   capture,
			"explore":   explore,
			"python":    python,
			"python3":   python,
			"real":      on("real"),
			"replay":    replay,
			"schedule":  scheduleThreads,
			"script":    script(),
			"sh":        script("sh"),
			"simulate":  on("simulated"),
			"step":      stepThrough,
			"time":      timeStatement,
			"timeit":    timeit,
			"twin":      twin,
			"writefile": writefile,
		},
	}
	for _, m := range t.magics {
		if m.Media != "" {
			t.cell[m.Name] = show(m.Media)
		}
	}
	return t
}

// Run does a step of a cell; Go code is handed to k. It returns when the step has ended. The error is an
// *Error, or one that a method of k returned.
func (t *Table) Run(ctx context.Context, k Kernel, step cell.Step) error {
	c := call{step, k, t}
	switch step.Kind {
	case cell.StepShell:
		return shell(ctx, c)
	case cell.StepLine:
		if h := t.line[step.Name]; h != nil {
			return h(ctx, c)
		}
	case cell.StepCell:
		if h := t.cell[step.Name]; h != nil {
			if err := t.nested(k, step); err != nil {
				return err
			}
			return h(ctx, c)
		}
	default:
		_, err := k.RunGo(ctx, step.Code, Running{})
		return err
	}
	return t.unknown(step)
}

// nested returns an error if the Go code of a cell magic has another magic in it. The compiler would only find a % or
// a ! too many.
func (t *Table) nested(k Kernel, step cell.Step) error {
	if !slices.ContainsFunc(t.magics, func(m cell.Magic) bool { return m.Name == step.Name && m.Body == cell.ArgGo }) {
		return nil
	}
	steps, err := k.Parse(step.Code)
	for _, s := range steps {
		switch s.Kind {
		case cell.StepLine:
			return usagef("line %d is a magic, and %%%%%s takes Go code alone: put %%%s into a cell of its own", s.Line,
				step.Name, s.Name)
		case cell.StepShell:
			return usagef("line %d is a shell command, and %%%%%s takes Go code alone: put !%s into a cell of its own",
				s.Line, step.Name, s.Args)
		case cell.StepCell:
			return usagef("%%%%%s takes Go code alone: put %%%%%s into a cell of its own", step.Name, s.Name)
		}
	}
	if e := new(cell.Error); errors.As(err, &e) && len(e.Diagnostics) > 0 {
		return usagef("line %d is a magic, and %%%%%s takes Go code alone: put it into a cell of its own",
			e.Diagnostics[0].Pos.Line, step.Name)
	}
	return nil
}

// usage returns the words to type for a magic.
func (t *Table) usage(name, mark string) string {
	for _, m := range t.magics {
		if m.Name == name && mark == "%%" {
			return m.Cell
		} else if m.Name == name {
			return m.Line
		}
	}
	return mark + name
}

// usage returns an Error with the words to type for the call's magic.
func (c call) usage(problem string) error {
	mark := "%"
	if c.Kind == cell.StepCell {
		mark = "%%"
	}
	return usagef("%s; usage: %s", problem, c.t.usage(c.Name, mark))
}

// none returns an error if the call has arguments.
func (c call) none() error {
	if c.Args != "" {
		return c.usage("unexpected " + quote(c.Args))
	}
	return nil
}

// quote returns s in quotes for a message, cut if it is long.
func quote(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// print sends text as standard output.
func (c call) print(text string) { c.k.Stream("stdout", text) }

// wrap breaks a text into lines of at most width characters, where it can; those behind the first begin with indent.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	col := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i > 0 && col+1+n > width:
			b.WriteString("\n" + indent)
			col = 0
		case i > 0:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(word)
		col += n
	}
	return b.String()
}

// inOrder returns magics with those that matter first at the head.
func inOrder(magics []cell.Magic) []cell.Magic {
	first := []string{"simulate", "real", "explore", "replay", "schedule", "step", "python", "twin", "machine"}
	place := func(m cell.Magic) int {
		if i := slices.Index(first, m.Name); i >= 0 {
			return i
		}
		return len(first)
	}
	magics = slices.Clone(magics)
	slices.SortStableFunc(magics, func(a, b cell.Magic) int { return place(a) - place(b) })
	return magics
}

// lsmagic prints the table, by what magics are for.
func lsmagic(_ context.Context, c call) error {
	if err := c.none(); err != nil {
		return err
	}
	var b strings.Builder
	for _, use := range cell.Uses() {
		if use > cell.UseFirst {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\n", use)
		for _, m := range inOrder(c.t.magics) {
			if m.Use != use || m.Of != "" {
				continue
			}
			usage := strings.TrimSpace(m.Line + "\n  " + m.Cell)
			if m.Line == "" || m.Cell == "" {
				usage = m.Line + m.Cell
			}
			for _, other := range c.t.magics {
				if other.Of == m.Name {
					usage += ", or " + strings.Fields(other.Line + other.Cell)[0]
				}
			}
			fmt.Fprintf(&b, "  %s\n      %s\n", usage, wrap(m.Help, 94, "      "))
		}
	}
	b.WriteString("\n?name tells about a name or a magic, as in ?%timeit or ?threading.Lock.\n")
	c.print(b.String())
	return nil
}
