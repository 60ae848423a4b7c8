// Package notebook reads and writes Jupyter notebooks, nbformat 4.
package notebook

// This file defines the notebook in memory: what nbformat 4 calls cells and outputs, with texts joined into one string
// each, whatever their lines in the file.

import (
	"encoding/json"
	"slices"
	"strings"
)

// Cell types of nbformat 4.
const (
	Code     = "code"
	Markdown = "markdown"
	Raw      = "raw"
)

// A Notebook is one .ipynb document. It is not safe for concurrent use.
type Notebook struct {
	Cells    []*Cell
	Metadata map[string]json.RawMessage
	// Minor is the nbformat_minor of the file. Write raises it to 5 when cells have ids.
	Minor int
}

// Kernel returns the name of the kernelspec that the notebook asks for, "" when it names none.
func (nb *Notebook) Kernel() string {
	var spec struct{ Name string }
	_ = json.Unmarshal(nb.Metadata["kernelspec"], &spec) // a malformed kernelspec names no kernel
	return spec.Name
}

// A Cell is one cell.
type Cell struct {
	ID             string
	Type           string // Code, Markdown or Raw
	Source         string
	Metadata       map[string]json.RawMessage
	Attachments    json.RawMessage // Markdown and Raw cells: as in the file
	Outputs        []Output        // Code cells
	ExecutionCount int             // Code cells; 0 when the cell was not run
}

// Tagged reports whether the cell's metadata has the tag.
func (c *Cell) Tagged(tag string) bool {
	var tags []string
	_ = json.Unmarshal(c.Metadata["tags"], &tags) // malformed tags are no tags
	return slices.Contains(tags, tag)
}

// An Output is one output of a code cell. Which fields count depends on Type, as nbformat says:
// stream has Name and Text; display_data and execute_result have Data and Metadata; error has
// EName, EValue and Traceback.
type Output struct {
	Type           string
	Name           string
	Text           string
	Data           map[string]json.RawMessage // JSON strings for text types and base64, JSON documents for JSON types
	Metadata       map[string]json.RawMessage
	ExecutionCount int
	EName, EValue  string
	Traceback      []string
	// DisplayID is the transient display_id of a display_data message. It is not stored in files.
	DisplayID string
}

// DataText returns the text that Data holds for a MIME type, false when there is none or it is no text.
func (o *Output) DataText(mime string) (string, bool) {
	raw, ok := o.Data[mime]
	if !ok {
		return "", false
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return "", false
	}
	return s, true
}

// AppendStream adds text to the outputs as a front end does: to the last output when that is the
// same stream, else as an output of its own.
func AppendStream(outputs []Output, name, text string) []Output {
	if n := len(outputs); n > 0 && outputs[n-1].Type == "stream" && outputs[n-1].Name == name {
		outputs[n-1].Text += text
		return outputs
	}
	return append(outputs, Output{Type: "stream", Name: name, Text: text})
}

// FoldCarriageReturns returns text as a terminal would leave it: what follows a carriage return overwrites its line, a
// backspace removes one rune. Front ends do this before they show or save.
func FoldCarriageReturns(text string) string {
	if !strings.ContainsAny(text, "\r\b") {
		return text
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		var cells []rune
		at := 0
		for _, r := range line {
			switch r {
			case '\r':
				at = 0
			case '\b':
				at = max(0, at-1)
			default:
				if at < len(cells) {
					cells[at] = r
				} else {
					cells = append(cells, r)
				}
				at++
			}
		}
		lines[i] = string(cells)
	}
	return strings.Join(lines, "\n")
}
