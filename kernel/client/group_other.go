//go:build !unix

package client

import "os/exec"

// ownGroup does nothing here: this system has no process groups.
func ownGroup(*exec.Cmd) {}
