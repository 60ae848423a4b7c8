// Package link is the protocol between the kernel process and an interpreter process.
//
// An interpreter process is the same binary, started as "gilkernel interp" with these descriptors:
//
//	0  /dev/null
//	1  a pipe: what native code and child processes print; the kernel process reads it
//	2  the same for standard error
//	3  requests, kernel process to interpreter process
//	4  events, interpreter process to kernel process
//	5  the Go runtime's crash report (debug.SetCrashOutput), read by the kernel process
//	6  a pipe that carries nothing: it ends when the kernel process does
//	9  the file of a Ledger, if Init.Ledger says so
//
// A process that a cell starts with multiprocessing is one more interpreter process, whose kernel process is the one of
// the cell; it has a further descriptor, 7, for the memory that they share. It is given all definitions with Define and
// starts with Child.
//
// Descriptors 3 and 4 carry packets: four bytes of length, big endian, then one JSON document of that many bytes: a
// Request or an Event. What a cell prints through fmt, log, slog, os.Stdout and os.Stderr is sent as Stream events,
// which name the cell that started the goroutine; only output that bypasses these goes through 1 and 2. After Done, the
// kernel process asks the system how many bytes still wait in these pipes, and reads as many: that is all that the cell
// wrote there.
//
// What must survive the death of the process at any moment is recorded in a Ledger, memory that both processes share.
// An interpreter process without one sends the events Taken and Started instead.
package link

import "encoding/json"

// Descriptor numbers in the interpreter process, beside 0, 1 and 2.
const (
	RequestFD = 3
	EventFD   = 4
	CrashFD   = 5
	LifeFD    = 6
	ArenaFD   = 7 // of a process that another interpreter process has started: their shared memory
	LineFD    = 8 // of the same: carries descriptors of sockets
	LedgerFD  = 9
)

// MaxPacket is the largest packet in bytes that either side reads; a larger one is an error.
const MaxPacket = 256 << 20

// Request is a request of the kernel process; exactly one field is set.
type Request struct {
	Init *Init `json:"init,omitempty"`
	Run  *Run  `json:"run,omitempty"`
	// Prepare is a Run that may come next, with Prepared set: until then its Source is only checked. There is no
	// answer.
	Prepare   *Run       `json:"prepare,omitempty"`
	Define    *Run       `json:"define,omitempty"` // adds its definitions and runs nothing; there is no answer
	Child     *Child     `json:"child,omitempty"`
	Tell      *Tell      `json:"tell,omitempty"`
	Sync      *Sync      `json:"sync,omitempty"`
	Command   *Command   `json:"command,omitempty"`
	Machine   *Machine   `json:"machine,omitempty"`
	Python    *Python    `json:"python,omitempty"`
	Twins     *Twins     `json:"twins,omitempty"`
	Capture   *Capture   `json:"capture,omitempty"`
	Explore   *Explore   `json:"explore,omitempty"`
	State     *State     `json:"state,omitempty"`
	Interrupt *Interrupt `json:"interrupt,omitempty"`
	Input     *Input     `json:"input,omitempty"`
	Setenv    *Setenv    `json:"setenv,omitempty"`
	Chdir     *Chdir     `json:"chdir,omitempty"`
}

// Init is the first request. The answer is a Ready event. A spare interpreter is sent its Init when
// it is promoted, not when it is started.
type Init struct {
	Dir string `json:"dir,omitempty"` // working directory, "" to stay
	// Ledger says that LedgerFD is the file of a Ledger.
	Ledger bool `json:"ledger,omitempty"`
	// Machine holds the words of Machine requests to earlier processes.
	Machine string   `json:"machine,omitempty"`
	Env     []string `json:"env,omitempty"` // K=V, added to the environment; "K" alone removes K
	// Leave names files that the kernel process removes at its end, and the interpreter process if the kernel process
	// is killed: absolute paths, such as those of sockets. They are removed from last to first, a folder only if it is
	// empty.
	Leave []string `json:"leave,omitempty"`
	// Stack is the soft limit in bytes of the main thread's stack for processes that cells start; 0: the
	// interpreter's own.
	Stack uint64 `json:"stack,omitempty"`
	// Engine runs the bodies of functions, one of Engines; "" is the value of EngineVariable, or the first.
	Engine string `json:"engine,omitempty"`
	// Arena says that the process has ArenaFD and LineFD: it belongs to package multiprocessing.
	Arena bool `json:"arena,omitempty"`
}

