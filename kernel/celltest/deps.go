package celltest

// This file defines what package testing wants of go test. There are no profiles, no coverage and no fuzzing.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"time"
)

// deps implements the interface that testing.MainStart takes.
type deps struct{}

// corpusEntry is an input of a fuzz target, as package testing spells the type.
type corpusEntry = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

var errNot = errors.New("cells have neither profiles nor coverage, and can't be fuzzed")

// ImportPath returns no path: benchmarks print none then.
func (deps) ImportPath() string { return "" }

// ModulePath returns no path.
func (deps) ModulePath() string { return "" }

// MatchString reports whether a pattern matches. Runner.set refuses what is none; package testing would end the process
// at an error.
func (deps) MatchString(pattern, text string) (bool, error) {
	re, err := regexp.Compile(pattern)
	return err == nil && re.MatchString(text), nil
}

// SetPanicOnExit0 does nothing: os.Exit never ends a test's process.
func (deps) SetPanicOnExit0(bool) {}

// StartCPUProfile returns an error.
func (deps) StartCPUProfile(io.Writer) error { return errNot }

// StopCPUProfile does nothing.
func (deps) StopCPUProfile() {}

// StartTestLog does nothing.
func (deps) StartTestLog(io.Writer) {}

// StopTestLog does nothing.
func (deps) StopTestLog() error { return nil }

// WriteProfileTo returns an error.
func (deps) WriteProfileTo(string, io.Writer, int) error { return errNot }

// CoordinateFuzzing returns an error.
func (deps) CoordinateFuzzing(time.Duration, int64, time.Duration, int64, int, []corpusEntry, []reflect.Type,
	string, string,
) error {
	return errNot
}

// RunFuzzWorker returns an error.
func (deps) RunFuzzWorker(func(corpusEntry) error) error { return errNot }

// ReadCorpus returns an error if there is a corpus, which go test would run.
func (deps) ReadCorpus(dir string, _ []reflect.Type) ([]corpusEntry, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(files) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("%s has inputs, and cells run only those of F.Add", filepath.ToSlash(dir))
}

// CheckCorpus returns an error unless the values of an input have the types of the fuzz target.
func (deps) CheckCorpus(values []any, types []reflect.Type) error {
	if len(values) != len(types) {
		return fmt.Errorf("wrong number of values in corpus entry: %d, want %d", len(values), len(types))
	}
	for i, v := range values {
		if got := reflect.TypeOf(v); got != types[i] {
			return fmt.Errorf("mismatched types in corpus entry: %v, want %v", got, types[i])
		}
	}
	return nil
}

// ResetCoverage does nothing.
func (deps) ResetCoverage() {}

// SnapshotCoverage does nothing.
func (deps) SnapshotCoverage() {}

// InitRuntimeCoverage returns no mode: there is no coverage.
func (deps) InitRuntimeCoverage() (mode string, tearDown func(string, string) (string, error), snapcov func() float64) {
	return "", nil, nil
}
