//go:build !unix

package interp

import "os/exec"

// Cells run on Unix systems only; these keep the program building elsewhere.

func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func endGroup() {}

func inheritNothing(...int) {}
