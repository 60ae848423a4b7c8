package exercise

// This file defines the assignments that graders take: notebooks with the metadata of nbgrader.

import "fmt"

// Assignments returns the exercises as nbgrader's assignments, by file names such as "04-threading.ipynb": of each
// lesson a notebook in which every exercise has a cell with the solution between "BEGIN SOLUTION" and "END SOLUTION",
// which nbgrader takes out for the learners, and a locked cell that gives points. What a learner would begin with
// stands in the text, because the solution takes its place. The caller may change what it gets.
//
// The metadata follows nbgrader's schema, version 3 (nbgrader/nbgraderformat/v3.py).
func Assignments() map[string][]byte {
	all := map[string][]byte{}
	for _, s := range sheetsOf(tasks()) {
		cells := []cell{newCell("markdown", s.lesson+
			"-title", fmt.Sprintf("# Exercises: %s\n\nWrite each answer in the cell for it, in place of what it says "+
			"there. *Run All* and look at the points below each check before you submit.", s.lesson)),
			newCell("code", s.lesson+"-imports", s.imports())}
		for i, t := range s.tasks {
			cells = append(cells, t.assigned(i+1)...)
		}
		all[s.lesson+".ipynb"] = encode(cells)
	}
	return all
}

// points is what an exercise is worth.
const points = 1

// assigned returns the cells of the n-th exercise of an assignment.
func (t *task) assigned(n int) []cell {
	list := t.cells(n, false)[:1] // the text with its hints
	if t.start != "" {
		list = append(list, newCell("markdown", t.id+"-start", "Begin with this:\n\n```go\n"+t.start+"\n```"))
	}
	if t.program != "" {
		list = append(list, newCell("code", t.id+"-program", t.program))
	}
	answer := newCell("code", t.id+"-answer", "// BEGIN SOLUTION\n"+t.solution+"\n// END SOLUTION")
	answer["metadata"] = map[string]any{"nbgrader": map[string]any{"schema_version": 3, "grade_id": t.id + "-answer",
		"solution": true, "grade": false, "locked": false, "task": false}}
	check := newCell("code", t.id+"-check", fmt.Sprintf("exercise.Score(%q, %s)", t.id, t.name()))
	check["metadata"] = map[string]any{"nbgrader": map[string]any{"schema_version": 3, "grade_id": t.id + "-check",
		"solution": false, "grade": true, "locked": true, "task": false, "points": points}}
	return append(list, answer, check)
}
