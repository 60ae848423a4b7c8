package cpython

// This file defines how a program runs: its questions, its messages, and its end.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// leftTime is how long the output of processes is read that a program has left behind.
const leftTime = 200 * time.Millisecond

// A Host is what a running program sees of the world. Stdout and Stderr must not be nil.
type Host struct {
	// Stdout and Stderr take what is printed, as it is printed, each from one goroutine.
	Stdout, Stderr io.Writer
	// Ask answers input() and getpass(): io.EOF is the end of the input, another error says why there is no input.
	// ended is closed when the program has ended, which ends the question. nil: there is no input.
	Ask func(ended <-chan struct{}, prompt string, password bool) (string, error)
	// Show shows a figure: MIME types and their data. nil discards it.
	Show func(data map[string]string)
	// Prepare is called before the process starts, and Started once it runs with the directory that its files are in;
	// nil does nothing. Both are called in the goroutine of Run, which also waits for the process.
	Prepare func(cmd *exec.Cmd)
	Started func(cmd *exec.Cmd, dir string)
	// Ended is called when the process has ended and before its output is complete: to end what it has left behind.
	Ended func(cmd *exec.Cmd)
}

// An Error is an exception that a program didn't catch, in Python's words.
type Error struct {
	Name      string   `json:"name"`
	Value     string   `json:"value"`
	Traceback []string `json:"traceback"` // lines; empty for SystemExit
}

// Error returns the name and the words, as Python's last line has them.
func (e *Error) Error() string {
	if e.Value == "" {
		return e.Name
	}
	return e.Name + ": " + e.Value
}

// A Result says how a program ended.
type Result struct {
	// Exit is its exit status, -1 if a signal ended it, which Signal names.
	Exit   int
	Signal string
	// Error is the exception that ended it; nil if none did, or if the process ended without reporting one.
	Error *Error
	// Told says that the main module came to its end, by an exception or without. Seconds is how long it took, on
	// Python's clock and without the start of the process.
	Told    bool
	Seconds float64
	// Values are the variables that Program.Out names, for Unmarshal; Refused has a sentence for each that can't be
	// sent.
	Values  map[string]json.RawMessage
	Refused []string
}

// message is a line that a program sends.
type message struct {
	T        string                     `json:"t"`
	Prompt   string                     `json:"prompt"`
	Password bool                       `json:"password"`
	Data     map[string]string          `json:"data"`
	Seconds  float64                    `json:"seconds"`
	Error    *Error                     `json:"error"`
	Values   map[string]json.RawMessage `json:"values"`
	Refused  []string                   `json:"refused"`
}

// reply is a line that answers a question.
type reply struct {
	Text  string `json:"text"`
	EOF   bool   `json:"eof,omitempty"`
	Error string `json:"error,omitempty"`
}

// Run runs a program in the Python py and returns when it has ended. The error says that it could not be started; what
// the program does is in the Result. It works on Unix only, where a process can be given descriptors.
func Run(py Python, p *Program, h *Host) (*Result, error) {
	dir, err := p.write()
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	answers, ask, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer ask.Close()
	told, tell, err := os.Pipe()
	if err != nil {
		answers.Close()
		return nil, err
	}
	defer told.Close()
	cmd := exec.Command(py.Path, p.arguments(dir)...)
	cmd.Stdout, cmd.Stderr = h.Stdout, h.Stderr
	cmd.ExtraFiles = []*os.File{answers, tell} // 3 and 4
	cmd.Env = environment()
	cmd.WaitDelay = leftTime
	if h.Prepare != nil {
		h.Prepare(cmd)
	}
	err = cmd.Start()
	answers.Close()
	tell.Close()
	if err != nil {
		return nil, fmt.Errorf("%s can't be started: %w", py.Path, rootCause(err))
	}
	if h.Started != nil {
		h.Started(cmd, dir)
	}
	result := &Result{}
	ended := make(chan struct{})
	talked := make(chan struct{})
	go func() {
		// ends with the pipe, whose last writer is gone when the program and its children have ended, or when Run
		// returns
		defer close(talked)
		result.listen(told, ask, h, ended)
	}()
	state, _ := cmd.Process.Wait() // an error would be our own: only we wait for it
	if h.Ended != nil {
		h.Ended(cmd)
	}
	close(ended)
	_ = told.SetReadDeadline(time.Now().Add(leftTime)) // its last messages are in the pipe already
	<-talked
	_ = cmd.Wait() // for the output; that the process was waited for is no news
	result.end(state)
	return result, nil
}

// environment returns the environment of a program: ours, and text as UTF-8 whatever the locale says.
func environment() []string {
	env := os.Environ()
	for name, value := range map[string]string{"PYTHONIOENCODING": "utf-8:backslashreplace"} {
		if os.Getenv(name) == "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// listen reads the program's messages, and answers its questions.
func (r *Result) listen(from io.Reader, to io.Writer, h *Host, ended <-chan struct{}) {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(line, &m) != nil {
			continue // a cell has written to the descriptor
		}
		switch m.T {
		case "ask":
			_, _ = to.Write(respond(h, ended, m)) // an ended program needs no answer
		case "show":
			if h.Show != nil {
				h.Show(m.Data)
			}
		case "out":
			r.Values, r.Refused = m.Values, m.Refused
		case "end":
			r.Told, r.Seconds, r.Error = true, m.Seconds, m.Error
		}
	}
}

// respond asks the host and returns the line that answers the program.
func respond(h *Host, ended <-chan struct{}, m message) []byte {
	a := reply{Error: "input is not available here"}
	if h.Ask != nil {
		text, err := h.Ask(ended, m.Prompt, m.Password)
		switch {
		case errors.Is(err, io.EOF):
			a = reply{EOF: true}
		case err != nil:
			a = reply{Error: err.Error()}
		default:
			a = reply{Text: text}
		}
	}
	b, _ := json.Marshal(a) // texts can be encoded
	return append(b, '\n')
}

// end records how the process ended.
func (r *Result) end(state *os.ProcessState) {
	r.Exit = state.ExitCode()
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		r.Signal = ws.Signal().String()
	}
}
