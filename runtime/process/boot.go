package process

// This file defines how a new real process receives its target and arguments: through a pipe of the arena.

import (
	"encoding/hex"
	"errors"
	"os"
	"sync/atomic"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// flagBooted says that the process has opened the pipe that it is started through.
const flagBooted = 2

// Boot makes the words for Booted: they tell a new process that it is one, and where its data are. over must be called
// when the process has ended. Boot takes over the handles of spec; what they carry is sent on line, see NewLine.
func (p *Process) Boot(t *machine.Thread, spec *Spec, line *os.File) (words string, over func(), err error) {
	in, out, err := p.s.NewPipe(t, false, "start of "+spec.Name)
	if err != nil {
		for _, h := range spec.Handles {
			p.s.Drop(t, h)
		}
		return "", nil, err
	}
	h := in.Handle()
	in.Close(t)
	go func() { // ends when the process has read it all, or has ended
		_ = out.Send(nil, spec.Data, spec.Handles) // an error says that the process has ended
		out.Close(nil)
		p.s.ship(line, spec.Handles)
	}()
	self := Handle{kind: kindProcess, n: uint32(p.n), gen: p.gen}
	var done atomic.Bool
	over = func() {
		if !done.Swap(true) && p.s.arena.u32(p.entry().at(entFlags)).Load()&flagBooted == 0 {
			p.s.Drop(nil, h)
		}
	}
	return hex.EncodeToString(h.append(self.append(nil))), over, nil
}

// Booted makes the System of this process, by the words of Boot, and returns the data and handles of its Spec.
func Booted(
	in *gil.Interpreter, a *Arena, words string, o Options, pid int,
) (s *System, data []byte, handles []Handle, err error) {
	b, err := hex.DecodeString(words)
	if err != nil || len(b) != 2*handleSize {
		return nil, nil, nil, errors.New("starting a process: the words of its parent can't be read")
	}
	self, pipe := handleOf(b), handleOf(b[handleSize:])
	a.u32(a.entry(int(self.n)).at(entPID)).Store(uint32(pid))
	s = Join(in, a, int(self.n), o)
	Attach(in, s)
	end := s.Open(nil, pipe).(*End)
	a.u32(a.entry(s.self).at(entFlags)).Or(flagBooted)
	defer end.Close(nil)
	if data, handles, err = end.Recv(nil, -1); err == nil {
		err = s.load(o.Line, handles)
	}
	return s, data, handles, err
}
