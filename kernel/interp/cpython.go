package interp

// This file defines Python requests: programs in the real Pythons of the computer. They are children of this process,
// as what Command requests start is, because the kernel process runs nothing that a person has written.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"gilkernel/kernel/ink"
	"gilkernel/kernel/link"
	"gilkernel/runtime/cpython"
	"gilkernel/runtime/display"
)

// pythonGrace is how long a Python has after an interrupt to end by itself: in one long call it doesn't even see it.
const pythonGrace = 3 * time.Second

// pythonEnv says where Pythons are looked for: cells may have changed PATH and the working directory.
func pythonEnv() *cpython.Env {
	home, _ := os.UserHomeDir() // "" has no Pythons
	dir, _ := os.Getwd()
	return &cpython.Env{OS: runtime.GOOS, Home: home, Dir: dir, Getenv: os.Getenv}
}

// startPython does a Python request.
func (s *runner) startPython(q *link.Python) {
	r := s.begin(q.ID, q.Label)
	r.input = q.Input
	printed := r.measure(q.Twin)
	r.showing.Store(true) // what follows an interrupt ends within pythonGrace
	s.finish(r, func() *link.Done {
		s.started(r)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		if q.List {
			r.onInterrupt(cancel)
			return s.listPythons(ctx, r, q)
		}
		looking := atomic.Bool{}
		looking.Store(true)
		r.onInterrupt(func() {
			if looking.Load() {
				cancel()
			}
		})
		py, err := s.finder.Lookup(ctx, pythonEnv(), q.Which)
		looking.Store(false)
		if r.dying.Load() {
			return &link.Done{Status: "interrupted", Error: s.interruptError(nil)}
		}
		if err != nil {
			name := "UsageError"
			if errors.Is(err, cpython.ErrNone) || !strings.Contains(err.Error(), "names no Python") {
				name = link.NoPython
			}
			return &link.Done{Status: "error", Error: plainError(name, err.Error())}
		}
		done := s.runPython(r, q, py)
		r.out.flush()
		done.Printed = printed()
		return done
	}, func() {})
}

// listPythons shows the Pythons of the computer.
func (s *runner) listPythons(ctx context.Context, r *run, q *link.Python) *link.Done {
	list, err := s.finder.Find(ctx, pythonEnv())
	if err != nil {
		return &link.Done{Status: "interrupted", Error: s.interruptError(nil)}
	}
	done := &link.Done{Status: "ok"}
	if q.Twin {
		for _, p := range list {
			done.Pythons = append(done.Pythons, link.Interpreter{Name: p.Minor(), Version: p.Version, Path: p.Path,
				CPython: p.Implementation == "CPython" && !p.Venv})
		}
		return done
	}
	if len(list) == 0 {
		r.out.write("stdout", []byte(cpython.ErrNone.Error()+".\n"))
		return done
	}
	type line struct{ Python, Implementation, GIL, Path, Found string }
	var rows []line
	for _, p := range list {
		found := p.Found
		if p.Venv {
			found = "virtual environment"
		}
		rows = append(rows, line{p.Version, p.Implementation, p.State(), p.Path, found})
	}
	r.out.flush()
	data, metadata := display.BundleWith(rows, nil)
	s.send(&link.Event{Cell: r.id, Display: encodeDisplay("display_data", "", data, metadata)})
	return done
}

