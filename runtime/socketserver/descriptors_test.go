//go:build unix

package socketserver_test

// This file tests servers without file descriptors.

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gilkernel/runtime/network"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/threading"
)

// A note is a stderr that can be read while it is written.
type note struct {
	mu sync.Mutex
	b  strings.Builder
}

func (n *note) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *note) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

// withoutDescriptors connects nine clients with a server, lets the process have three descriptors more, for their other
// ends, and starts the server.
func withoutDescriptors(t *testing.T, simulated bool, limit func()) {
	w := newWorld(t, kind{simulated: simulated, seed: 1})
	stderr, right := new(note), 0
	threading.SetHost(w.in, threading.Host{Stderr: stderr})
	err := w.run(func() {
		s, err := socketserver.NewThreadingTCPServer("localhost", 0, upper, socketserver.RequestQueueSize(16))
		if err != nil {
			panic(err)
		}
		port := s.ServerAddress().Port
		var clients []*socket.Socket
		for range 9 {
			c, err := socket.CreateConnection("localhost", port)
			if err != nil {
				panic(err)
			}
			clients = append(clients, c)
		}
		limit()
		start(s, nil)
		for stderr.String() == "" { // until it has none
			threading.NewEvent().Wait(threading.Timeout(10 * time.Millisecond))
		}
		for _, c := range clients {
			if _, err := c.Write([]byte("hello\n")); err != nil {
				panic(err)
			}
			if answer, err := c.MakeFile().ReadLine(); err == nil && answer == "HELLO\n" {
				right++
			}
			_ = c.Close()
		}
		s.Shutdown()
		s.ServerClose()
	})
	w.stop()
	const want = "socketserver: can't accept a client: [Errno 24] Too many open files. Those that are connected are " +
		"served; the others wait until one of them closes its connection.\n"
	// It says so again if it has accepted some meanwhile.
	if err != nil || right != 9 || strings.ReplaceAll(stderr.String(), want, "") != "" {
		t.Errorf("%v, %d answers, printed %q", err, right, stderr.String())
	}
}

// A process without descriptors says so, serves those that are connected, and the others when there are descriptors
// again.
func TestNoDescriptors(t *testing.T) {
	if os.Getenv(noDescriptors) != "" { // the process that real=true starts
		withoutDescriptors(t, false, func() { leaveDescriptors(t, 3) })
		return
	}
	t.Run("real=false", func(t *testing.T) {
		// 3, the server's own, nine clients', and three
		withoutDescriptors(t, true, func() { network.Configure(network.Descriptors(16)) })
	})
	t.Run("real=true", func(t *testing.T) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestNoDescriptors$", "-test.timeout=2m")
		cmd.Env = append(os.Environ(), noDescriptors+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

const noDescriptors = "GILKERNEL_TEST_NO_DESCRIPTORS"

// leaveDescriptors limits this process to n descriptors more than it has.
func leaveDescriptors(t *testing.T, n int) {
	most := 0
	var free []int
	for range n {
		fd, err := syscall.Dup(0)
		if err != nil {
			t.Fatal(err)
		}
		free, most = append(free, fd), max(most, fd)
	}
	for _, fd := range free {
		_ = syscall.Close(fd)
	}
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	l.Cur = uint64(most + 1)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
}
