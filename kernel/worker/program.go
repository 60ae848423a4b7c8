package worker

// This file defines the program that interpreters run: that of this process, even if its file has changed since.

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
)

// A program is the executable of interpreters. It is immutable.
type program struct {
	argv []string
	path string      // of the file that is executed; "" is argv[0]
	file fs.FileInfo // of argv[0] when the kernel started, to detect another version; nil: not known or not needed
}

// newProgram returns the program of this process with the argument "interp", or that of argv.
func newProgram(argv []string) *program {
	if len(argv) > 0 {
		return &program{argv: argv}
	}
	exe, err := os.Executable()
	if err != nil {
		exe = os.Args[0]
	}
	p := &program{argv: []string{exe, "interp"}, path: running()}
	if p.path == "" {
		p.file, _ = os.Stat(exe) // if it fails, so will the start
	}
	return p
}

// command returns a command that isn't started. Where the system can't execute a file that was removed, it returns an
// error after an update in the middle of a session, because another version may speak another protocol.
func (p *program) command() (*exec.Cmd, error) {
	cmd := exec.Command(p.argv[0], p.argv[1:]...)
	if p.path != "" {
		cmd.Path, cmd.Err = p.path, nil
		return cmd, nil
	}
	if p.file != nil {
		if now, err := os.Stat(p.argv[0]); err != nil || !os.SameFile(now, p.file) ||
			!now.ModTime().Equal(p.file.ModTime()) {
			return nil, fmt.Errorf("the program %s was replaced or removed while this kernel ran: restart the kernel",
				p.argv[0])
		}
	}
	return cmd, nil
}
