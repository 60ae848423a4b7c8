//go:build unix

package process

// This file defines how a compiled program starts processes of the operating system: itself once more.

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"

	"gilkernel/runtime/machine"
)

// What Exec gives a new process.
const (
	// BootVariable is the environment variable with the words for Booted.
	BootVariable = "GILKERNEL_PROCESS"
	// ArenaFD and LifeFD are the descriptors of the arena and of a pipe that ends when the parent does.
	ArenaFD = 3
	LifeFD  = 4
	LineFD  = 5 // what descriptors come on, see NewLine
)

// Exec is the Launcher of a compiled program: a new process is a command, whose main function calls Booted with what
// BootVariable says and ends when LifeFD does.
type Exec struct {
	Argv []string
	File *os.File // of the arena
	Env  []string // K=V, added to this process's environment
}

// execProcess is a process that Exec has started.
type execProcess struct {
	cmd  *exec.Cmd
	life *os.File
}

// Signal implements Running.
func (p *execProcess) Signal(sig int) error {
	err := p.cmd.Process.Signal(syscall.Signal(sig))
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Launch implements Launcher.
func (l *Exec) Launch(
	t *machine.Thread, _ *System, p *Process, spec *Spec, ended func(*machine.Thread, int),
) (Running, error) {
	line, theirs, err := NewLine()
	if err != nil {
		for _, h := range spec.Handles {
			p.s.Drop(t, h)
		}
		return nil, err
	}
	defer theirs.Close()
	words, over, err := p.Boot(t, spec, line)
	if err != nil {
		line.Close()
		return nil, err
	}
	life, ours, err := os.Pipe()
	if err != nil {
		over()
		line.Close()
		return nil, err
	}
	defer life.Close()
	cmd := exec.Command(l.Argv[0], l.Argv[1:]...)
	cmd.Env = append(append(os.Environ(), l.Env...), BootVariable+"="+words)
	cmd.ExtraFiles = []*os.File{l.File, life, theirs}
	cmd.Stdout, cmd.Stderr = spec.writer(spec.Stdout, os.Stdout), spec.writer(spec.Stderr, os.Stderr)
	if err := cmd.Start(); err != nil {
		over()
		ours.Close()
		line.Close()
		return nil, err
	}
	p.s.arena.u32(p.entry().at(entPID)).Store(uint32(cmd.Process.Pid))
	go func() { // ends with the process
		_ = cmd.Wait() // ProcessState says it
		ours.Close()
		line.Close()
		over()
		ended(nil, ExitCode(cmd.ProcessState))
	}()
	return &execProcess{cmd, ours}, nil
}

func (*Spec) writer(w io.Writer, def *os.File) io.Writer {
	if w == nil {
		return def
	}
	return w
}

// WatchParent ends the process when LifeFD does.
func WatchParent() {
	life := os.NewFile(LifeFD, "life")
	go func() { // ends the process
		_, _ = life.Read(make([]byte, 1))
		os.Exit(1)
	}()
}
