package display

// This file defines what %%capture keeps of a cell.

import (
	"fmt"
	"maps"
	"os"
)

// CapturedIO is the output of a cell that %%capture has kept, as in IPython. Its fields may be changed; its methods may
// be called concurrently if none is.
type CapturedIO struct {
	Stdout  string       // what the cell printed
	Stderr  string       // what it printed to standard error
	Outputs []RichOutput // what it showed, and the value of its last expression, in order

	d *Display
}

// NewCapturedIO returns output of a cell whose Show shows it on d.
func (d *Display) NewCapturedIO(stdout, stderr string, outputs []RichOutput) *CapturedIO {
	for i := range outputs {
		outputs[i].d = d
	}
	return &CapturedIO{Stdout: stdout, Stderr: stderr, Outputs: outputs, d: d}
}

// Show prints and shows it in the calling cell: first Stdout, then Stderr, then each of Outputs. Text on standard error
// and on standard output arrives as such.
func (c *CapturedIO) Show() {
	c.d.print("stdout", c.Stdout)
	c.d.print("stderr", c.Stderr)
	for _, o := range c.Outputs {
		o.Show()
	}
}

// String says how much it is.
func (c *CapturedIO) String() string {
	return fmt.Sprintf("captured output: %s to Stdout, %s to Stderr, %s", counted(len(c.Stdout), "byte"),
		counted(len(c.Stderr), "byte"), counted(len(c.Outputs), "output"))
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprint(n, " ", thing, "s")
}

// RichOutput is one thing that a cell has shown: a MIME bundle. As a value of a cell it looks as it looked there.
type RichOutput struct {
	Data     map[string]any // by MIME type: text for text, base64 for pictures, a document for JSON
	Metadata map[string]any // nil for none
	ID       string         // the name under which it was shown, "" for none
	Update   bool           // it took the place of what was shown under its name

	d *Display
}

// Show shows it again, in the calling cell; an update changes what is shown under its name.
func (o RichOutput) Show() {
	d := o.d
	if d == nil {
		d = standard()
	}
	kind := "display_data"
	if o.Update {
		kind = "update_display_data"
	}
	data := maps.Clone(o.Data)
	if data == nil {
		data = map[string]any{"text/plain": ""}
	}
	d.sink.Display(kind, o.ID, data, o.Metadata)
}

// MIMEBundle returns Data and Metadata.
func (o RichOutput) MIMEBundle() (data, metadata map[string]any) {
	return maps.Clone(o.Data), o.Metadata
}

// print writes text where the sink has streams, and else to the program's own.
func (d *Display) print(name, text string) {
	if text == "" {
		return
	}
	if d != nil {
		if s, ok := d.sink.(interface{ Stream(name, text string) }); ok {
			s.Stream(name, text)
			return
		}
	}
	f := os.Stdout
	if name == "stderr" {
		f = os.Stderr
	}
	_, _ = f.WriteString(text) // as fmt.Print, whose result programs ignore
}
