package exercise

// This file defines the exercise backlog: listen(n), which the talk takes for the number of clients.

import (
	"fmt"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/timeline"
)

func backlogTask() *task {
	return &task{
		id:     "backlog",
		lesson: lessonServers,
		title:  "listen(3) and three clients",
		text: "Fix `serve`. It listens on `server`, a socket that is bound to a port, accepts `clients` " +
			"connections, and calls `handle(conn)` for each in a thread. At most `most` of the calls may run " +
			"at the same time, and that many must be able to. It returns when all clients have been handled. The " +
			"talk calls `listen(2000)` and says that this is the number of clients.",
		signature: "func(server *socket.Socket, clients, most int, handle func(conn *socket.Socket))",
		start: `serve := func(server *socket.Socket, clients, most int, handle func(conn *socket.Socket)) {
	server.Listen(most)
	threads := []*threading.Thread{}
	for range clients {
		conn, _, _ := server.Accept()
		t := threading.NewThread(handle, threading.Args(conn))
		t.Start()
		threads = append(threads, t)
	}
	for _, t := range threads {
		t.Join()
	}
}`,
		hints: []string{
			"The backlog is the length of a queue: of connections that are established and not accepted yet. " +
				"`Accept` takes one out of it, so it says nothing about how many are being handled.",
			"How many threads may be inside at once? That is the car park: a `threading.NewSemaphore(most)`.",
			"Acquire the semaphore before you start a thread, and release it in the thread when `handle` has returned.",
		},
		solution: `serve := func(server *socket.Socket, clients, most int, handle func(conn *socket.Socket)) {
	server.Listen()
	free := threading.NewSemaphore(most)
	threads := []*threading.Thread{}
	for range clients {
		free.Acquire()
		conn, _, _ := server.Accept()
		t := threading.NewThread(func() {
			handle(conn)
			free.Release()
		})
		t.Start()
		threads = append(threads, t)
	}
	for _, t := range threads {
		t.Join()
	}
}`,
		why: "The semaphore's value is how many more may be handled; the backlog is only where connections wait " +
			"until they are accepted.",
		praise: "All clients were served, never too many at once, and as many as there may be.",
		worlds: talkWorlds(),
		trial: func(solution any) trial {
			f, ok := solution.(func(*socket.Socket, int, int, func(*socket.Socket)))
			if !ok || f == nil {
				return nil
			}
			return &backlogTrial{f: f}
		},
	}
}

type backlogTrial struct {
	f             func(*socket.Socket, int, int, func(*socket.Socket))
	clients, most int
	inside, peak  int
	handled       int
	unfinished    int
	answered      int // clients that got their answers
	refused       int // clients whose connections were closed without one, while the server ran
	returned      bool
}

func (b *backlogTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	b.most = 2 + int(seed%3) // not always the same, so that no constant is right
	b.clients = b.most*2 + 1
	slowNetwork()
	server := socket.NewSocket()
	if err := server.Bind("localhost", 0); err != nil {
		panic(err)
	}
	port := server.GetSockName().Port
	for i := range b.clients {
		side(fmt.Sprintf("client %d", i+1), func() {
			t := machine.Current()
			t.Sleep(time.Millisecond) // until the server listens
			for {
				conn, err := socket.CreateConnection("localhost", port)
				if err == nil {
					if data, err := conn.Recv(100); err == nil && len(data) > 0 {
						b.answered++
					} else if !b.returned {
						b.refused++
					}
					conn.Close()
					return
				}
				t.Sleep(10 * time.Millisecond)
				if b.returned {
					return
				}
			}
		})
	}
	r.patience = 20 * time.Second // connections that find no place in the backlog are tried again after seconds
	r.start("server", func() {
		b.f(server, b.clients, b.most, b.handle)
		b.unfinished = b.inside
		b.returned = true
	})
	r.join()
	if r.spinning == "" {
		machine.Current().Sleep(100 * time.Millisecond) // the last answers arrive
	}
}

func (b *backlogTrial) handle(conn *socket.Socket) {
	if conn == nil {
		panic(noConnection)
	}
	b.inside++
	b.peak = max(b.peak, b.inside)
	machine.Current().Sleep(20 * time.Millisecond)
	_ = conn.SendAll([]byte("answer\n"))
	b.inside--
	b.handled++
	conn.Close()
}

func (b *backlogTrial) judge(r *run, _ *timeline.Timeline) *fault {
	if r.deadlock != nil && !b.returned && len(r.panics) == 0 {
		return &fault{text: fmt.Sprintf("%d of %d clients were handled, and the server waits for ever: %s. Is what a "+
			"thread acquires released when it has handled its client?", b.handled, b.clients, sentence(r.deadlock)),
			misconception: "A release comes by itself when the thread ends."}
	}
	if f := r.common(); f != nil {
		return f
	}
	switch {
	case b.peak > b.most:
		f := &fault{text: fmt.Sprintf("%d clients were handled at once, and at most %d may be. The backlog of "+
			"`Listen` doesn't limit that: it is the length of the queue of connections that haven't been accepted yet.",
			b.peak, b.most)}
		f.misconception = "`listen(n)` is the maximum number of clients."
		return f
	case b.refused > 0:
		return &fault{text: fmt.Sprintf("%d of %d clients got no answer: the server closed their connections. Each "+
			"must be served; those that come while all places are taken wait.", b.refused, b.clients),
			misconception: "A client that finds the server busy has to be refused."}
	case b.unfinished > 0 || b.handled < b.clients:
		return &fault{text: fmt.Sprintf("`serve` returned when %d of %d clients had been handled. Accept all of "+
			"them, and join all threads before you return.", b.handled-b.unfinished, b.clients),
			misconception: startIsDone}
	case b.answered < b.clients:
		return &fault{text: fmt.Sprintf("%d of %d clients got an answer. Call `handle` once for each connection.",
			b.answered, b.clients)}
	case b.peak < b.most:
		return &fault{text: fmt.Sprintf("At most %d clients were handled at once, and %d may be. One lock around "+
			"everything makes the clients wait for each other, and so does a `Join` right after each `Start`.", b.peak,
			b.most),
			misconception: "Semaphore = lock. (A lock is a semaphore for one.)"}
	}
	return nil
}
