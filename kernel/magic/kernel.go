package magic

// This file defines what magics need from the kernel that they run in, by use.

import (
	"context"
	"time"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/schedule"
	"gilkernel/kernel/session"
)

// Kernel is implemented by kernel/server for the cell that is being executed. Magics call it from one
// goroutine at a time.
type Kernel interface {
	Code
	Machines
	Pythons
	Twins
	Captures
	Tests
	Explorations
	Schedules
	Page
	World
	Modules
	Session
	Settings
}

// Code runs what a cell has below its magic.
type Code interface {
	// Label returns the cell's name in positions, such as "In[3]".
	Label() string
	// Parse cuts code into its steps, see cell.Parse, with what the session knows of its names.
	Parse(code string) ([]cell.Step, error)
	// CheckGo compiles Go code without running it. Nothing is defined.
	CheckGo(code string) error
	// RunGo runs Go code as a part of the cell: a last expression's value is the cell's result. Lines
	// and columns of code are those of the cell. It returns when the code has ended.
	RunGo(ctx context.Context, code string, o Running) (Timing, error)
	// RunCell runs the steps of a cell below this one's first line, magics too.
	RunCell(ctx context.Context, code string) error
	// RunCommand runs a child process in the working directory and environment of the cells; its output
	// is the cell's. err says that it could not be run, or was interrupted; then exit means nothing.
	RunCommand(ctx context.Context, argv []string, stdin string) (exit int, err error)
}

// Running says how code is run; the zero value is as a cell without a magic is.
type Running struct {
	// Steps shows steps: "access" (each access to what several goroutines can see) or "calls" (calls and loop
	// back-edges); "" shows none.
	Steps string
	// Machine is a machine that the code has for itself, in the words of %machine, whose timeline is shown; "" is the
	// session's.
	Machine string
}

// Machines are what Go code runs on.
type Machines interface {
	// Machine sets what machine Go code runs on from now on, by words such as "simulated" and "python=3.11", and prints
	// what it is, unless the cell has code too. Without words it only prints.
	Machine(ctx context.Context, words string) error
	// Engines returns the names of what can run the bodies of functions, and which one does.
	Engines() (names []string, now string)
	// SetEngine sets it, by one of these names, and prints what is lost by that: variables, not definitions.
	SetEngine(ctx context.Context, name string) error
}

// Pythons are the real Pythons of the computer.
type Pythons interface {
	// RunPython runs a program in a real Python, between values that go in and values that come out. How the program
	// failed is a *PythonError.
	RunPython(ctx context.Context, p *PythonRun) error
	// Pythons shows the Pythons of the computer.
	Pythons(ctx context.Context) error
}

// Twins compare real Pythons with Go.
type Twins interface {
	// TwinPythons returns the CPythons of the computer, one for each minor version.
	TwinPythons(ctx context.Context) ([]TwinPython, error)
	// RunTwin runs a program in a real Python with a variable threads, and returns what it printed and how long it took
	// in seconds.
	RunTwin(ctx context.Context, python, source string, line, threads int) (printed string, seconds float64, err error)
	// RunGoTwin runs Go code on a machine of its own, in the words of %machine, and returns the same.
	RunGoTwin(ctx context.Context, code, machine string) (printed string, seconds float64, err error)
	// ShowTwins draws what came of it.
	ShowTwins(ctx context.Context, t *TwinTable) error
	// Progress shows a line that the next one replaces.
	Progress(text string)
}

// Captures keep output.
type Captures interface {
	// Capture keeps what the cell prints and shows from now on instead of publishing it, as far as o says. The function
	// that it returns ends that; given a name that isn't "", it makes a variable of what was kept, a
	// *display.CapturedIO.
	Capture(o Capturing) (end func(name string) error)
}

// Capturing says what is captured.
type Capturing struct{ Stdout, Stderr, Display bool }

// Tests are the functions of cells that go test would run.
type Tests interface {
	// Tests returns them in the order of their cells. The error, one sentence, names a function that looks like a test
	// and has other parameters.
	Tests() ([]session.Test, error)
	// RunTests runs them with flags of go test, by their names without a dash, as go test would, for a line of the
	// cell.
	RunTests(ctx context.Context, line int, tests []session.Test, flags map[string]string) (Tested, error)
}

// Schedules let a person choose which thread of a cell goes next.
type Schedules interface {
	// FrontEnd returns what the cell's front end can do.
	FrontEnd() FrontEnd
	// Scheduled returns what runs code under choices, in a version of Python, "" for the session's. Nothing runs yet.
	Scheduled(ctx context.Context, code, python string) (schedule.Provider, error)
	// Ask asks the person a question and returns the answer. The error is io.EOF if there are no more answers.
	Ask(ctx context.Context, prompt string) (string, error)
	// ShowSchedule shows a game on a provider of Scheduled as a widget, which continues after the cell has ended;
	// bundle is shown by front ends without widgets.
	ShowSchedule(g *schedule.Game, p schedule.Provider, bundle map[string]any) error
}

// Page is what the person sees.
type Page interface {
	// Stream prints text: name is "stdout" or "stderr".
	Stream(name, text string)
	// Display sends a display_data with these MIME types.
	Display(data map[string]any)
	// Replace is Display in the place of the display with an ID; "" is none.
	Replace(id string, data map[string]any)
	// SetNextInput puts text into the cell that is being executed, or into a new one below it.
	SetNextInput(text string, replace bool)
}

// World is what cells have around them: the environment and the working directory.
type World interface {
	// Environ returns the environment of the cells as K=V, in any order.
	Environ() []string
	// Setenv sets a variable of the environment.
	Setenv(name, value string) error
	// Unsetenv removes a variable of the environment.
	Unsetenv(name string) error
	// Getwd returns the working directory of the cells, absolute.
	Getwd() string
	// Chdir changes it; dir is absolute.
	Chdir(dir string) error
}

// Modules are what cells can import beside the standard library.
type Modules interface {
	// Get fetches a module, or the one that has a package, and what it needs, and shows what has changed in go.mod.
	// version is one, the beginning of one, "latest", or a commit; checks says that its code is Python to the GIL. The
	// error is an *Error.
	Get(ctx context.Context, path, version string, checks bool) error
}

// Session is what cells have defined and said.
type Session interface {
	// Variables returns the variables of the session.
	Variables() []session.Variable
	// Delete forgets definitions and imports. The error names the first that there is not; then none is forgotten.
	Delete(ctx context.Context, names []string) error
	// Reset forgets all definitions and values.
	Reset() error
	// History returns the inputs of this session in the order of their numbers.
	History() []Input
}

// Settings are the session's.
type Settings interface {
	// Notes reports whether notes are shown below cells.
	Notes() bool
	// SetNotes switches them on or off.
	SetNotes(on bool)
	// Limits returns what a cell may use.
	Limits() []Limit
	// SetLimit sets a limit of Limits. The error says what the name or the value should be.
	SetLimit(name, value string) error
}

// Timing is how long code took to run, without the time to compile it.
type Timing struct {
	Wall         time.Duration
	User, System time.Duration // of the interpreter process, all threads
	CPU          bool          // User and System are known
}

// Input is a cell that was executed.
type Input struct {
	Number int
	Code   string
}

// Limit is a bound of what a cell may use.
type Limit struct {
	Name  string // one word
	Value string // as a person writes it
	Help  string // one sentence
}
