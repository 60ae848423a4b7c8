package interp

// This file defines how a cell ends the process on purpose.

import (
	"fmt"
	"os"
	"time"

	"gilkernel/kernel/celltest"
	"gilkernel/kernel/exec"
	"gilkernel/runtime/gil"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/process"
)

// exitTime is how long exit waits for the kernel process to read what was printed.
const exitTime = time.Second

// exitMark begins the line that says how a cell has ended the process.
const exitMark = "gilkernel-exit: "

// exit is os.Exit: it really ends the process, after what was printed before, and reports the caller where the kernel
// process looks for crash reports.
func (s *runner) exit(g *exec.G, code int, by string) {
	s.tick()
	if r := s.threads.current(); r != nil && r.test != nil {
		panic(celltest.Exit{Code: code, By: by})
	}
	if t := rt.Current(); t != nil {
		if p := s.pythonOn(t.Machine()); p != nil && p.spec.check && p.processOf(t) == "" {
			panic(fmt.Sprintf("%s(%d), which would end the whole program", by, code))
		}
		if in := gil.Of(t); in != nil {
			if sys := process.Made(in); sys != nil {
				sys.Leave(t, code)
			}
		}
	}
	flushed := make(chan struct{})
	go func() { // ends with the process
		s.threads.byLabel.Range(func(_, m any) bool {
			m.(*member).run.out.flush()
			return true
		})
		s.tellAll()
		close(flushed)
	}()
	select {
	case <-flushed:
	case <-time.After(exitTime):
	}
	var where place
	if calls := g.Callers(); len(calls) > 0 {
		where = s.host.sources.parse(calls[0].Pos)
	}
	fmt.Fprintf(s.crash, exitMark+"code=%d pos=%s by=%s\n", code, where, by)
	os.Exit(code)
}