// Run is a cell as the learner typed it. It is taken when it is read and started when it is compiled, see Ledger; the
// answers are its output and Done. Runs are sent one at a time, the next only after Done. The session of the
// interpreter process compiles them in the order in which they arrive, with the same result as in the kernel process.
type Run struct {
	ID int `json:"id"` // identifies the run; its goroutines' output always carries it as Cell
	// Prepared says that all other fields are those of the last Prepare, which has the same ID.
	Prepared bool   `json:"prepared,omitempty"`
	Label    string `json:"label"`  // "In[3]", as in positions and error texts
	Source   string `json:"source"` // the Go code of the cell, or one step of it
	// Expr says that Source is an expression whose value alone is wanted: a cell can't mention it as Out.
	Expr bool `json:"expr,omitempty"`
	// Before holds what the session must forget or learn before it compiles Source, in a form that package session
	// defines.
	Before json.RawMessage `json:"before,omitempty"`
	// Code is what the learner typed, for the source lines that tracebacks show.
	Code string `json:"code,omitempty"`
	// Value says what to do with the value of the cell's last expression: "display" sends it as an execute_result
	// Display event, "return" returns it in Done.Result (user expressions), "" discards it. "python:" and a name
	// returns it in Done.Result as Python's JSON, with the type PythonValue, or the reason why it has none, with the
	// type PythonRefusal.
	Value string `json:"value,omitempty"`
	Input bool   `json:"input,omitempty"` // stdin requests are allowed
	// Replay says that the run restores the definitions of Log: cells that an earlier interpreter has run, in order,
	// each with ID, Label, Source, Expr and Before. None of their statements run, and an interrupt doesn't end the run,
	// which has no Source itself.
	Replay bool  `json:"replay,omitempty"`
	Log    []Run `json:"log,omitempty"`
	// Step asks for a list of steps: "access" or "calls", "" for none. See exec.Steps.
	Step string `json:"step,omitempty"`
	// Python sets the machine and the Python of this run only, in the words of %machine, and its timeline is shown; ""
	// is the session's machine.
	Python string `json:"python,omitempty"`
	// Twin measures the run: Done.Printed has its output, which isn't shown, Done.Seconds its duration on its machine's
	// clock, and there is no figure.
	Twin bool `json:"twin,omitempty"`
	// Test runs the values of Source, a []any of functions, as tests; Done.Tested has their results.
	Test *Test `json:"test,omitempty"`
}

// Test names the functions of cells to run as tests, and the flags.
type Test struct {
	Funcs []TestFunc        `json:"funcs"`
	Flags map[string]string `json:"flags,omitempty"` // of go test, by name without the dash
}

// TestFunc is a function that go test would run: its index in Test.Funcs is its index in Source.
type TestFunc struct {
	Name      string `json:"name"`
	Output    string `json:"output,omitempty"`    // of an example: the expected output
	Unordered bool   `json:"unordered,omitempty"` // the lines of the output may come in any order
}

// Tested is the result of tests.
type Tested struct {
	Code    int      `json:"code,omitempty"`    // the exit code that go test's program would have
	Failed  []string `json:"failed,omitempty"`  // the functions that have failed
	Refused string   `json:"refused,omitempty"` // why no test ran, such as an invalid flag
}

// Child makes the interpreter process a process of package multiprocessing: it runs the target that its parent has
// sent, and exits. Its output is sent with the ID of this request; its answer is its exit status.
type Child struct {
	ID     int      `json:"id"`
	Label  string   `json:"label"`  // of the cell that has started it
	Words  string   `json:"words"`  // for process.Booted
	Python string   `json:"python"` // the words of %machine
	Dir    string   `json:"dir,omitempty"`
	Env    []string `json:"env,omitempty"` // K=V: all of the environment
	// Born is when it was started, on the clock that all processes share; Record says that it records its timeline and
	// sends it in Family events.
	Born   int64 `json:"born,omitempty"`
	Record bool  `json:"record,omitempty"`
}

// Sync asks a process of package multiprocessing to send all that it has printed so far; the answer is a Synced event
// after it.
type Sync struct{}

// Tell asks a process of package multiprocessing, which is about to be killed, for the timeline that it has recorded so
// far. The answer is a Family event.
type Tell struct{}

// Command runs a child process whose output is this run's; the answers are as for Run. The child
// has a process group of its own, which an Interrupt ends.
type Command struct {
	ID    int      `json:"id"`
	Label string   `json:"label"`
	Argv  []string `json:"argv"`
	Stdin string   `json:"stdin,omitempty"`
}

