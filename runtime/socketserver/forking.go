package socketserver

// This file defines servers that serve each client in a process of its own: ForkingMixIn.

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
)

// The defaults of ForkingMixIn.
const (
	maxChildren    = 40
	forkingTimeout = 300 * time.Second
	collectTime    = time.Second / 2 // serve_forever's poll_interval
)

// NewForkingTCPServer is NewTCPServer for a server that serves each client in a process of its own: ForkingTCPServer.
// The process gets the connection and copies of what the handler has captured, as each process of package
// multiprocessing does, so what the handler changes is changed there alone. It panics if the handler can't be sent to a
// process.
func NewForkingTCPServer(host string, port int, handler any, opts ...Option) (*TCPServer, error) {
	return newServer(host, port, handler, &TCPServer{process: (*TCPServer).handleInProcess, kind: socket.SOCK_STREAM,
		forks: &forks{most: maxChildren}}, opts)
}

// forks is what a forking server knows of its processes.
type forks struct {
	most int
	over atomic.Int32 // children that have ended and were not collected

	mu       sync.Mutex // protects the field below; held briefly
	children []fork
}

type fork struct {
	p      *multiprocessing.Process
	client socket.Addr
}

// ended reports whether a child has ended since the last collection; false for a nil f.
func (f *forks) ended() bool { return f != nil && f.over.Load() > 0 }

// any reports whether there are children; false for a nil f.
func (f *forks) any() bool { return f != nil && len(f.list()) > 0 }

func (f *forks) list() []fork {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.children)
}

// handleInProcess is ForkingMixIn.process_request: this process closes the connection, which the other one has.
func (s *TCPServer) handleInProcess(q request) {
	p := multiprocessing.NewProcess(ServeClient, multiprocessing.Args(s, q.conn, q.data, q.client))
	p.Start()
	s.forks.mu.Lock()
	s.forks.children = append(s.forks.children, fork{p, q.client})
	s.forks.mu.Unlock()
	p.Sentinel().Notify(func() {
		s.forks.over.Add(1)
		s.socket.Nudge()
	})
	if s.kind == socket.SOCK_STREAM {
		_ = q.conn.Close()
	}
}

// ServeClient is what the process of a client does, as its target: it calls the handler of s, a copy of the server, and
// closes the connection. Servers start it; it isn't for programs.
func ServeClient(s *TCPServer, conn *socket.Socket, data []byte, client socket.Addr) {
	q := request{conn, data, client}
	ok := s.attempt(q)
	s.shutdownRequest(q)
	if !ok {
		panic(&exceptions.SystemExit{Code: 1})
	}
}

// CollectChildren notes which processes of a forking server have ended, and reports those that were killed:
// collect_children. While there are MaxChildren of them it waits for one. ServeForever, HandleRequest and ServerClose
// call it. It does nothing for other servers.
func (s *TCPServer) CollectChildren() {
	s.made("CollectChildren")
	if s.forks == nil || s.away != nil {
		return
	}
	for {
		s.collect(false)
		list := s.forks.list()
		if len(list) < max(s.forks.most, 1) {
			return
		}
		sentinels := make([]any, len(list))
		for i, f := range list {
			sentinels[i] = f.p.Sentinel()
		}
		multiprocessing.Wait(sentinels)
	}
}

// collect takes the children that have ended off the list; wait says whether to wait for all.
func (s *TCPServer) collect(wait bool) {
	if s.forks == nil || s.away != nil {
		return
	}
	s.forks.over.Store(0)
	for _, f := range s.forks.list() {
		if wait {
			f.p.Join()
		}
		code, ended := f.p.ExitCode().(int)
		if !ended {
			continue
		}
		pid := f.p.PID()
		f.p.Join()
		s.forks.mu.Lock()
		s.forks.children = slices.DeleteFunc(s.forks.children, func(o fork) bool { return o.p == f.p })
		s.forks.mu.Unlock()
		if code != 0 && code != 1 { // 1 has been reported by the process itself
			threading.Report(machine.Current(),
				fmt.Sprintf("socketserver: %s, pid %v, which served the client %v, %s. Its connection is closed; the "+
					"other clients are served.\n", f.p.Name(), pid, f.client, howEnded(code)))
		}
	}
}

// howEnded says how a process ended that served no client to the end.
func howEnded(code int) string {
	if code < 0 {
		return "was ended by " + process.SignalName(-code)
	}
	return fmt.Sprintf("ended with exit code %d", code)
}

// checkSendable panics if the handler, or what HandleError has set, can't be sent to a process.
func (s *TCPServer) checkSendable() {
	for _, f := range []struct {
		name string
		v    any
	}{{"handler", s.handler}, {"HandleError", s.onError}} {
		if err := multiprocessing.Sendable(f.name, f.v); err != nil {
			panic(err)
		}
	}
}

// here panics if this is a copy of a server in another process.
func (s *TCPServer) here(call string) {
	if s.away != nil {
		panic(exceptions.Runtime("%s(): the server runs in another process, which this one can't reach; tell it by a "+
			"multiprocessing.Event that the handler captures", call))
	}
}

// Reduce implements pickle.Reducer: a process of a client gets a copy that knows the server's address and its handlers.
func (s *TCPServer) Reduce(*pickle.Pickler) (any, error) {
	return []any{s.ServerAddress(), s.kind, s.handler, s.onError}, nil
}

// Carried implements pickle.Carrier.
func (s *TCPServer) Carried() []any { return []any{s.handler, s.onError} }

// Restore implements pickle.Restorer.
func (s *TCPServer) Restore(_ *pickle.Unpickler, state any) error {
	list, ok := state.([]any)
	if !ok || len(list) != 4 {
		return fmt.Errorf("a server can't be made of what was sent")
	}
	away, _ := list[0].(socket.Addr)
	s.away = &away
	s.kind, _ = list[1].(int)
	s.handler = list[2]
	s.onError, _ = list[3].(func(*socket.Socket, socket.Addr, error))
	s.process = (*TCPServer).handleHere
	s.down = threading.NewEvent()
	if s.handler != nil {
		s.finish = finisherOf(s.handler)
	}
	return nil
}
