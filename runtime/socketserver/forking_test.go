//go:build unix

package socketserver_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/threading"
)

func TestMain(m *testing.M) { processtest.Main(m, mp.Bootstrap) }

// processes runs fn as the MainThread of the first process of a family on both machines; what it logs, and what is
// printed to stderr by this process, must be want, without the numbers of ports and processes.
func processes(t *testing.T, want string, fn func(t *testing.T, log func(...any))) {
	t.Helper()
	for _, real := range []bool{false, true} {
		t.Run(fmt.Sprintf("real=%v", real), func(t *testing.T) {
			before := openSockets(t)
			w := processtest.NewWorld(t, real, "3.13", 1)
			var b, stderr strings.Builder
			threading.SetHost(w.Interpreter, threading.Host{Stderr: &stderr})
			if err := w.Run(func(*machine.Thread) { fn(t, func(a ...any) { fmt.Fprintln(&b, a...) }) }); err != nil {
				fmt.Fprintln(&b, "ended by", err)
			}
			w.Machine.Stop(nil)
			w.Machine.Drain(time.Second)
			got := anonymous.ReplaceAllString(strings.TrimSpace(b.String()+stderr.String()), "${1}N")
			if want := strings.TrimSpace(want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			for end := time.Now().Add(20 * time.Second); openSockets(t) > before; time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("%d sockets were open before, and %d are", before, openSockets(t))
				}
			}
		})
	}
}

// anonymous matches numbers that differ from run to run, after what says what they are.
var anonymous = regexp.MustCompile(`(pid |127\.0\.0\.1', )\d+`)

// openSockets returns how many sockets with an address of the network are open in this process.
func openSockets(t *testing.T) (n int) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0 // not on this system
	}
	for _, e := range entries {
		fd, _ := strconv.Atoi(e.Name())
		switch name, _ := syscall.Getsockname(fd); name.(type) {
		case *syscall.SockaddrInet4, *syscall.SockaddrInet6:
			n++
		}
	}
	return n
}

// served is a handler for processes: it does what its client says.
func served(r *socketserver.StreamRequestHandler) error {
	line, err := r.RFile.ReadLine()
	if err != nil {
		return err
	}
	switch line {
	case "fail\n":
		panic(exceptions.Value("no"))
	case "wait\n":
		_, _ = r.WFile.WriteString("waiting\n")
		_, err = r.RFile.ReadLine()
		return err
	case "exit\n":
		panic(&exceptions.SystemExit{Code: 3})
	case "shutdown\n":
		r.Server.Shutdown()
	case "who\n":
		_, err = r.WFile.WriteString(fmt.Sprintf("%v %v\n", mp.CurrentProcess().Name(),
			r.Server.ServerAddress().Port == r.Request.GetSockName().Port))
		return err
	}
	_, err = r.WFile.WriteString(strings.ToUpper(line))
	return err
}

// Handlers that fail, exit or are killed with their process: the server says what happened and serves the others, and
// no socket stays open.
func TestForking(t *testing.T) {
	processes(t, `
HELLO
Process-2 true
""
""
""
waiting
""
HELLO
[Errno 111] Connection refused
socketserver: Process-4, pid N, which served the client ('127.0.0.1', N), ended with exit code 3. Its connection is closed; the other clients are served.
socketserver: Process-6, pid N, which served the client ('127.0.0.1', N), was ended by SIGKILL. Its connection is closed; the other clients are served.
`, func(t *testing.T, log func(...any)) {
		s, err := socketserver.NewForkingTCPServer("localhost", 0, served)
		port, th := start(s, err)
		log(ask(port, "hello"))
		log(ask(port, "who"))
		for _, line := range []string{"fail", "exit", "shutdown"} {
			log(fmt.Sprintf("%q", ask(port, line)))
		}
		c, err := socket.CreateConnection("localhost", port)
		if err != nil {
			panic(err)
		}
		_ = c.SendAll([]byte("wait\n"))
		f := c.MakeFile()
		line, _ := f.ReadLine()
		log(strings.TrimSpace(line))
		for _, p := range mp.ActiveChildren() {
			p.Kill()
			p.Join()
		}
		line, _ = f.ReadLine()
		log(fmt.Sprintf("%q", line))
		_, _ = f.Close(), c.Close()
		log(ask(port, "hello"))
		s.Shutdown()
		s.ServerClose()
		th.Join()
		log(ask(port, "hello"))
	})
}
