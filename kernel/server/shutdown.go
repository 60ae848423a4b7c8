package server

// This file defines shutdown_request.

func (s *Server) handleShutdown(r *request) (any, error) {
	var c struct {
		Restart bool `json:"restart"`
	}
	if err := decode(r, &c); err != nil {
		return nil, err
	}
	reply := map[string]any{"status": "ok", "restart": c.Restart}
	// All front ends are notified, not only the requester. jupyter_client then waits for the process to end; the
	// front end that restarts it connects to the same ports again.
	s.pub.Raw(r.RawHeader, "shutdown_reply", reply)
	r.then = s.stop
	return reply, nil
}
