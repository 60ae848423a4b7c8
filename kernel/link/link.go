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
// begins with Child.
//
// On 3 and 4 travel packets: four bytes of length, big endian, then one JSON document of that many
// bytes: a Request or an Event. What a cell prints through fmt, log, slog, os.Stdout and os.Stderr
// travels as Stream events, which know the cell that started the goroutine; only what bypasses Go's
// front doors travels through 1 and 2. When Done has come, the kernel process asks the system how much
// still waits in these pipes, and waits for as much: that is all that the cell wrote there.
//
// What must survive the death of the process in any moment is noted in a Ledger, memory that both processes share. An
// interpreter process without one sends it as events, Taken and Started.
package link

import "encoding/json"

// Descriptor numbers in the interpreter process, beside 0, 1 and 2.
const (
	RequestFD = 3
	EventFD   = 4
	CrashFD   = 5
	LifeFD    = 6
	ArenaFD   = 7 // of a process that another interpreter process has started: the memory that they share
	LineFD    = 8 // of the same: what descriptors of sockets come on
	LedgerFD  = 9
)

// MaxPacket is the largest packet in bytes that either side reads; a larger one is an error.
const MaxPacket = 256 << 20

// Request is what the kernel process asks; exactly one field is set.
type Request struct {
	Init *Init `json:"init,omitempty"`
	Run  *Run  `json:"run,omitempty"`
	// Prepare is a Run that may come next, with Prepared: its Source is checked meanwhile, and no more. There is no
	// answer.
	Prepare   *Run       `json:"prepare,omitempty"`
	Define    *Run       `json:"define,omitempty"` // its definitions exist from then on, and nothing of it runs; there is no answer
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
	// Machine is what Machine requests have set in an earlier process.
	Machine string   `json:"machine,omitempty"`
	Env     []string `json:"env,omitempty"` // K=V, added to the environment; "K" alone removes K
	// Leave are files that the kernel process removes at its end, and the interpreter if that one is killed: absolute
	// paths, such as those of its sockets. They are removed from the last to the first, and a folder only if it is
	// empty.
	Leave []string `json:"leave,omitempty"`
	// Stack is the soft limit in bytes of the main thread's stack for processes that cells start; 0: the
	// interpreter's own.
	Stack uint64 `json:"stack,omitempty"`
	// Engine runs the bodies of functions, one of Engines; "" is what EngineVariable says, or the first.
	Engine string `json:"engine,omitempty"`
	// Arena says that the process has ArenaFD and LineFD: it belongs to package multiprocessing.
	Arena bool `json:"arena,omitempty"`
}

// Run is a cell as the learner typed it. It is taken, and started once it is compiled, see Ledger; the answers are its
// output and Done. Runs are sent one at a time: the next only after Done. The session of the interpreter process
// compiles them in the order in which they come, to what the kernel process has compiled.
type Run struct {
	ID int `json:"id"` // identifies the run; its goroutines' output always carries it as Cell
	// Prepared says that all other fields are those of the last Prepare, which has the same ID.
	Prepared bool   `json:"prepared,omitempty"`
	Label    string `json:"label"`  // "In[3]", as in positions and error texts
	Source   string `json:"source"` // the Go code of the cell, or one step of it
	// Expr says that Source is an expression whose value alone is wanted: a cell can't mention it as Out.
	Expr bool `json:"expr,omitempty"`
	// Before is what the session is to forget, or to learn of beside cells, before it compiles Source: package session
	// knows the form.
	Before json.RawMessage `json:"before,omitempty"`
	// Code is what the learner typed, for the source lines that tracebacks show.
	Code string `json:"code,omitempty"`
	// Value says what to do with the value of the cell's last expression: "display" sends it as an execute_result
	// Display event, "return" returns it in Done.Result (user expressions), "" drops it. "python:" and a name returns
	// it in Done.Result as Python's JSON, by the type PythonValue, or why it has none, by PythonRefusal.
	Value string `json:"value,omitempty"`
	Input bool   `json:"input,omitempty"` // stdin requests are allowed
	// Replay says that the run brings Log back: cells that an earlier interpreter has run, in order, each with ID,
	// Label, Source, Expr and Before. Nothing of them runs, only their definitions matter, and an interrupt doesn't end
	// it. The run itself has no Source.
	Replay bool  `json:"replay,omitempty"`
	Log    []Run `json:"log,omitempty"`
	// Step asks for a list of steps: "access" or "calls", "" for none. See exec.Steps.
	Step string `json:"step,omitempty"`
	// Python says what machine and what Python this run has for itself, in the words of %machine; its timeline
	// is shown. "" is the session's.
	Python string `json:"python,omitempty"`
	// Twin measures the run: what it prints is returned in Done.Printed and not shown, how long it takes on its
	// machine's clock in Done.Seconds, and there is no figure.
	Twin bool `json:"twin,omitempty"`
	// Test runs the values of Source, which is a []any, as tests; how they ended is returned in Done.Tested.
	Test *Test `json:"test,omitempty"`
}

