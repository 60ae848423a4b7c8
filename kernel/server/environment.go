package server

// This file defines the settings that a kernel process takes from its environment.

import (
	"fmt"
	"log"
	"os"

	"gilkernel/kernel/engine"
	"gilkernel/kernel/history"
)

// Environment returns the Options of a kernel process: GILKERNEL_LOG names a file for the log,
// GILKERNEL_OUTPUT_LIMIT and GILKERNEL_HISTORY are as in the README. The error says which variable is
// wrong.
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
		n, err := ParseSize(s)
		if err != nil {
			return nil, fmt.Errorf("reading GILKERNEL_OUTPUT_LIMIT: %w", err)
		}
		if n == 0 {
			n = noLimit
		}
		o.OutputLimit = n
	}
	if _, err := ParseSize(os.Getenv(engine.MemoryLimitEnv)); os.Getenv(engine.MemoryLimitEnv) != "" && err != nil {
		return nil, fmt.Errorf("reading %s: %w", engine.MemoryLimitEnv, err)
	}
	o.Engine = &engine.Options{Spare: true, Logf: o.Logf}
	return o, nil
}
