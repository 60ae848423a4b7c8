package magic_test

// This file defines the kernel that the tests of magics run in.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/schedule"
	"gilkernel/kernel/session"
)

// A fake is a Kernel that writes down what is asked of it.
type fake struct {
	python   []magic.PythonRun
	pythons  []magic.TwinPython
	twin     func(where, code string, line, threads int) (string, float64, error)
	table    *magic.TwinTable
	tests    []session.Test
	tested   magic.Tested
	found    *link.Explored // what Explore returns
	asked    link.Explore
	out      strings.Builder // all streams; stderr text in brackets
	env      []string
	dir      string
	vars     []session.Variable
	inputs   []magic.Input
	limits   map[string]string
	timing   magic.Timing
	exit     int   // of commands
	err      error // of RunGo and RunCommand
	checkErr error // of CheckGo

	ran      []string // Go code
	checked  []string
	argv     [][]string
	stdin    string
	shown    []map[string]any
	next     string
	replaced bool
	resets   int
	quiet    bool // notes are off
	engine   string
	front    magic.FrontEnd
	answers  []string // to questions
	game     *schedule.Game
}

func newFake(t *testing.T) *fake {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &fake{dir: dir, limits: map[string]string{"memory": "2GiB"}, env: []string{"PATH=" + dir, "HOME=" + dir}}
}

func (f *fake) Label() string { return "In[1]" }

func (f *fake) Engines() (names []string, now string) {
	return []string{"exec", "yaegi"}, cmp.Or(f.engine, "exec")
}

func (f *fake) SetEngine(_ context.Context, name string) error {
	f.engine = name
	f.Stream("stdout", "engine: "+name+"\n")
	return nil
}

func (f *fake) Notes() bool      { return !f.quiet }
func (f *fake) SetNotes(on bool) { f.quiet = !on }

func (f *fake) CheckGo(code string) error {
	f.checked = append(f.checked, code)
	return f.checkErr
}

func (f *fake) RunGo(_ context.Context, code string, o magic.Running) (magic.Timing, error) {
	if how := cmp.Or(o.Steps, o.Machine); how != "" {
		code = how + ": " + code
	}
	f.ran = append(f.ran, code)
	return f.timing, f.err
}

func (f *fake) Machine(_ context.Context, words string) error {
	f.out.WriteString("machine: " + words + "\n")
	return f.err
}

func (f *fake) RunCommand(_ context.Context, argv []string, stdin string) (int, error) {
	f.argv, f.stdin = append(f.argv, argv), stdin
	return f.exit, f.err
}

func (f *fake) Get(_ context.Context, path, version string, checks bool) error {
	f.Stream("stdout", fmt.Sprintln("get", path, version, checks))
	return f.err
}

func (f *fake) RunPython(_ context.Context, p *magic.PythonRun) error {
	f.python = append(f.python, *p)
	return f.err
}

func (f *fake) Pythons(context.Context) error {
	f.Stream("stdout", "the Pythons\n")
	return f.err
}

func (f *fake) TwinPythons(context.Context) ([]magic.TwinPython, error) { return f.pythons, f.err }

func (f *fake) RunTwin(_ context.Context, python, source string, line, threads int) (string, float64, error) {
	return f.twin("python "+python, source, line, threads)
}

func (f *fake) RunGoTwin(_ context.Context, code, machine string) (string, float64, error) {
	return f.twin(machine, code, 0, 0)
}

func (f *fake) RunCell(_ context.Context, code string) error {
	f.ran = append(f.ran, code)
	return f.err
}

func (f *fake) Capture(o magic.Capturing) (end func(name string) error) {
	f.Stream("stdout", fmt.Sprintf("capture %+v\n", o))
	return func(name string) error {
		f.Stream("stdout", "captured as "+name+"\n")
		return nil
	}
}

func (f *fake) Tests() ([]session.Test, error) { return f.tests, f.checkErr }

