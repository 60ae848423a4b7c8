package server

// This file defines interrupt_request (kernelspec: interrupt_mode "message"), and SIGINT, which means
// the same.

func (s *Server) handleInterrupt(*request) (any, error) {
	s.interrupt()
	return map[string]string{"status": "ok"}, nil
}

// interrupt ends the cell that runs, and aborts those that wait behind it: a user who presses the button doesn't want
// the rest to run. When nothing runs it does nothing: goroutines of earlier cells are left alone, and jupyter_client
// interrupts before each shutdown. A second interrupt of the same cell is more forceful, see
// worker.Supervisor.Interrupt.
func (s *Server) interrupt() {
	s.queue.abortWaiting() // first: between two cells nothing runs, and all of the rest waits
	s.mu.Lock()
	x := s.current
	if x != nil && !x.interrupted {
		x.interrupted = true
		close(x.stopped)
	}
	s.mu.Unlock()
	if x == nil {
		return
	}
	s.worker.Interrupt()
	// a page that is flooded shows the interrupt now, not in a minute
	s.pub.Discard(x.origin.parent, "the cell was interrupted")
}
