package session

// This file defines notes: remarks about a cell that is valid Go but probably not what its author meant.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
)

// A Note is one remark about a cell. It is shown below the cell's output if notes are on.
type Note struct {
	Line, Col int    // in the cell, from 1; Col in bytes
	Text      string // one or two sentences
	// Thread is the line of a NewThread: the note holds only if a thread made there still runs when the cell
	// ends. 0: the note holds in any case.
	Thread int
}

// Holding returns the notes that hold when a cell has ended: running are the lines whose NewThread made a thread that
// still runs.
func Holding(notes []Note, running map[int]bool) []Note {
	return slices.DeleteFunc(slices.Clone(notes), func(n Note) bool { return n.Thread != 0 && !running[n.Thread] })
}

// note adds a note at a position in the cell. Positions in earlier cells, which are compiled again with this one, are
// ignored: their notes were shown with those cells.
func (c *compilation) note(pos token.Pos, format string, args ...any) {
	c.addNote(pos, Note{Text: fmt.Sprintf(format, args...)})
}

func (c *compilation) addNote(pos token.Pos, n Note) {
	p := c.fset.Position(pos)
	if p.Filename != c.label || !pos.IsValid() {
		return
	}
	n.Line, n.Col = p.Line, p.Column
	if !slices.Contains(c.notes, n) {
		c.notes = append(c.notes, n)
	}
}

// takeNotes finds the notes of the cell. It is called after the cell is checked and before its unit is built, and reads
// only the cell's own trees.
func (c *compilation) takeNotes() {
	for _, f := range []*ast.File{c.decls.file, c.stmts.file} {
		c.noteCopies(f)
		c.notePrint(f)
		c.noteDurations(f)
	}
	c.noteReads()
	c.noteDivision()
	slices.SortStableFunc(c.notes, func(a, b Note) int { return cmp.Or(a.Line-b.Line, a.Col-b.Col) })
}
