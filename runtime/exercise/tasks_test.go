package exercise

// This file tests the data of exercises.

import (
	"go/parser"
	"slices"
	"strings"
	"testing"
)

// Each exercise has all that a learner needs, under one name; what it says is Go, and its lesson exists.
func TestTasksAreWhole(t *testing.T) {
	lessons := []string{lessonConcurrency, lessonGIL, lessonThreading, lessonProcesses, lessonServers, lessonBeyond}
	last := 0
	for _, task := range tasks() {
		i := slices.Index(lessons, task.lesson)
		if i < last {
			t.Errorf("%s: its lesson is %q, which isn't in the order of the outline", task.id, task.lesson)
		}
		last = i
		if len(task.hints) != 3 || task.title == "" || task.text == "" || task.why == "" || task.praise == "" {
			t.Errorf("%s lacks a text, or has %d hints", task.id, len(task.hints))
		}
		name := task.name()
		if name == "" || !strings.HasPrefix(task.start, name+" := ") || !strings.HasPrefix(task.solution, name+" := ") {
			t.Errorf("%s: the start and the solution don't define the same name: %q", task.id, name)
		}
		for _, code := range []string{task.start, task.solution} {
			if _, err := parser.ParseExpr("func() {\n" + code + "\n}"); err != nil {
				t.Errorf("%s: %v in\n%s", task.id, err, code)
			}
		}
		if p := task.proof; p != nil && (!strings.Contains(p.code, name) || len(p.pythons) == 0) {
			t.Errorf("%s: what is explored doesn't use %s, or under no Python", task.id, name)
		}
	}
}
