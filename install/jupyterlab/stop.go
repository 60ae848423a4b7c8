package jupyterlab

// This file defines the end of a server, with all that it has started.

import "time"

// process is a process that Stop may have to end. The moment of its start is kept beside the number, because numbers
// are used again.
type process struct {
	pid   int
	start string
}

// Stop ends the server and everything that it started: it asks the server, which then ends its kernels, and after
// Options.Grace kills what is left. It returns when all of these processes have ended. Kill from another goroutine
// shortens the wait. Stop may be called again, and after the server ended by itself; then its kernels have ended
// themselves, as they do when their parent is gone.
func (s *Server) Stop() {
	s.remember()
	select {
	case <-s.done:
	default:
		s.ask()
		grace := s.o.Grace
		if grace == 0 {
			grace = 10 * time.Second
		}
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-s.done:
		case <-timer.C:
			s.Kill()
			<-s.done
		}
	}
	s.mu.Lock()
	started := s.started
	s.mu.Unlock()
	reap(started)
}

// Kill ends the server's process at once, without asking. What it has started is left to a Stop, which must be under
// way or follow.
func (s *Server) Kill() {
	s.remember()
	select {
	case <-s.done: // its number may be another's by now
	default:
		killGroup(s.cmd.Process)
	}
}

// remember records what the server has started so far. Kernels have sessions of their own, so that no process group
// holds them all; and once the server is dead it can't be determined which were its children. A dead server's number
// may be another's, so remember ignores a dead server.
func (s *Server) remember() {
	select {
	case <-s.done:
		return
	default:
	}
	children := descendants(s.cmd.Process.Pid)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started = append(s.started, children...)
}

// reap waits a moment for the processes to go, then kills those that did not.
func reap(children []process) {
	deadline := time.Now().Add(time.Second)
	for {
		children = living(children)
		if len(children) == 0 {
			return
		}
		if time.Now().After(deadline) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	for _, p := range children {
		kill(p)
	}
}
