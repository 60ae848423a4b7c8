package interp

// This file defines what Linux knows of the program that runs.

import "os"

// ownProgram returns a path that opens the file that this process runs, also after it was removed or replaced; ""
// without /proc.
func ownProgram() string {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err != nil {
		return ""
	}
	return self
}
