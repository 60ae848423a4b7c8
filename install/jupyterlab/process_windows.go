package jupyterlab

// This file defines how processes are asked and ended on Windows.

import (
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// childAttributes keeps the console's Ctrl-C from the server, which would ask a question that can't be answered.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// ask asks the server to end through its own interface: Windows has no signal for that.
func (s *Server) ask() {
	s.mu.Lock()
	at := s.at
	s.mu.Unlock()
	if at == nil {
		s.Kill()
		return
	}
	r, err := http.NewRequest(http.MethodPost, strings.TrimSuffix(at.URL, "/")+"/api/shutdown", nil)
	if err != nil {
		return
	}
	r.Header.Set("Authorization", "token "+at.Token)
	client := &http.Client{Timeout: 5 * time.Second}
	if reply, err := client.Do(r); err == nil {
		reply.Body.Close()
	}
}

// killGroup ends the process with its descendants, which Windows' own tool knows.
func killGroup(p *os.Process) {
	exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(p.Pid)).Run()
	p.Kill()
}

// descendants is empty: killGroup needs no list.
func descendants(int) []process { return nil }

func living([]process) []process { return nil }

func kill(process) {}