// Test says which functions of cells are run as tests, and how.
type Test struct {
	Funcs []TestFunc        `json:"funcs"`
	Flags map[string]string `json:"flags,omitempty"` // of go test, by their names without a dash
}

// TestFunc is a function that go test would run: the one whose place in Source is its place in Test.Funcs.
type TestFunc struct {
	Name      string `json:"name"`
	Output    string `json:"output,omitempty"`    // of an example: what it should print
	Unordered bool   `json:"unordered,omitempty"` // its lines may come in any order
}

// Tested says how tests ended.
type Tested struct {
	Code    int      `json:"code,omitempty"`    // what go test's program would exit with
	Failed  []string `json:"failed,omitempty"`  // the functions that have failed
	Refused string   `json:"refused,omitempty"` // why none has run: a flag's value
}

// Child makes the interpreter process a process of package multiprocessing: it runs the target that its parent has
// sent, and ends. What it prints is sent with the ID of this request; its answer is its exit status.
type Child struct {
	ID     int      `json:"id"`
	Label  string   `json:"label"`  // of the cell that has started it
	Words  string   `json:"words"`  // for process.Booted
	Python string   `json:"python"` // the words of %machine
	Dir    string   `json:"dir,omitempty"`
	Env    []string `json:"env,omitempty"` // K=V: all of the environment
	// Born is when it was started, on the clock of all processes; Record says that it records its timeline, which it
	// sends in Family events.
	Born   int64 `json:"born,omitempty"`
	Record bool  `json:"record,omitempty"`
}

// Sync asks a process of package multiprocessing to send what it has printed until now; the answer is a Synced event
// behind it.
type Sync struct{}

// Tell asks a process of package multiprocessing for what it has recorded until now: it is about to be killed. The
// answer is a Family event that says so.
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

// Python runs a program in a real Python of the computer, or lists the Pythons that there are. The answers are as for
// Run. A first Interrupt is Python's KeyboardInterrupt, a second one kills it.
type Python struct {
	ID    int    `json:"id"`
	Label string `json:"label"`
	// List lists the Pythons, and nothing runs: the output is a table, or with Twin Done.Pythons.
	List bool `json:"list,omitempty"`
	// Twin is as in Run.
	Twin bool `json:"twin,omitempty"`
	// Which names the Python: a version, a path, or "" for the default.
	Which string `json:"which,omitempty"`
	// Line is the number of Source's first line in the cell, from 1.
	Line    int               `json:"line,omitempty"`
	Source  string            `json:"source,omitempty"`
	In      map[string]string `json:"in,omitempty"`  // variables: names and Python's JSON
	Out     []PythonOut       `json:"out,omitempty"` // variables that are wanted
	Options []string          `json:"options,omitempty"`
	Args    []string          `json:"args,omitempty"`
	Input   bool              `json:"input,omitempty"` // stdin requests are allowed
}

