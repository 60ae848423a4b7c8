package exercise

// This file defines the exercise restart: a port that stays in use after its server has ended.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/timeline"
)

func restartTask() *task {
	return &task{
		id:     "restart",
		lesson: lessonServers,
		title:  "Address already in use",
		text: "Fix `listen`. It returns a socket that listens on the given port of localhost. A server that has " +
			"just been stopped must be able to start again on the same port at once: the talk's can't, " +
			"because its old connections keep port 3001 in use for a minute (TIME_WAIT). If another server listens " +
			"there, `listen` returns the error.",
		signature: "func(port int) (*socket.Socket, error)",
		start: `listen := func(port int) (*socket.Socket, error) {
	s := socket.NewSocket()
	if err := s.Bind("localhost", port); err != nil {
		s.Close()
		return nil, err
	}
	return s, s.Listen()
}`,
		hints: []string{
			"The port is in use by a connection that has ended: the side that closed it first keeps it for a minute, " +
				"in case a late packet arrives. Which socket option says that this is no obstacle?",
			"`SO_REUSEADDR` allows a bind to a port whose connections are all in TIME_WAIT. It doesn't allow two " +
				"servers that listen on it.",
			"Call `s.SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)` after `NewSocket` and before `Bind`. " +
				"`socket.CreateServer` does it for you.",
		},
		solution: `listen := func(port int) (*socket.Socket, error) {
	s := socket.NewSocket()
	if err := s.SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.Bind("localhost", port); err != nil {
		s.Close()
		return nil, err
	}
	return s, s.Listen()
}`,
		why: "With `SO_REUSEADDR`, set before the bind, old connections in TIME_WAIT don't occupy the port; a " +
			"server that listens on it still does.",
		praise: "The server came back at once, on its port, and a port that another server listens on was refused.",
		worlds: talkWorlds(),
		trial: func(solution any) trial {
			f, ok := solution.(func(int) (*socket.Socket, error))
			if !ok || f == nil {
				return nil
			}
			return &restartTrial{f: f}
		},
	}
}

// restartMost is how long a restart may take.
const restartMost = 50 * time.Millisecond

type restartTrial struct {
	f      func(int) (*socket.Socket, error)
	port   int
	step   string // what is tried
	err    error  // that listen returned
	got    *socket.Socket
	at     int           // the port on which it listens
	refuse string        // why a connection to it failed
	took   time.Duration // by the restart
	stolen bool          // a port on which another server listens was given out
	over   bool
}

func (p *restartTrial) body(r *run) {
	t := machine.Current()
	seed := t.Machine().Seed()
	p.port = 3001 + int(seed%7)*100
	slowNetwork()
	r.patience = 100 * time.Second // for solutions that wait until the port is free
	r.start("server", func() {
		p.step = "the first start"
		if !p.start() {
			return
		}
		p.converse(p.got, 1+int(seed%3))
		p.got.Close()
		p.step = "the restart"
		began := machine.Current().Now()
		ok := p.start()
		p.took = machine.Current().Now() - began
		if !ok {
			return
		}
		p.converse(p.got, 1)
		p.step = "a port on which another server listens"
		second, err := p.f(p.port)
		p.stolen = err == nil && second != nil
		p.over = true
	})
	r.join()
}

// start calls the learner's function.
func (p *restartTrial) start() bool {
	p.got, p.err = p.f(p.port)
	if p.err != nil || p.got == nil {
		return false
	}
	p.at = p.got.GetSockName().Port
	return p.at == p.port && p.refuse == ""
}

// converse serves clients, and closes each connection first, as a server that has sent its answer does.
func (p *restartTrial) converse(l *socket.Socket, clients int) {
	for range clients {
		client, err := socket.CreateConnection("localhost", p.port)
		if err != nil {
			p.refuse = errorName(err)
			return
		}
		conn, _, err := l.Accept()
		if err != nil {
			p.refuse = errorName(err)
			return
		}
		_ = conn.SendAll([]byte("stop\n"))
		conn.Close()
		for {
			if data, err := client.Recv(100); err != nil || len(data) == 0 {
				break
			}
		}
		client.Close()
	}
	machine.Current().Sleep(time.Millisecond) // the last packets arrive
}

func (p *restartTrial) judge(r *run, _ *timeline.Timeline) *fault {
	if p.took > restartMost && p.err == nil {
		return p.slow()
	}
	if p.step == "a port on which another server listens" && (r.spinning != "" || r.deadlock != nil) {
		return &fault{text: "Another server listens on the port, and `listen` tries for ever. It must return the " +
			"error.", misconception: "What fails once succeeds if it is tried often enough."}
	}
	if f := r.common(); f != nil {
		return f
	}
	switch {
	case p.err != nil && p.step == "the restart":
		return &fault{text: fmt.Sprintf("The server was stopped, and at the restart `listen` returned %q: its "+
			"connections of before have ended, and keep the port in use for a minute (TIME_WAIT).", p.err.Error()),
			misconception: "A port is free as soon as its server has ended."}
	case p.err != nil:
		return &fault{text: fmt.Sprintf("At %s, `listen` returned %q.", p.step, p.err.Error())}
	case p.got == nil:
		return &fault{text: fmt.Sprintf("At %s, `listen` returned neither a socket nor an error.", p.step)}
	case p.at != p.port:
		return &fault{text: fmt.Sprintf("At %s, `listen` was called with port %d and listens on port %d. The clients "+
			"know the port that they were told.", p.step, p.port, p.at), misconception: "Any port will do."}
	case p.refuse != "":
		return &fault{text: fmt.Sprintf("After %s, a client that connects gets %s: `listen` must return a socket "+
			"that is bound to the port and listens.", p.step, p.refuse)}
	case p.stolen:
		return &fault{text: "Another server listens on the port, and `listen` returned a socket for it: it must " +
			"return the error. Its clients would reach either of the two.",
			misconception: "`SO_REUSEADDR` and `SO_REUSEPORT` are the same."}
	case !p.over:
		return &fault{text: "`listen` ended its thread."}
	}
	return nil
}

func (p *restartTrial) slow() *fault {
	return &fault{text: fmt.Sprintf("The restart took %v: `listen` waited until the port was free. A server must be "+
		"able to start again at once.", p.took.Round(time.Millisecond)),
		misconception: "What fails once succeeds if it is tried often enough."}
}
