package exercise

// This file defines the exercise shutdown: the talk's servers, which can't be stopped.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

func shutdownTask() *task {
	return &task{
		id:     "shutdown",
		lesson: lessonServers,
		title:  "A server that can be stopped",
		text: "Fix `newServer`. It returns two functions. `serve` accepts connections on `listener` and calls " +
			"`handle(conn)` for each in a thread, until `stop` is called. `stop`, which another thread calls, " +
			"returns when no more connections are accepted, the requests in hand have been handled to their end, and " +
			"`listener` is closed. Then `serve` returns too. The talk's servers accept for ever.",
		signature: "func(listener *socket.Socket, handle func(conn *socket.Socket)) (serve, stop func())",
		start: `newServer := func(listener *socket.Socket, handle func(conn *socket.Socket)) (serve, stop func()) {
	stopped := false
	serve = func() {
		for !stopped {
			conn, _, _ := listener.Accept()
			threading.NewThread(handle, threading.Args(conn)).Start()
		}
	}
	stop = func() { stopped = true }
	return serve, stop
}`,
		hints: []string{
			"The loop looks at `stopped` before `Accept`, and then waits in `Accept` until a client comes. What " +
				"could end that wait?",
			"`listener.Close()` in `stop` ends the wait of `Accept`, which then returns an error. (In Python it " +
				"doesn't; there, and here, `listener.SetTimeout` makes `Accept` return now and then, with an error.)",
			"`serve` leaves its loop when `Accept` returns an error, joins the threads that it has started, and sets " +
				"a `threading.NewEvent()`. `stop` closes the listener and waits for that event.",
		},
		solution: `newServer := func(listener *socket.Socket, handle func(conn *socket.Socket)) (serve, stop func()) {
	ended := threading.NewEvent("ended")
	serve = func() {
		threads := []*threading.Thread{}
		for {
			conn, _, err := listener.Accept()
			if err != nil {
				break
			}
			t := threading.NewThread(handle, threading.Args(conn))
			t.Start()
			threads = append(threads, t)
		}
		for _, t := range threads {
			t.Join()
		}
		ended.Set()
	}
	stop = func() {
		listener.Close()
		ended.Wait()
	}
	return serve, stop
}`,
		why: "Closing the listener ends the wait in `Accept`; `serve` joins what it has started, and `stop` waits " +
			"until it has.",
		praise: "The server stopped at once, and nothing was lost: every request that had been accepted was answered.",
		worlds: talkWorlds(),
		trial: func(solution any) trial {
			f, ok := solution.(func(*socket.Socket, func(*socket.Socket)) (func(), func()))
			if !ok || f == nil {
				return nil
			}
			return &shutdownTrial{f: f}
		},
	}
}

const (
	shutdownWork = 30 * time.Millisecond  // of a request, the least
	shutdownMost = 300 * time.Millisecond // for stop
	shutdownCPU  = 20 * time.Millisecond  // that the server may use while it waits
)

type shutdownTrial struct {
	f                 func(*socket.Socket, func(*socket.Socket)) (func(), func())
	clients           int
	work              time.Duration // of a request
	begun, done       int
	doneAtStop        int
	begunAtStop       int
	stopping, stopped bool
	refused           bool // a connection after stop
	served            bool // serve has returned
	answered          int
	used              time.Duration
	late              bool // a connection was handled after stop
}

