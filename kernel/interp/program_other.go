//go:build !linux

package interp

// This file defines what is known of the program that runs elsewhere: its name.

import "os"

// ownProgram returns the path of this process's program, "" if it isn't known.
func ownProgram() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	return exe
}
