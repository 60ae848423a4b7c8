package interp

// This file defines what a stepped cell shows: which goroutine touched what, in the order in which it
// happened.

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"

	"gilkernel/kernel/exec"
	"gilkernel/runtime/display"
	rt "gilkernel/runtime/machine"
)

// maxSteps is how many steps a cell shows; later ones are counted.
const maxSteps = 300

// maxStepValue is the length in bytes of a value in a step.
const maxStepValue = 40

// The column of the goroutines is as wide as their names, within limits.
const (
	leastName = 12
	mostName  = 34
)

// A step is a row of the list.
type step struct{ who, where, what string }

// steps records the steps of a run. Its methods may be called concurrently.
type steps struct {
	mu         sync.Mutex // protects the fields below
	rows       []step
	more       int
	goroutines map[int64]string // the names of plain goroutines
	main       *rt.Thread       // the thread that runs the cell
}

// stepsOf returns what link.Run.Step means to the engine.
func stepsOf(places string) exec.Steps {
	switch places {
	case "access":
		return exec.StepAccess
	case "calls":
		return exec.StepCalls
	}
	return exec.NoSteps
}

// Step implements exec.Stepper. Before each step another goroutine may run: that is what a stepped cell
// is to show.
func (h *host) Step(origin any, site *exec.Site, read func() any) {
	r := runOf(origin)
	if r == nil || r.steps == nil {
		return
	}
	runtime.Gosched()
	t := rt.Current()
	id := int64(0)
	if t == nil {
		id = rt.GoroutineID()
	}
	value := ""
	if read != nil {
		value = stepValue(read())
	}
	r.steps.add(t, id, site, value)
}

func stepValue(v any) string {
	text := strings.ReplaceAll(display.Format(reflect.ValueOf(v), nil), "\n", " ")
	if len(text) > maxStepValue {
		text = strings.ToValidUTF8(text[:maxStepValue], "") + "…"
	}
	return text
}

func (s *steps) add(t *rt.Thread, id int64, site *exec.Site, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.name(t, id)
	if len(s.rows) == maxSteps {
		s.more++
		return
	}
	what := site.Op
	switch {
	case site.Op == "sync":
		what = site.Name
	case site.Name == "":
	case value == "":
		what += " " + site.Name
	case site.Op == "write":
		what += fmt.Sprintf(" %s, which was %s", site.Name, value)
	default:
		what += fmt.Sprintf(" %s, which is %s", site.Name, value)
	}
	s.rows = append(s.rows, step{short(name, mostName), site.Pos, what})
}

// name returns how the list calls a goroutine: "the cell", a thread by its name, which follows that of its process if
// it isn't the cell's, any other by its number in the order of their first steps. Callers hold mu.
func (s *steps) name(t *rt.Thread, id int64) string {
	switch {
	case t != nil && t == s.main:
		return "the cell"
	case t != nil:
		if process := processName(s.main, t); process != "" {
			return process + " " + t.Name()
		}
		return t.Name()
	}
	name, ok := s.goroutines[id]
	if !ok {
		name = fmt.Sprintf("goroutine %d", len(s.goroutines)+1)
		s.goroutines[id] = name
	}
	return name
}

// short shortens a name.
func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// text is what the cell shows when it has ended.
func (s *steps) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rows) == 0 {
		return "no step: the cell touches nothing that two goroutines could see\n"
	}
	var b strings.Builder
	wide := leastName
	for _, r := range s.rows {
		wide = max(wide, utf8.RuneCountInString(r.who))
	}
	fmt.Fprintf(&b, "%4s  %-*s  %-12s  %s\n", "step", wide, "who", "where", "what")
	for i, r := range s.rows {
		fmt.Fprintf(&b, "%4d  %-*s  %-12s  %s\n", i+1, wide, r.who, r.where, r.what)
	}
	if s.more > 0 {
		fmt.Fprintf(&b, "… and %d more steps\n", s.more)
	}
	return b.String()
}
