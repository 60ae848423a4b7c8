package interp

// This file defines what a stepped cell shows: which goroutine touched what, in the order in which it
// happened.

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"

	"gilkernel/kernel/exec"
	"gilkernel/runtime/display"
)

// maxSteps is how many steps a cell shows; later ones are counted.
const maxSteps = 300

// maxStepValue is the length in bytes of a value in a step.
const maxStepValue = 40

// steps takes down the steps of a run. Its methods may be called concurrently.
type steps struct {
	mu         sync.Mutex // protects the fields below
	rows       []string
	more       int
	goroutines map[int64]string
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
func (m *machine) Step(origin any, site *exec.Site, read func() any) {
	r := runOf(origin)
	if r == nil || r.steps == nil {
		return
	}
	runtime.Gosched()
	id := goroutineID()
	value := ""
	if read != nil {
		value = stepValue(read())
	}
	r.steps.add(id, site, value)
}

func stepValue(v any) string {
	text := strings.ReplaceAll(display.Format(reflect.ValueOf(v), nil), "\n", " ")
	if len(text) > maxStepValue {
		text = strings.ToValidUTF8(text[:maxStepValue], "") + "…"
	}
	return text
}

func (s *steps) add(id int64, site *exec.Site, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := s.goroutines[id]
	if !ok {
		if name = "the cell"; len(s.goroutines) > 0 {
			name = fmt.Sprintf("goroutine %d", len(s.goroutines))
		}
		s.goroutines[id] = name
	}
	if len(s.rows) == maxSteps {
		s.more++
		return
	}
	what := site.Op
	switch {
	case site.Name == "":
	case value == "":
		what += " " + site.Name
	case site.Op == "write":
		what += fmt.Sprintf(" %s, which was %s", site.Name, value)
	default:
		what += fmt.Sprintf(" %s, which is %s", site.Name, value)
	}
	s.rows = append(s.rows, fmt.Sprintf("%4d  %-12s  %-12s  %s\n", len(s.rows)+1, name, site.Pos, what))
}

// text is what the cell shows when it has ended.
func (s *steps) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rows) == 0 {
		return "no step: the cell touches nothing that two goroutines could see\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%4s  %-12s  %-12s  %s\n", "step", "who", "where", "what")
	for _, r := range s.rows {
		b.WriteString(r)
	}
	if s.more > 0 {
		fmt.Fprintf(&b, "… and %d more steps\n", s.more)
	}
	return b.String()
}