// runPython runs a program in a Python, in the run's own goroutine.
func (s *runner) runPython(r *run, q *link.Python, py cpython.Python) *link.Done {
	p := &cpython.Program{Label: q.Label, Line: q.Line, Source: q.Source, In: q.In, Options: q.Options, Args: q.Args}
	for _, o := range q.Out {
		p.Out = append(p.Out, o.Name)
	}
	var killed atomic.Bool
	var late atomic.Pointer[time.Timer]
	var tidy []func()
	ended := make(chan struct{}) // closed when the process has been waited for: no signal may follow
	h := &cpython.Host{
		Stdout: &runWriter{r, "stdout"}, Stderr: &runWriter{r, "stderr"},
		Ask: func(over <-chan struct{}, prompt string, password bool) (string, error) {
			text, err := s.input.askFor(r, over, prompt, password)
			if err == errInterrupted { // the KeyboardInterrupt is on its way
				err = io.EOF
			}
			return text, err
		},
		Show: func(figure map[string]string) {
			data := map[string]any{}
			for k, v := range figure {
				data[k] = v
			}
			r.out.flush()
			s.send(&link.Event{Cell: r.id, Display: encodeDisplay("display_data", "", data, nil)})
		},
		Prepare: func(cmd *exec.Cmd) {
			ownGroup(cmd)
			tidy = append(tidy, dieTogether(cmd))
		},
		Started: func(cmd *exec.Cmd, dir string) {
			tidy = append(tidy, s.guard.group(cmd.Process.Pid), watchOver(cmd, dir))
			kill := func() {
				select {
				case <-ended:
				default:
					killed.Store(true)
					killGroup(cmd)
				}
			}
			r.mu.Lock()
			r.again = kill
			r.mu.Unlock()
			r.onInterrupt(func() {
				interruptGroup(cmd)
				late.Store(time.AfterFunc(pythonGrace, kill))
			})
		},
		Ended: func(cmd *exec.Cmd) {
			close(ended)
			killGroup(cmd) // what it has left behind
		},
	}
	result, err := cpython.Run(py, p, h)
	r.mu.Lock()
	r.again = nil
	r.mu.Unlock()
	if t := late.Load(); t != nil {
		t.Stop()
	}
	for _, f := range slices.Backward(tidy) {
		f()
	}
	if err != nil {
		return &link.Done{Status: "error", Exit: 127, Error: plainError("OSError", err.Error())}
	}
	done := pythonDone(py, result, killed.Load())
	if r.dying.Load() {
		done.Status = "interrupted"
		if q.Twin || result.Error == nil && !killed.Load() { // the learner may never have seen a twin's text
			done.Error = s.interruptError(nil)
		}
	}
	if done.Error == nil {
		s.keepValues(q, result, done)
	}
	return done
}

// pythonDone says how a program ended.
func pythonDone(py cpython.Python, result *cpython.Result, killed bool) *link.Done {
	done := &link.Done{Status: "ok", Exit: result.Exit, Seconds: result.Seconds}
	who := "Python " + py.Minor()
	switch e := result.Error; {
	case killed:
		done.Error = plainError("KeyboardInterrupt",
			who+" didn't end when it was interrupted, and was killed: it was in one long call, or takes no notice of "+
				"the signal")
	case e != nil && e.Name == "SystemExit":
		done.Error = plainError(e.Name, e.Value)
	case e != nil:
		done.Error = &link.Error{Name: e.Name, Value: e.Value, Traceback: inkTraceback(e)}
	case result.Signal != "":
		done.Error = plainError("CalledProcessError", fmt.Sprintf("%s was ended by a signal: %s", who, result.Signal))
	case result.Exit != 0:
		done.Error = plainError("CalledProcessError", fmt.Sprintf("%s ended with exit status %d", who, result.Exit))
	}
	if done.Error != nil {
		done.Status = "error"
	}
	return done
}

// inkTraceback returns the lines of a traceback of Python's with the kind of the error as all errors have it.
func inkTraceback(e *cpython.Error) []string {
	lines := slices.Clone(e.Traceback)
	for i := len(lines) - 1; i >= 0; i-- {
		if rest, ok := strings.CutPrefix(lines[i], e.Name); ok {
			lines[i] = ink.Kind(e.Name) + rest
			break
		}
	}
	return lines
}

// keepValues keeps the variables that were wanted as Out[N], for the definitions that follow.
func (s *runner) keepValues(q *link.Python, result *cpython.Result, done *link.Done) {
	if len(q.Out) == 0 {
		return
	}
	refused := slices.Clone(result.Refused)
	done.Types = map[string]string{}
	for _, o := range q.Out {
		data, ok := result.Values[o.Name]
		if !ok {
			continue
		}
		v, err := cpython.Unmarshal(data)
		if err != nil {
			refused = append(refused, o.Name+" can't be read: "+err.Error())
			continue
		}
		s.setOut(o.N, v)
		done.Types[o.Name] = cpython.TypeOf(v)
	}
	if len(refused) == 0 && len(done.Types) < len(q.Out) {
		refused = append(refused, "Python ended before it could say what its variables are")
	}
	if len(refused) > 0 {
		done.Status, done.Error = "error", plainError("TypeError", strings.Join(refused, "; "))
	}
}

// forPython returns a value as Python's JSON, or why it has none.
func forPython(name string, v any) *link.Display {
	text, err := cpython.Marshal(name, v)
	if err != nil {
		return encodeDisplay("", "", map[string]any{link.PythonRefusal: err.Error()}, nil)
	}
	return encodeDisplay("", "", map[string]any{link.PythonValue: text}, nil)
}
