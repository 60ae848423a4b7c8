// Package display shows values in a notebook.
//
//	display.Show(v)            shows v below the cell, as often as you like
//	display.ShowID("plot", v)  shows v under a name
//	h := display.ShowHandle(v) shows v so that h.Update(w) can replace it
//	display.Update("plot", v)  replaces what is shown under the name, wherever it is
//	display.Clear(true)        empties the cell's output as soon as there is new output
//	display.NewProgress(n, "reading")  a bar that moves in place
//
// What a value looks like is decided by Bundle. In a program of its own, without a notebook, everything
// is shown as text on standard output.
package display

// This file defines the front doors.

import (
	"crypto/rand"
	"os"
)

// A Sink is where displays go: the kernel, or text on a terminal. Its methods may be called
// concurrently. One that also has a method Bundle, like the function of that name, decides what values
// look like.
type Sink interface {
	// Display shows a MIME bundle; kind is "display_data" or "update_display_data", id may be "".
	Display(kind, id string, data, metadata map[string]any)
	// Clear empties the output of the calling goroutine's cell.
	Clear(wait bool)
	// Input asks the person for a line.
	Input(prompt string, password bool) (string, error)
}

// A Display shows values on a sink. Its methods may be called concurrently. The package's functions
// are those of a Display on standard output; in a cell they are those of the notebook.
type Display struct{ sink Sink }

// New returns a Display on sink.
func New(sink Sink) *Display { return &Display{sink} }

// Show shows each value below the cell.
func (d *Display) Show(values ...any) {
	for _, v := range values {
		d.ShowID("", v)
	}
}

// ShowID shows a value under a name, so that Update can replace it.
func (d *Display) ShowID(id string, v any) {
	data, metadata := d.bundle(v)
	d.sink.Display("display_data", id, data, metadata)
}

// Update replaces what was shown under the name, in every place where it is shown.
func (d *Display) Update(id string, v any) {
	data, metadata := d.bundle(v)
	d.sink.Display("update_display_data", id, data, metadata)
}

func (d *Display) bundle(v any) (data, metadata map[string]any) {
	if b, ok := d.sink.(interface {
		Bundle(v any) (data, metadata map[string]any)
	}); ok {
		return b.Bundle(v)
	}
	return Bundle(v)
}

// ShowHandle shows a value and returns a handle with which it can be replaced.
func (d *Display) ShowHandle(v any) *Handle {
	h := &Handle{d, newID()}
	d.ShowID(h.id, v)
	return h
}

// A Handle is something that is shown. Its methods may be called concurrently, in later cells too.
type Handle struct {
	d  *Display
	id string
}

// ID returns the name under which it is shown.
func (h *Handle) ID() string { return h.id }

// Update replaces it.
func (h *Handle) Update(v any) { h.d.Update(h.id, v) }

// newID returns a name that nothing else on any page has.
func newID() string { return "display-" + rand.Text() }

// Clear empties the cell's output: at once, or, with wait, when there is new output, which avoids
// flicker.
func (d *Display) Clear(wait bool) { d.sink.Clear(wait) }

// Input asks the person for a line of text, without its newline. The error is io.EOF when the person ends the input,
// and says so where there is no input.
func (d *Display) Input(prompt string) (string, error) { return d.sink.Input(prompt, false) }

// Password is Input that doesn't show what is typed.
func (d *Display) Password(prompt string) (string, error) { return d.sink.Input(prompt, true) }

// standard returns the Display of programs without a notebook.
func standard() *Display { return New(Text(os.Stdin, os.Stdout)) }

// Show shows each value below the cell. See Display.Show.
func Show(values ...any) { standard().Show(values...) }

// ShowID shows a value under a name. See Display.ShowID.
func ShowID(id string, v any) { standard().ShowID(id, v) }

// ShowHandle shows a value and returns a handle with which it can be replaced. See Display.ShowHandle.
func ShowHandle(v any) *Handle { return standard().ShowHandle(v) }

// Update replaces what was shown under the name. See Display.Update.
func Update(id string, v any) { standard().Update(id, v) }

// Clear empties the cell's output. See Display.Clear.
func Clear(wait bool) { standard().Clear(wait) }

// Input asks the person for a line of text. See Display.Input.
func Input(prompt string) (string, error) { return standard().Input(prompt) }

// Password is Input that doesn't show what is typed. See Display.Password.
func Password(prompt string) (string, error) { return standard().Password(prompt) }

// NewProgress shows a progress bar. See Display.NewProgress.
func NewProgress(total int, label string) *Progress { return standard().NewProgress(total, label) }