// The types of Done.Result for Run.Value "python:NAME".
const (
	PythonValue   = "application/json"
	PythonRefusal = "text/plain"
)

// Python runs a program in a real Python of this computer, or lists these Pythons. The answers are as for Run. The
// first Interrupt raises a KeyboardInterrupt in Python, the second kills it.
type Python struct {
	ID    int    `json:"id"`
	Label string `json:"label"`
	// List lists the Pythons and runs nothing: the output is a table, or, with Twin, Done.Pythons.
	List bool `json:"list,omitempty"`
	// Twin is as in Run.
	Twin bool `json:"twin,omitempty"`
	// Which names the Python: a version, a path, or "" for the default.
	Which string `json:"which,omitempty"`
	// Line is the number of Source's first line in the cell, from 1.
	Line    int               `json:"line,omitempty"`
	Source  string            `json:"source,omitempty"`
	In      map[string]string `json:"in,omitempty"`  // variables: names and Python's JSON
	Out     []PythonOut       `json:"out,omitempty"` // variables to return
	Options []string          `json:"options,omitempty"`
	Args    []string          `json:"args,omitempty"`
	Input   bool              `json:"input,omitempty"` // stdin requests are allowed
}

// NoPython is the name of the error for a Python that doesn't exist or can't be started.
const NoPython = "PythonNotFound"

// PythonOut is a Python variable that the session keeps as Out[N].
type PythonOut struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Interpreter is a Python that was found.
type Interpreter struct {
	Name    string `json:"name"`    // "3.13t"
	Version string `json:"version"` // "3.13.1"
	Path    string `json:"path"`
	CPython bool   `json:"cpython,omitempty"`
}

// Twins draws the figures of a program in real Pythons and in Go; the answers are as for Run.
type Twins struct {
	ID      int      `json:"id"`
	Label   string   `json:"label"`
	Title   string   `json:"title"`
	Unit    string   `json:"unit"`
	Caption string   `json:"caption"`
	Columns []string `json:"columns"`
	Base    *float64 `json:"base,omitempty"` // the figure with which others are compared; nil: none
	Rows    []Twin   `json:"rows"`
}

// Twin holds the figures of a program under one version of Python, one for each column; nil for a missing one.
type Twin struct {
	Name      string     `json:"name"`
	Python    []*float64 `json:"python,omitempty"`
	Real      []*float64 `json:"real,omitempty"`
	Simulated []*float64 `json:"simulated,omitempty"`
	Recorded  string     `json:"recorded,omitempty"` // when and where Python's figures were measured; "": here and now
}

// Capture keeps the output of a cell as a *display.CapturedIO with the number N until a cell assigns it to a variable;
// the answers are as for Run.
type Capture struct {
	ID      int       `json:"id"`
	Label   string    `json:"label"`
	N       int       `json:"n"`
	Stdout  string    `json:"stdout,omitempty"`
	Stderr  string    `json:"stderr,omitempty"`
	Outputs []Display `json:"outputs,omitempty"`
}

// Machine sets the machine and the Python of the following Runs by the words of %machine; without words it sets
// nothing. Its output is a description, one line if words set something; the answers are as for Run.
type Machine struct {
	ID    int    `json:"id"`
	Label string `json:"label"`
	Words string `json:"words,omitempty"`
	Quiet bool   `json:"quiet,omitempty"` // words that set something print nothing
}

// Interrupt asks the run, and the goroutines it started, to end. It is answered by the run's Done.
type Interrupt struct {
	ID int `json:"id"`
}

// EndedInput is the error of a read from stdin in a goroutine whose cell has ended: front ends no longer show its
// questions.
const EndedInput = "the cell of this goroutine has ended, and front ends answer questions only while the cell runs: " +
	"wait for the goroutine in its cell, for example with a sync.WaitGroup"

// Input answers an InputRequest event.
type Input struct {
	ID    int    `json:"id"`              // of the InputRequest; an answer to another question is discarded
	Text  string `json:"text"`            // without the newline
	EOF   bool   `json:"eof,omitempty"`   // the person sent end of file
	Error string `json:"error,omitempty"` // no input is available; the read fails with this text
}

// Setenv sets a variable of the process, or removes it.
type Setenv struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Unset bool   `json:"unset,omitempty"`
}

// Chdir changes the working directory of the process.
type Chdir struct {
	Dir string `json:"dir"`
}