// NoPython is the name of the error for a Python that isn't there or can't be started.
const NoPython = "PythonNotFound"

// PythonOut is a variable of Python's that the session keeps as Out[N].
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
	Base    *float64 `json:"base,omitempty"` // what the figures are compared with; nil: nothing
	Rows    []Twin   `json:"rows"`
}

// Twin is what a program did under one version. The lists have a figure for each column, nil for one that isn't there.
type Twin struct {
	Name      string     `json:"name"`
	Python    []*float64 `json:"python,omitempty"`
	Real      []*float64 `json:"real,omitempty"`
	Simulated []*float64 `json:"simulated,omitempty"`
	Recorded  string     `json:"recorded,omitempty"` // when and where Python's were measured; "" now and here
}

// Capture keeps output of a cell as a *display.CapturedIO with the number N, until a cell makes it a variable; the
// answers are as for Run.
type Capture struct {
	ID      int       `json:"id"`
	Label   string    `json:"label"`
	N       int       `json:"n"`
	Stdout  string    `json:"stdout,omitempty"`
	Stderr  string    `json:"stderr,omitempty"`
	Outputs []Display `json:"outputs,omitempty"`
}

// Machine sets what machine and what Python the next Runs have, by the words of %machine; without any it
// sets nothing. Its output is a description, one line of it if words set something; the answers are as for Run.
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

// EndedInput is the error of a read in a goroutine whose cell has ended. Front ends have closed their
// ears by then: JupyterLab shows no question of a cell that is done.
const EndedInput = "the cell of this goroutine has ended, and front ends answer questions only while the cell runs: " +
	"wait for the goroutine in its cell, for example with a sync.WaitGroup"

// Input answers an InputRequest event.
type Input struct {
	ID    int    `json:"id"`              // of the InputRequest; an answer to another question is dropped
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

// Event is what the interpreter process tells; exactly one pointer is set. Cell is the ID of the Run
// whose goroutine caused it (not necessarily the current one).
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
	// Wants and Explored are what a process that explores tells the interpreter process: which variables of the session
	// its cell uses, by the engine's names, and how far it is.
	Wants    *Wants    `json:"wants,omitempty"`
	Explored *Explored `json:"explored,omitempty"`
	// Family is what a process of package multiprocessing tells its parent of its timeline, and of those of its own
	// children: package interp knows the form.
	Family json.RawMessage `json:"family,omitempty"`
}

// Ready says that the interpreter takes Runs.
type Ready struct {
	PID int `json:"pid"`
}

// Taken is Ledger.Take of a process that has no ledger.
type Taken struct{}

// Started is Ledger.Start of a process that has no ledger.
type Started struct{}

// Stream is text for stdout or stderr, in order per Cell and Name. Texts are coalesced by the sender
// for at most 5 ms, cut at rune boundaries.
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

// Error is what the learner did wrong, in Jupyter's form.
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

// Done ends a Run or a Command. All Stream and Display events of the cell's own goroutine were sent
// before it, and so was what it wrote to descriptors 1 and 2.
type Done struct {
	Status string `json:"status"` // "ok", "error", "interrupted"
	// Compile is true when the interpreter refused the Source: nothing was defined, nothing ran.
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
	// World is what cells have changed of the process, nil if nothing since the last Done.
	World *World `json:"world,omitempty"`
}

// World is the state of a process that its children inherit, and that its successor should have.
type World struct {
	Dir string   `json:"dir,omitempty"` // the working directory, if it has changed
	Env []string `json:"env,omitempty"` // changes in the form of Init.Env
}

// Note is what there is to say about a thread at the end of a Run.
type Note struct {
	Line int    `json:"line"`           // of the cell, from 1: where the thread was made
	Text string `json:"text,omitempty"` // for the person; "": the thread still runs, which other notes depend on
}
