//go:build !unix

package interp

import (
	"os/exec"
	"time"
)

// Cells run on Unix systems only; these keep the program building elsewhere.

func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func interruptGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func watchOver(*exec.Cmd, string) (release func()) { return func() {} }

func endGroup() {}

func inheritNothing(...int) {}

func processTime() time.Duration { return 0 }

// A guard does nothing here.
type guard struct{}

func newGuard(int) *guard { return nil }

func (*guard) remove([]string) {}

func (*guard) group(int) (release func()) { return func() {} }

func signalProcess(cmd *exec.Cmd, _ int) error { return cmd.Process.Kill() }
