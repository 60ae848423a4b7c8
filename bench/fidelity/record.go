package main

// This file records %%twin's experiments: the figures of Pythons here and now, for computers without them.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"time"

	twins "gilkernel/kernel/experiments"
	finder "gilkernel/runtime/cpython"
)

// record writes the figures of the named experiments, or of all, in all Pythons to a file, and keeps the other contents
// of the file.
func (b *bench) record(file string, names []string) error {
	var all []twins.Record
	old, err := os.ReadFile(file)
	if err == nil {
		if err := json.Unmarshal(old, &all); err != nil {
			return fmt.Errorf("reading %s: %w", file, err)
		}
	}
	for _, e := range twins.All() {
		if len(names) > 0 && !slices.Contains(names, e.Name) {
			continue
		}
		for _, py := range b.pythons {
			if !e.Has(py.version) {
				continue
			}
			fmt.Fprintf(b.log, "%s, Python %s\n", e.Name, py.version)
			figures, err := e.Measure(b.rounds,
				func(threads int) (string, float64, error) { return py.twin(&e, threads) })
			if err != nil {
				return fmt.Errorf("%s, Python %s: %w", e.Name, py.version, err)
			}
			for i, v := range figures {
				figures[i] = math.Round(v*1000) / 1000
			}
			all = slices.DeleteFunc(all,
				func(r twins.Record) bool { return r.Experiment == e.Name && r.Python == py.version })
			all = append(all, twins.Record{Experiment: e.Name, Python: py.version, Version: py.full,
				Machine: fmt.Sprintf("%s, %s, %d cores", system(), runtime.GOARCH, runtime.NumCPU()),
				Date:    time.Now().Format(time.DateOnly), Threads: e.Threads, Figures: figures})
		}
	}
	var out bytes.Buffer
	out.WriteString("[\n")
	for i, r := range all { // one per line, so that changes are easy to see
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		out.Write(line)
		if i < len(all)-1 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
	}
	out.WriteString("]\n")
	return os.WriteFile(file, out.Bytes(), 0o644)
}

// system returns the name of the operating system as people write it.
func system() string {
	switch runtime.GOOS {
	case "linux":
		return "Linux"
	case "darwin":
		return "macOS"
	}
	return runtime.GOOS
}

// twin runs Python's text of an experiment.
func (c cpython) twin(e *twins.Experiment, threads int) (string, float64, error) {
	var out bytes.Buffer
	result, err := finder.Run(finder.Python{Path: c.path},
		&finder.Program{Label: e.Name, Line: e.PythonLine, Source: e.Python,
			In: map[string]string{"threads": strconv.Itoa(threads)}},
		&finder.Host{Stdout: &out, Stderr: io.Discard})
	switch {
	case err != nil:
		return "", 0, err
	case result.Error != nil:
		return "", 0, result.Error
	case !result.Told:
		return "", 0, fmt.Errorf("it ended with exit status %d", result.Exit)
	}
	return out.String(), result.Seconds, nil
}
