package server

// This file defines the settings that a kernel process takes from its environment.

import (
	"fmt"
	"log"
	"os"

	"gilkernel/kernel/history"
	"gilkernel/kernel/link"
	"gilkernel/kernel/worker"
)

// Variables describes the environment variables that Environment and the interpreter read.
const Variables = `environment:
  GILKERNEL_MEMORY_LIMIT  memory for the variables of all cells, such as 500MB or 1.5GiB; 0 for no limit (2GiB)
  GILKERNEL_OUTPUT_LIMIT  what a cell may print and show; the rest is discarded and counted; 0 for no limit (10MiB)
  GILKERNEL_STDERR        stdout: what cells write to stderr appears as stdout, as nbgrader needs it (stderr)
  GILKERNEL_ENGINE        what runs cells: exec or yaegi (exec)
  GILKERNEL_PYTHON_PATH   the only directories in which Pythons are looked for, a list as in PATH
  GILKERNEL_HISTORY       the file that keeps the inputs of all sessions; set but empty: they are not kept
  GILKERNEL_LOG           a file for the kernel's log (none)
`

// SetEngine sets what runs cells, by a name of link.Engines; "" is what the environment says, or the first.
func (o *Options) SetEngine(name string) error {
	if err := link.CheckEngine(name); err != nil {
		return err
	}
	if o.Worker == nil {
		o.Worker = &worker.Options{}
	}
	o.Worker.Engine = name
	return nil
}

// Environment returns the Options of a kernel process, from the variables in Variables. The error is one
// sentence that says which of them is wrong and how to write it.
func Environment(version string) (*Options, error) {
	o := &Options{Version: version, History: history.DefaultPath()}
	if path := os.Getenv("GILKERNEL_LOG"); path != "" {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) // open as long as the process lives
		if err != nil {
			return nil, fmt.Errorf("opening the log: %w", err)
		}
		o.Logf = log.New(f, fmt.Sprintf("gilkernel[%d] ", os.Getpid()), log.LstdFlags|log.Lmicroseconds).Printf
	}
	if s := os.Getenv("GILKERNEL_OUTPUT_LIMIT"); s != "" {
		n, err := link.ParseSize(s)
		if err != nil {
			return nil, fmt.Errorf("reading GILKERNEL_OUTPUT_LIMIT: %w", err)
		}
		if n == 0 {
			n = link.MaxSize
		}
		o.OutputLimit = n
	}
	switch s := os.Getenv("GILKERNEL_STDERR"); s {
	case "", "stderr":
	case "stdout":
		o.OneStream = true
	default:
		return nil, fmt.Errorf("reading GILKERNEL_STDERR: there is no stream %q: use stderr or stdout", s)
	}
	if _, err := link.ParseMemory(os.Getenv(link.MemoryVariable)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", link.MemoryVariable, err)
	}
	if err := (&Options{}).SetEngine(os.Getenv(link.EngineVariable)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", link.EngineVariable, err)
	}
	o.Worker = &worker.Options{Spare: true, Logf: o.Logf}
	return o, nil
}