func (f *fake) RunTests(
	_ context.Context, _ int, tests []session.Test, flags map[string]string,
) (magic.Tested, error) {
	f.Stream("stdout", fmt.Sprintln("test", len(tests), flags))
	return f.tested, f.err
}

func (f *fake) ShowTwins(_ context.Context, t *magic.TwinTable) error {
	f.table = t
	return nil
}

func (f *fake) Progress(string) {}

func (f *fake) Explore(_ context.Context, code string, q link.Explore) (*link.Explored, error) {
	f.asked = q
	f.ran = append(f.ran, code)
	return f.found, f.err
}

func (f *fake) FrontEnd() magic.FrontEnd { return f.front }

func (f *fake) Scheduled(_ context.Context, _, python string) (schedule.Provider, error) {
	return pair{python}, f.err
}

func (f *fake) Ask(_ context.Context, prompt string) (string, error) {
	if len(f.answers) == 0 {
		return "", io.EOF
	}
	answer := f.answers[0]
	f.answers = f.answers[1:]
	f.out.WriteString(prompt + answer + "\n")
	return answer, nil
}

func (f *fake) ShowSchedule(g *schedule.Game, _ schedule.Provider, bundle map[string]any) error {
	f.game, f.shown = g, append(f.shown, bundle)
	return nil
}

func (f *fake) Stream(name, text string) {
	if name == "stderr" {
		text = "[" + text + "]"
	}
	f.out.WriteString(text)
}

func (f *fake) Display(data map[string]any) { f.shown = append(f.shown, data) }

func (f *fake) Replace(id string, data map[string]any) { f.shown = append(f.shown, data) }
func (f *fake) Environ() []string                      { return f.env }

func (f *fake) Setenv(name, value string) error {
	f.env = append(f.env, name+"="+value)
	return nil
}

func (f *fake) Unsetenv(name string) error {
	f.env = slices.DeleteFunc(f.env, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
	return nil
}

func (f *fake) Getwd() string { return f.dir }

func (f *fake) Chdir(dir string) error {
	f.dir = dir
	return nil
}

func (f *fake) Parse(code string) ([]cell.Step, error) {
	return cell.Parse(code, func(name string) bool {
		return slices.ContainsFunc(f.vars, func(v session.Variable) bool { return v.Name == name })
	})
}

func (f *fake) Variables() []session.Variable { return f.vars }

func (f *fake) Delete(_ context.Context, names []string) error {
	f.out.WriteString("delete: " + strings.Join(names, " ") + "\n")
	return f.err
}

func (f *fake) Reset() error {
	f.resets++
	return nil
}

func (f *fake) History() []magic.Input { return f.inputs }

func (f *fake) SetNextInput(text string, replace bool) { f.next, f.replaced = text, replace }

func (f *fake) Limits() []magic.Limit {
	return []magic.Limit{{Name: "memory", Value: f.limits["memory"], Help: "Of the interpreter."}}
}

func (f *fake) SetLimit(name, value string) error {
	if _, ok := f.limits[name]; !ok {
		return fmt.Errorf("there is no limit %q", name)
	}
	f.limits[name] = value
	return nil
}

// run runs all steps of a cell.
func run(t *testing.T, table *magic.Table, f *fake, code string) error {
	t.Helper()
	steps, err := cell.Parse(code, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		if err := table.Run(t.Context(), f, s); err != nil {
			return err
		}
	}
	return nil
}

// wantErr checks that err is a magic.Error of this name whose message contains part.
func wantErr(t *testing.T, err error, name, part string) {
	t.Helper()
	var e *magic.Error
	if !errors.As(err, &e) {
		t.Errorf("got error %v, want a %s with %q", err, name, part)
	} else if e.Name != name || !strings.Contains(e.Message, part) {
		t.Errorf("got %s: %s; want a %s with %q", e.Name, e.Message, name, part)
	}
}

const ms = time.Millisecond
