//go:build !unix

package process

// This file defines what there is without Unix's shared memory: nothing.

import (
	"errors"
	"os"
)

// errUnsupported says what to do instead.
var errUnsupported = errors.New("processes of the real machine need Linux or macOS: try %%simulate")

// CreateArena returns an error: this system isn't supported.
func CreateArena() (*Arena, *os.File, error) { return nil, nil, errUnsupported }

// OpenArena returns an error: this system isn't supported.
func OpenArena(*os.File) (*Arena, error) { return nil, errUnsupported }

// ExitCode returns how a process ended: its exit code.
func ExitCode(s *os.ProcessState) int {
	if s == nil {
		return 1
	}
	return s.ExitCode()
}
