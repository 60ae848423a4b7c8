package exercise

// This file defines the notebooks of exercises: for each lesson one with the tasks, and one with the solutions.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Notebooks returns the notebooks of exercises by their paths in the folder of the lessons. For a lesson such as
// "04-threading", exercises/04-threading.ipynb has a text, hints, a cell to begin with and a check for each exercise,
// and exercises/solutions/04-threading.ipynb has the same with solutions. The notebooks have no outputs. The caller may
// change what it gets.
func Notebooks() map[string][]byte {
	all := map[string][]byte{}
	sheets := sheetsOf(tasks())
	for i, s := range sheets {
		for _, solved := range []bool{false, true} {
			all[s.path(solved)] = s.notebook(sheets, i, solved)
		}
	}
	return all
}

// A sheet is the exercises of a lesson.
type sheet struct {
	lesson string
	tasks  []*task
}

// sheetsOf returns the sheets of tasks, in their order.
func sheetsOf(all []*task) (sheets []*sheet) {
	for _, t := range all {
		i := slices.IndexFunc(sheets, func(s *sheet) bool { return s.lesson == t.lesson })
		if i < 0 {
			i = len(sheets)
			sheets = append(sheets, &sheet{lesson: t.lesson})
		}
		sheets[i].tasks = append(sheets[i].tasks, t)
	}
	return sheets
}

// path returns the path of a sheet's notebook.
func (s *sheet) path(solved bool) string {
	if solved {
		return path.Join("exercises", "solutions", s.lesson+".ipynb")
	}
	return path.Join("exercises", s.lesson+".ipynb")
}

// A cell is a cell of a notebook, as nbformat has it.
type cell map[string]any

// newCell returns a cell of a type with a source. A cell of text has neither a count nor outputs.
func newCell(kind, id, source string) cell {
	c := cell{"cell_type": kind, "id": id, "metadata": map[string]any{},
		"source": slices.Collect(strings.Lines(strings.Trim(source, "\n")))}
	if kind == "code" {
		c["execution_count"], c["outputs"] = nil, []any{}
	}
	return c
}

// notebook returns a sheet as a notebook. It is the i-th of sheets.
func (s *sheet) notebook(sheets []*sheet, i int, solved bool) []byte {
	cells := []cell{newCell("markdown", s.lesson+"-title", s.title(sheets, i, solved)),
		newCell("code", s.lesson+"-imports", s.imports())}
	for n, t := range s.tasks {
		cells = append(cells, t.cells(n+1, solved)...)
	}
	if !solved {
		cells = append(cells, newCell("markdown", s.lesson+"-end", "## How far you are"),
			newCell("code", s.lesson+"-progress", "exercise.Progress()"))
	}
	return encode(cells)
}

// encode returns cells as a notebook.
func encode(cells []cell) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	_ = e.Encode(map[string]any{ // strings, numbers and maps of them: there is nothing that it can't encode
		"cells": cells,
		"metadata": map[string]any{"kernelspec": map[string]string{"display_name": "Go (GIL)", "language": "go",
			"name": "gilkernel"}},
		"nbformat": 4, "nbformat_minor": 5,
	})
	return b.Bytes()
}

// title is the first cell.
func (s *sheet) title(sheets []*sheet, i int, solved bool) string {
	var b strings.Builder
	what, up, other := "Exercises", "../", fmt.Sprintf("[solutions](solutions/%s.ipynb)", s.lesson)
	if solved {
		what, up, other = "Solutions", "../../", fmt.Sprintf("[exercises](../%s.ipynb)", s.lesson)
	}
	fmt.Fprintf(&b, "# %s: %s\n\n", what, s.lesson)
	fmt.Fprintf(&b, "These %s belong to the lesson [%s](%s%s.ipynb). Their %s are in a notebook of their own.\n\n",
		strings.ToLower(what), s.lesson, up, s.lesson, other)
	if !solved {
		b.WriteString("If some of their Go is new to you, look into [00-start](../00-start.ipynb#Five-more,-for-the-" +
			"exercises).\n\nFor each exercise, change the first cell and run it, then run the check. In those called " +
			"*Break it*, the first cell stays as it is: run it, and put your schedule into the second. A check runs " +
			"your code on simulated machines, under several versions of Python and many schedules; where your code " +
			"breaks, it says what happened, and for a race or a deadlock it gives you a schedule to replay. Hints " +
			"are folded up: click one to open it. All cells run as they are, so *Run All* tells you what is left to " +
			"do.\n\n")
	}
	var links []string
	if i > 0 {
		links = append(links, fmt.Sprintf("[← %s](%s.ipynb)", sheets[i-1].lesson, sheets[i-1].lesson))
	}
	if i < len(sheets)-1 {
		links = append(links, fmt.Sprintf("[%s →](%s.ipynb)", sheets[i+1].lesson, sheets[i+1].lesson))
	}
	b.WriteString(strings.Join(links, " | "))
	return b.String()
}

// packages are those of runtime/ that exercises use; cells find the standard library's by themselves.
var packages = [...]string{"exercise", "explore", "futures", "gil", "multiprocessing", "queue", "socket", "threading"}

// imports is the cell that imports what the exercises of a sheet use, and what their solutions are likely to.
func (s *sheet) imports() string {
	used := "exercise."
	for _, t := range s.tasks {
		used += t.program + t.start + t.solution + t.text + strings.Join(t.hints, "")
	}
	var b strings.Builder
	for _, name := range packages {
		if strings.Contains(used, name+".") {
			fmt.Fprintf(&b, "import %q\n", "gilkernel/runtime/"+name)
		}
	}
	return b.String()
}

// cells returns the cells of the n-th exercise of a sheet.
func (t *task) cells(n int, solved bool) []cell {
	var text strings.Builder
	fmt.Fprintf(&text, "## %d. %s\n\n%s\n\n", n, t.title, t.text)
	if !solved {
		for i, hint := range t.hints {
			fmt.Fprintf(&text, "<details><summary>Hint %d</summary>\n\n%s\n\n</details>\n\n", i+1, hint)
		}
	}
	list := []cell{newCell("markdown", t.id+"-task", text.String())}
	if t.program != "" {
		list = append(list, newCell("code", t.id+"-program", t.program))
	}
	answer := t.start
	if solved {
		answer = t.solution
	}
	list = append(list, newCell("code", t.id+"-answer", answer),
		newCell("code", t.id+"-check", fmt.Sprintf("exercise.Check(%q, %s)", t.id, t.name())))
	if solved {
		list = append(list, newCell("markdown", t.id+"-why", "**Why.** "+t.why))
	}
	return list
}