// Event is a message of the interpreter process; exactly one pointer is set. Cell is the ID of the Run whose goroutine
// caused it, which may not be the current one.
type Event struct {
	Cell    int           `json:"cell,omitempty"`
	Ready   *Ready        `json:"ready,omitempty"`
	Taken   *Taken        `json:"taken,omitempty"`
	Started *Started      `json:"started,omitempty"`
	Stream  *Stream       `json:"stream,omitempty"`
	Display *Display      `json:"display,omitempty"`
	Clear   *Clear        `json:"clear,omitempty"`
	Error   *Error        `json:"error,omitempty"` // a goroutine other than the cell's own panicked
	Input   *InputRequest `json:"input,omitempty"`
	Done    *Done         `json:"done,omitempty"`
	Synced  *Sync         `json:"synced,omitempty"`
	// Wants and Explored are messages of an exploring process to the interpreter process: the variables of the session
	// that its cell uses, by the engine's names, and the progress of the search.
	Wants    *Wants    `json:"wants,omitempty"`
	Explored *Explored `json:"explored,omitempty"`
	// Family carries, to the parent of a process of package multiprocessing, the timelines of the process and of its
	// children, in a form that package interp defines.
	Family json.RawMessage `json:"family,omitempty"`
}

// Ready says that the interpreter accepts Runs.
type Ready struct {
	PID int `json:"pid"`
}

// Taken replaces Ledger.Take in a process without a ledger.
type Taken struct{}

// Started replaces Ledger.Start in a process without a ledger.
type Started struct{}

// Stream is text for stdout or stderr, in order per Cell and Name. The sender coalesces texts for at most 5 ms and cuts
// them at rune boundaries.
type Stream struct {
	Name string `json:"name"` // "stdout" or "stderr"
	Text string `json:"text"`
}

// Display is display_data, update_display_data or execute_result.
type Display struct {
	Kind     string                     `json:"kind"` // the Jupyter message type
	ID       string                     `json:"id,omitempty"`
	Data     map[string]json.RawMessage `json:"data"`
	Metadata map[string]json.RawMessage `json:"metadata,omitempty"`
}

// Clear is clear_output.
type Clear struct {
	Wait bool `json:"wait"`
}

// Error is an error of the learner's code, in Jupyter's form.
type Error struct {
	Name      string   `json:"name"`      // ename: "panic", "runtime error", "KeyboardInterrupt", "SystemExit", …
	Value     string   `json:"value"`     // evalue: one line
	Traceback []string `json:"traceback"` // lines, ANSI colours allowed
}

// InputRequest asks the person for a line. The answer is an Input request.
type InputRequest struct {
	ID       int    `json:"id"` // counts the questions of the process
	Prompt   string `json:"prompt"`
	Password bool   `json:"password,omitempty"`
}

// Done ends a Run or a Command. All Stream and Display events of the cell's own goroutine, and its output to
// descriptors 1 and 2, were sent before it.
type Done struct {
	Status string `json:"status"` // "ok", "error", "interrupted"
	// Compile says that the interpreter refused the Source: nothing was defined, nothing ran.
	Compile bool     `json:"compile,omitempty"`
	Error   *Error   `json:"error,omitempty"`
	Result  *Display `json:"result,omitempty"` // for Run.Value "return"
	Exit    int      `json:"exit,omitempty"`   // exit status of a Command
	Notes   []Note   `json:"notes,omitempty"`  // of a Run
	// Of a Python: what List found, and the Go types of the values of Out by name.
	Pythons []Interpreter     `json:"pythons,omitempty"`
	Types   map[string]string `json:"types,omitempty"`
	// Of a Twin: what it printed, and how long it took in seconds.
	Printed string  `json:"printed,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
	// Tested is the result of a Run.Test.
	Tested *Tested `json:"tested,omitempty"`
	// Explored is the result of an Explore.
	Explored *Explored `json:"explored,omitempty"`
	// World has the changes that cells have made to the process since the last Done, nil if there are none.
	World *World `json:"world,omitempty"`
}

// World is state of a process that its children inherit and its successor should have.
type World struct {
	Dir string   `json:"dir,omitempty"` // the working directory, if it has changed
	Env []string `json:"env,omitempty"` // changes in the form of Init.Env
}

// Note is a remark about a thread at the end of a Run.
type Note struct {
	Line int    `json:"line"`           // of the cell, from 1: where the thread was made
	Text string `json:"text,omitempty"` // for the learner; "": says only that the thread still runs, on which other notes depend
}
