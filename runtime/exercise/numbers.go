package exercise

// This file defines the exercise numbers: the talk's servers, in which every request is number 1.

import (
	"fmt"
	"slices"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/timeline"
)

func numbersTask() *task {
	return &task{
		id:     "numbers",
		lesson: lessonServers,
		title:  "Every request is number 1",
		text: "Fix `serve`. It accepts `clients` connections and calls `handle(number, conn)` for each, in a " +
			"thread of its own; the number is 1 for the connection that is accepted first, 2 for the next, and so " +
			"on. It returns when all have been handled. In the talk's server every request is number 1.",
		signature: "func(listener *socket.Socket, clients int, handle func(number int, conn *socket.Socket))",
		start: `serve := func(listener *socket.Socket, clients int, handle func(number int, conn *socket.Socket)) {
	threads := []*threading.Thread{}
	for range clients {
		number := 1
		conn, _, _ := listener.Accept()
		t := threading.NewThread(func() {
			handle(number, conn)
		})
		number++
		t.Start()
		threads = append(threads, t)
	}
	for _, t := range threads {
		t.Join()
	}
}`,
		hints: []string{
			"When is `number := 1` executed? Once, or once for each connection?",
			"If the variable is made before the loop, all threads share it, and each reads it when it runs: perhaps " +
				"after the loop has counted on. Each thread needs a number of its own.",
			"Pass it on: `threading.NewThread(handle, threading.Args(number, conn))` copies the number when the " +
				"thread is made. `for i := range clients`, with `handle(i+1, conn)` in the thread, does as well, " +
				"because each turn of a Go loop has a variable of its own.",
		},
		solution: `serve := func(listener *socket.Socket, clients int, handle func(number int, conn *socket.Socket)) {
	threads := []*threading.Thread{}
	number := 0
	for range clients {
		conn, _, _ := listener.Accept()
		number++
		t := threading.NewThread(handle, threading.Args(number, conn))
		t.Start()
		threads = append(threads, t)
	}
	for _, t := range threads {
		t.Join()
	}
}`,
		why: "The number is made before the loop, one thread alone counts, and each handler gets a copy of what " +
			"the number was when its connection was accepted.",
		praise: "Every connection got its own number, in the order in which they were accepted, and all were handled " +
			"at the same time.",
		worlds: append(worlds(), World{Python: "3.14t", Cores: 1, Restless: true}),
		trial: func(solution any) trial {
			f, ok := solution.(func(*socket.Socket, int, func(int, *socket.Socket)))
			if !ok || f == nil {
				return nil
			}
			return &numbersTrial{f: f}
		},
	}
}

// unnumbered is the number of a client that hasn't been handled.
const unnumbered = -1 << 31

type numbersTrial struct {
	f          func(*socket.Socket, int, func(int, *socket.Socket))
	clients    int
	ports      []int // of the clients, in the order in which they connected
	got        []int // the numbers of the clients
	handled    int
	twice      bool // a connection was handled twice
	inside     int
	most       int
	unfinished int // how many were in hand when serve returned
	returned   bool
}

func (n *numbersTrial) body(r *run) {
	t := machine.Current()
	seed := t.Machine().Seed()
	n.clients = 3 + int(seed%3)
	n.got = slices.Repeat([]int{unnumbered}, n.clients)
	slowNetwork()
	l := listening()
	connect := func() {
		for range n.clients {
			n.ports = append(n.ports, dial(l).GetSockName().Port)
			if seed%2 == 1 {
				machine.Current().Sleep(50 * time.Microsecond)
			}
		}
	}
	// Either all wait to be accepted, or they come one after the other while the first are handled.
	if seed%2 == 0 {
		connect()
	} else {
		side("clients", connect)
	}
	// What else the server's process does: without it a new thread always gets the GIL at once, and reads a shared
	// number in time.
	for i := range int(seed / 2 % 4) {
		side(fmt.Sprintf("other work %d", i+1), func() {
			for t := machine.Current(); !n.returned && t.Now() < 50*time.Millisecond; {
				gil.Checks(20)
			}
		})
	}
	r.start("server", func() {
		n.f(l, n.clients, n.handle)
		n.unfinished = n.inside
		n.returned = true
	})
	r.join()
}

func (n *numbersTrial) handle(number int, conn *socket.Socket) {
	n.inside++
	n.most = max(n.most, n.inside)
	defer func() { n.inside-- }()
	peer, err := conn.GetPeerName()
	if err != nil {
		panic(err)
	}
	machine.Current().Sleep(time.Millisecond)
	if i := slices.Index(n.ports, peer.Port); i >= 0 {
		n.twice = n.twice || n.got[i] != unnumbered
		n.got[i] = number
		n.handled++
	}
}

func (n *numbersTrial) judge(r *run, _ *timeline.Timeline) *fault {
	if r.deadlock != nil && !n.returned {
		return &fault{text: fmt.Sprintf("%d clients have connected, and `serve` waits for ever: %s. Accept `clients` "+
			"connections, no more.", n.clients, sentence(r.deadlock))}
	}
	if f := r.common(); f != nil {
		return f
	}
	want := make([]int, n.clients)
	for i := range want {
		want[i] = i + 1
	}
	switch {
	case n.unfinished > 0:
		return &fault{text: fmt.Sprintf("`serve` returned while %d of %d requests were still in hand. Join all "+
			"threads before you return.", n.unfinished, n.clients),
			misconception: startIsDone}
	case n.twice:
		return &fault{text: "A connection was handled twice: a thread must use the connection that was accepted for " +
			"it, not a variable that the next turn of the loop changes."}
	case n.handled < n.clients:
		return &fault{text: fmt.Sprintf("%d of %d connections were handled when `serve` returned. Accept all, and "+
			"join all threads before you return.", n.handled, n.clients),
			misconception: startIsDone}
	case n.most < 2:
		return &fault{text: "The connections were handled one after another: start all threads before you join one.",
			misconception: "Whatever runs in threads runs at the same time."}
	case slices.Equal(n.got, want):
		return nil
	}
	f := &fault{text: fmt.Sprintf("The connections were accepted in this order, and got these numbers: %v.", n.got)}
	same := slices.Max(n.got) == slices.Min(n.got)
	switch {
	case same && n.got[0] == 1:
		f.text += " Is the number made before the loop, or anew for each connection?"
	case n.got[0] == 0:
		f.text += " Count from 1."
	default:
		f.text += " The threads share one variable, and each of them reads it, or counts, when it runs: later than " +
			"its connection was accepted. Give each thread a copy of the number."
		f.misconception = "A thread sees the variables as they were when it was made. (A closure sees the variable, " +
			"with the value that it has when it is read.)"
	}
	return f
}
