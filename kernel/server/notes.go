package server

// This file defines notes: grey lines below a cell that ran, about what it probably doesn't mean.

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strings"

	"gilkernel/kernel/ink"
	"gilkernel/kernel/link"
	"gilkernel/kernel/session"
)

// maxNotes is how many notes a cell shows; a cell that deserves more has one mistake many times.
const maxNotes = 5

// addNotes keeps the notes of a run until the cell ends: those of the compiler that hold, and those of its threads.
func (x *execution) addNotes(static []session.Note, threads []link.Note) {
	alive := map[int]bool{}
	for _, n := range threads {
		if n.Text == "" {
			alive[n.Line] = true
		} else {
			x.notes = append(x.notes, session.Note{Line: n.Line, Text: n.Text})
		}
	}
	x.notes = append(x.notes, session.Holding(static, alive)...)
}

// showNotes shows the cell's notes, if they are wanted.
func (x *execution) showNotes() {
	if x.content.Silent || x.s.notesOff || len(x.notes) == 0 {
		return
	}
	data := map[string]json.RawMessage{}
	for mime, text := range noteBundle(x.notes) {
		data[mime] = x.s.marshal(text)
	}
	x.s.display(x.origin, &link.Display{Kind: "display_data", Data: data})
}

// noteBundle returns notes as text and as HTML, a line each, in the order of their places.
func noteBundle(notes []session.Note) map[string]string {
	notes = slices.Clone(notes)
	slices.SortStableFunc(notes, func(a, b session.Note) int { return cmp.Or(a.Line-b.Line, a.Col-b.Col) })
	var lines []string
	for _, n := range notes {
		line := "note: " + strings.Join(strings.Fields(n.Text), " ")
		if n.Line > 0 {
			line = fmt.Sprintf("note, line %d: %s", n.Line, strings.Join(strings.Fields(n.Text), " "))
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if more := len(lines) - maxNotes; more > 0 {
		lines = append(lines[:maxNotes], fmt.Sprintf("… and %d more notes", more))
	}
	var b strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&b, "<div style=\"color: %s\">%s</div>\n", ink.NoteColour, html.EscapeString(line))
	}
	return map[string]string{"text/plain": strings.Join(lines, "\n"), "text/html": b.String()}
}
