package server

// This file defines %%python: values go in, a program runs in the interpreter process's child, values come out.

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"gilkernel/kernel/advice"
	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/worker"
	"gilkernel/runtime/cpython"
)

// pythonOuts is where the numbers of values from Python begin: those of cells stay below.
const pythonOuts = 1 << 40

// A pythonHost is magic.Pythons.
type pythonHost struct{ x *execution }

// pythonError returns how a program in a real Python failed.
func pythonError(e *link.Error) error {
	return &magic.PythonError{Name: e.Name, Message: e.Value, Traceback: e.Traceback, Err: asError(e)}
}

// RunPython runs a program in a real Python.
func (h pythonHost) RunPython(_ context.Context, p *magic.PythonRun) error {
	q := link.Python{Label: h.x.label, Which: p.Which, Line: p.Line, Source: p.Source, Options: p.Options, Args: p.Args,
		Input: h.x.mayAsk(), In: map[string]string{}}
	for _, name := range p.In {
		text, err := h.forPython(name)
		if err != nil {
			return err
		}
		q.In[name] = text
	}
	for i, name := range p.Out {
		q.Out = append(q.Out, link.PythonOut{Name: name, N: pythonOuts + i})
	}
	done, failed := h.x.ask(func(id int) worker.Result {
		q.ID = id
		return h.x.s.worker.Python(h.x.until(), q)
	})
	h.x.s.endQuestion()
	if failed != nil {
		return pythonError(failed)
	}
	for _, o := range q.Out {
		if err := receive(h.x, o.Name, o.N, done.Types[o.Name]); err != nil {
			return err
		}
	}
	return nil
}

// Pythons lists the Pythons of the computer.
func (h pythonHost) Pythons(context.Context) error {
	_, failed := h.x.ask(func(id int) worker.Result {
		return h.x.s.worker.Python(h.x.until(), link.Python{ID: id, Label: h.x.label, List: true})
	})
	return asError(failed)
}

// forPython returns the value of a variable as Python's JSON.
func (h pythonHost) forPython(name string) (string, error) {
	var near []string
	known := false
	for _, v := range h.x.s.cells.Variables() {
		known = known || v.Name == name
		near = append(near, v.Name)
	}
	if !known {
		say := fmt.Sprintf("--in %s: there is no variable %s", name, name)
		if other := advice.Nearest(name, slices.Values(near), len(name)/3+1); other != "" {
			say += "; did you mean " + other + "?"
		} else if len(near) > 0 {
			say += "; %whos lists those that there are"
		} else {
			say += ", and no other as yet; define it in a cell of Go"
		}
		return "", &magic.Error{Name: "NameError", Message: say}
	}
	done, failed := h.x.run(h.x.expr(name, "python:"+name))
	if failed != nil {
		return "", asError(failed)
	}
	if done.Result == nil {
		return "", &magic.Error{Name: "TypeError", Message: name + " has no value that can be sent to Python"}
	}
	var text string
	if raw, ok := done.Result.Data[link.PythonRefusal]; ok {
		_ = json.Unmarshal(raw, &text) // it is what the interpreter encoded
		return "", &magic.Error{Name: "TypeError", Message: text}
	}
	return asText(done.Result.Data[link.PythonValue]), nil
}

// asText returns JSON that may be within a JSON text.
func asText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil && strings.HasPrefix(string(raw), `"`) {
		return text
	}
	return string(raw)
}

// guessPythons returns the versions of the Pythons that seem to be installed. None is run: this is the kernel process.
func (s *Server) guessPythons() []string {
	home, _ := os.UserHomeDir() // "" has none
	e := &cpython.Env{OS: runtime.GOOS, Home: home, Dir: s.worker.Dir(), Getenv: os.Getenv}
	return e.Guess()
}
