package server

// This file defines %%python: values go in, a program runs in the interpreter process's child, values come out.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"

	"gilkernel/kernel/advice"
	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/session"
	"gilkernel/kernel/worker"
	"gilkernel/runtime/cpython"
)

// pythonOuts is where the numbers of values from Python begin: those of cells don't come so far.
const pythonOuts = 1 << 40

// RunPython runs a program in a real Python.
func (x *execution) RunPython(_ context.Context, p *magic.PythonRun) error {
	q := link.Python{Label: x.label, Which: p.Which, Line: p.Line, Source: p.Source, Options: p.Options, Args: p.Args, Input: x.mayAsk(), In: map[string]string{}}
	for _, name := range p.In {
		text, err := x.forPython(name)
		if err != nil {
			return err
		}
		q.In[name] = text
	}
	for i, name := range p.Out {
		q.Out = append(q.Out, link.PythonOut{Name: name, N: pythonOuts + i})
	}
	done, err := x.askDone(func(id int) worker.Result {
		q.ID = id
		return x.s.engine.Python(x.until(), q)
	})
	x.s.endQuestion()
	if failed, ok := errors.AsType[stepError](err); ok {
		e := failed.failed
		return &magic.PythonError{Name: e.Name, Message: e.Value, Traceback: e.Traceback, Err: err}
	}
	if err != nil {
		return err
	}
	for _, o := range q.Out {
		if err := x.define(o, done.Types[o.Name]); err != nil {
			return err
		}
	}
	return nil
}

// Pythons lists the Pythons of the computer.
func (x *execution) Pythons(context.Context) error {
	_, err := x.ask(func(id int) worker.Result {
		return x.s.engine.Python(x.until(), link.Python{ID: id, Label: x.label, List: true})
	})
	return err
}

// forPython returns the value of a variable as Python's JSON.
func (x *execution) forPython(name string) (string, error) {
	var near []string
	known := false
	for _, v := range x.s.cells.Variables() {
		known = known || v.Name == name
		near = append(near, v.Name)
	}
	if !known {
		say := fmt.Sprintf("--in %s: there is no variable %s", name, name)
		if other := advice.Nearest(name, seq(near), len(name)/3+1); other != "" {
			say += "; did you mean " + other + "?"
		} else if len(near) > 0 {
			say += "; %whos lists those that there are"
		} else {
			say += ", and no other as yet; define it in a cell of Go"
		}
		return "", &magic.Error{Name: "NameError", Message: say}
	}
	done, failed := x.run(func() (*session.Program, error) { return x.s.cells.CompileExpr(x.label, name) }, "python:"+name)
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

// seq iterates over a slice.
func seq(list []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, s := range list {
			if !yield(s) {
				return
			}
		}
	}
}

// define makes a value of Python's a variable of the session.
func (x *execution) define(o link.PythonOut, typ string) error {
	code, forget, err := x.s.cells.Receive(o.Name, o.N, typ)
	if err != nil {
		return asError(x.compileError(err))
	}
	defer forget()
	return asError(x.runCode(code, ""))
}

// guessPythons returns the versions of the Pythons that there seem to be. None is run: this is the kernel process.
func (s *Server) guessPythons() []string {
	home, _ := os.UserHomeDir() // "" has none
	e := &cpython.Env{OS: runtime.GOOS, Home: home, Dir: s.engine.Dir(), Getenv: os.Getenv}
	return e.Guess()
}

// TwinPythons returns the CPythons of the computer, one for each minor version.
func (x *execution) TwinPythons(context.Context) ([]magic.TwinPython, error) {
	done, err := x.askDone(func(id int) worker.Result {
		return x.s.engine.Python(x.until(), link.Python{ID: id, Label: x.label, List: true, Twin: true})
	})
	if err != nil {
		return nil, err
	}
	var all []magic.TwinPython
	seen := map[string]bool{}
	for _, p := range done.Pythons {
		if p.CPython && !seen[p.Name] {
			seen[p.Name] = true
			all = append(all, magic.TwinPython{Name: p.Name, Path: p.Path})
		}
	}
	return all, nil
}

// RunTwin runs a program in a real Python and measures it.
func (x *execution) RunTwin(_ context.Context, python, source string, line, threads int) (string, float64, error) {
	done, err := x.askDone(func(id int) worker.Result {
		return x.s.engine.Python(x.until(), link.Python{ID: id, Label: x.label, Which: python, Source: source, Line: line, Twin: true, Input: x.mayAsk(),
			In: map[string]string{"threads": strconv.Itoa(threads)}})
	})
	if failed, ok := errors.AsType[stepError](err); ok {
		e := failed.failed
		err = &magic.PythonError{Name: e.Name, Message: e.Value, Traceback: e.Traceback, Err: err}
	}
	return done.Printed, done.Seconds, err
}

// RunGoTwin runs Go code on a machine of its own and measures it.
func (x *execution) RunGoTwin(_ context.Context, code, machine string) (string, float64, error) {
	x.python, x.twin = machine, true
	defer func() { x.python, x.twin = "", false }()
	done, failed := x.run(func() (*session.Program, error) { return x.s.cells.Compile(x.label, code) }, "")
	return done.Printed, done.Seconds, asError(failed)
}

// ShowTwins draws the figures of a program in real Pythons and in Go.
func (x *execution) ShowTwins(_ context.Context, t *magic.TwinTable) error {
	q := link.Twins{Label: x.label, Title: t.Title, Unit: t.Unit, Caption: t.Caption, Columns: t.Columns, Base: t.Base}
	for _, r := range t.Rows {
		q.Rows = append(q.Rows, link.Twin{Name: r.Name, Python: pointers(r.Python), Real: pointers(r.Real), Simulated: pointers(r.Simulated), Recorded: r.Recorded})
	}
	_, err := x.ask(func(id int) worker.Result {
		q.ID = id
		return x.s.engine.Twins(x.until(), q)
	})
	return err
}

// pointers returns pointers to numbers, nil for what JSON has no number for.
func pointers(list []float64) []*float64 {
	var out []*float64
	for _, v := range list {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			out = append(out, nil)
		} else {
			out = append(out, &v)
		}
	}
	return out
}

// Progress shows a line that the next one replaces; "" takes it away.
func (x *execution) Progress(text string) {
	if x.content.Silent {
		return
	}
	d := link.Display{Kind: "update_display_data", ID: "gilkernel-progress-" + x.label, Data: map[string]json.RawMessage{"text/plain": x.s.marshal(text)}}
	if !x.progress {
		x.progress = true
		d.Kind = "display_data"
	}
	x.s.display(x.origin, &d)
}