func (s *shutdownTrial) body(r *run) {
	t := machine.Current()
	seed := t.Machine().Seed()
	s.clients = int(seed % 4)                           // 0: no client ever connects
	s.work = shutdownWork * time.Duration(1+seed/4%2*4) // longer than most time-outs of Accept, and shorter
	slowNetwork()
	l := listening()
	var serve, stop func()
	r.call(func() { serve, stop = s.f(l, s.handle) })
	if serve == nil || stop == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newServer returned nil in place of a function")
		}
		return
	}
	port := l.GetSockName().Port
	ask := func() (answered bool) {
		conn, err := socket.CreateConnection("localhost", port)
		if err != nil {
			return false
		}
		defer conn.Close()
		data, err := conn.Recv(100)
		return err == nil && len(data) > 0
	}
	clients := []*threading.Thread{}
	for i := range s.clients {
		clients = append(clients, side(fmt.Sprintf("client %d", i+1), func() {
			if ask() {
				s.answered++
			}
		}))
	}
	r.patience = shutdownMost
	r.start("server", func() {
		t := machine.Current()
		began := t.CPUTime()
		defer func() { s.used = t.CPUTime() - began }()
		serve()
		s.served = true
	})
	r.start("stopper", func() {
		t := machine.Current()
		// in the midst of the requests, after them, or much later
		t.Sleep([]time.Duration{10, 60, 120}[seed%3] * time.Millisecond)
		s.stopping = true
		if seed/8%2 == 1 {
			side("a client that comes while the server stops", func() {
				machine.Current().Sleep(shutdownWork / 2)
				ask() // it may be served or not
			})
		}
		stop()
		s.stopped = true
		s.doneAtStop, s.begunAtStop = s.done, s.begun
		conn, err := socket.CreateConnection("localhost", port)
		s.refused = err != nil
		if err == nil {
			t.Sleep(2 * time.Millisecond)
			conn.Close()
		}
	})
	r.join()
	for _, c := range clients { // an answer may still be on its way when stop has returned
		c.Join(threading.Timeout(shutdownMost))
	}
}

func (s *shutdownTrial) handle(conn *socket.Socket) {
	if conn == nil {
		panic(noConnection)
	}
	s.late = s.late || s.stopped
	s.begun++
	machine.Current().Sleep(s.work)
	_ = conn.SendAll([]byte("answer\n"))
	s.done++
	conn.Close()
}

func (s *shutdownTrial) judge(r *run, _ *timeline.Timeline) *fault {
	switch {
	case len(r.panics) > 0:
		return r.common()
	case r.deadlock != nil && s.stopping:
		stuck := "`stop` waits"
		if s.stopped {
			stuck = "`stop` returned, and `serve` waits"
		}
		return &fault{text: fmt.Sprintf("%s for ever: %s. What ends the wait of `Accept`?", stuck,
			sentence(r.deadlock)), misconception: "A loop sees that a variable has changed at once. (It waits in " +
			"`Accept`, and looks when the next client has come.)"}
	case r.spinning != "" && s.stopping && !s.stopped:
		return &fault{text: fmt.Sprintf("%v after it was called, `stop` still hasn't returned, and the requests take "+
			"%v. It must end as soon as the last request in hand has ended, however long that takes, and no sooner "+
			"or later.", shutdownMost, s.work),
			misconception: "`time.Sleep` is a way to wait for a thread."}
	case r.spinning == "server" && s.stopped:
		return &fault{text: "`stop` returned, and `serve` still runs: it calls `Accept` on a closed socket again and " +
			"again, or it still accepts."}
	}
	if f := r.common(); f != nil {
		return f
	}
	switch {
	case s.doneAtStop < s.begunAtStop:
		return &fault{text: fmt.Sprintf("`stop` returned while %d of %d requests were still in hand. Join the "+
			"threads that handle requests, and don't sleep in place of that.",
			s.begunAtStop-s.doneAtStop, s.begunAtStop),
			misconception: "Whatever has been started has ended when the loop has. (`Start` waits for the beginning " +
				"of a thread, `Join` for its end.)"}
	case !s.refused:
		return &fault{text: "A client could still connect after `stop` had returned: the listener is open, and its " +
			"backlog takes connections that nobody will ever accept. Close it.",
			misconception: "A server that doesn't call `Accept` refuses connections."}
	case s.late:
		return &fault{text: "A request was handled after `stop` had returned."}
	case s.begun < s.clients:
		return &fault{text: fmt.Sprintf("%d of %d clients were handled, though all had connected long before `stop` "+
			"was called.", s.begun, s.clients)}
	case s.answered < s.clients:
		return &fault{text: fmt.Sprintf("%d of %d clients got an answer.", s.answered, s.clients)}
	case s.used > shutdownCPU:
		return &fault{text: fmt.Sprintf("The server stops, and while it waits for clients it uses a core for %v: it "+
			"checks again and again. `Accept` waits without that.", s.used.Round(time.Millisecond)),
			misconception: "A loop that checks until something has happened is a way to wait."}
	}
	return nil
}
