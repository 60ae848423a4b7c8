package exercise

// This file defines the exercise copies: a connection that a server's process gives to a child, and keeps open itself.

import (
	"fmt"
	"slices"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/timeline"
)

func copiesTask() *task {
	return &task{
		id:     "copies",
		lesson: lessonServers,
		title:  "The connection that doesn't end",
		text: "Fix `serve`, a server with a process for each request. It accepts `len(works)` connections. For " +
			"connection i it starts a `multiprocessing.NewProcess`, in which the work is `time.Sleep(works[i])`; " +
			"then the child sends `done\\n` and closes the connection. Each client reads to the end of its " +
			"connection. That end must come right after the client's own answer, not after that of the slowest " +
			"request. `serve` returns when all processes have ended.",
		signature: "func(listener *socket.Socket, works []time.Duration)",
		start: `serve := func(listener *socket.Socket, works []time.Duration) {
	request := func(conn *socket.Socket, work time.Duration) {
		time.Sleep(work)
		conn.SendAll([]byte("done\n"))
		conn.Close()
	}
	connections := []*socket.Socket{}
	for _, work := range works {
		conn, _, err := listener.Accept()
		if err != nil {
			return
		}
		connections = append(connections, conn)
		multiprocessing.NewProcess(request, multiprocessing.Args(conn, work)).Start()
	}
}`,
		hints: []string{
			"A socket that is passed to a child is open in two processes: the child's copy and the parent's. When " +
				"does TCP tell the client that the connection has ended?",
			"A connection ends when all copies are closed. The parent doesn't need its own once the child has been " +
				"started. And which process waits for the children?",
			"After `p.Start()`, call `conn.Close()` in the parent, and append `p` to a list. After the loop, call " +
				"`Join()` for each process of the list.",
		},
		solution: `serve := func(listener *socket.Socket, works []time.Duration) {
	request := func(conn *socket.Socket, work time.Duration) {
		time.Sleep(work)
		conn.SendAll([]byte("done\n"))
		conn.Close()
	}
	processes := []*multiprocessing.Process{}
	for _, work := range works {
		conn, _, err := listener.Accept()
		if err != nil {
			break
		}
		p := multiprocessing.NewProcess(request, multiprocessing.Args(conn, work))
		p.Start()
		conn.Close()
		processes = append(processes, p)
	}
	for _, p := range processes {
		p.Join()
	}
}`,
		why: "The parent closes its copy as soon as the child has been started, so the child's is the last one; " +
			"and the parent joins the children, which leaves no zombies.",
		praise: "Each client reached the end of its connection with its answer, and no process was left.",
		worlds: []World{{Python: "3.13", Cores: 4}, {Python: "3.14", Cores: 4}}, // fork, and forkserver
		seeds:  20,
		trial: func(solution any) trial {
			f, ok := solution.(func(*socket.Socket, []time.Duration))
			if !ok || f == nil {
				return nil
			}
			return &copiesTrial{f: f}
		},
	}
}

const (
	copiesLate = 30 * time.Millisecond  // between the answer and the end of the connection
	copiesMost = 400 * time.Millisecond // beyond the longest work, until serve returns: processes start slowly
	copiesWait = 5 * time.Second        // a client that waits so long waits forever
)

// visit is what a client saw.
type visit struct {
	sent, answered, ended time.Duration // when; 0 is never
	text                  string
	err                   error // that ended it; nil at the end of the connection
}

type copiesTrial struct {
	f        func(*socket.Socket, []time.Duration)
	works    []time.Duration
	visits   []visit
	took     time.Duration
	returned bool
	alive    int // processes that hadn't ended when serve returned
}

// counted requests a timeline for every run: it has the processes.
func (*copiesTrial) counted() {}

func (c *copiesTrial) body(r *run) {
	seed := int(machine.Current().Machine().Seed())
	n := 2 + seed%3
	for i := range n { // each differs, and neither the first nor the last is always the longest
		c.works = append(c.works, time.Duration(1+(i+seed/3)%n)*100*time.Millisecond)
	}
	c.visits = make([]visit, n)
	works := slices.Clone(c.works)
	slowNetwork()
	l := listening()
	r.patience = 2 * copiesWait
	for i := range n {
		side(fmt.Sprintf("client %d", i+1), func() {
			machine.Current().Sleep(time.Duration(i) * 5 * time.Millisecond) // so they are accepted in this order
			c.visits[i].visit(dial(l))
		})
	}
	r.start("server", func() {
		t := machine.Current()
		began := t.Now()
		c.f(l, works)
		c.took = t.Now() - began
		c.alive = children()
		c.returned = true
		t.Sleep(copiesWait + time.Second) // what serve has left open stays open: the server's process lives on
	})
	r.join()
}

// visit reads to the end of a connection.
func (v *visit) visit(conn *socket.Socket) {
	t := machine.Current()
	defer conn.Close()
	conn.SetTimeout(copiesWait)
	v.sent = t.Now()
	for {
		data, err := conn.Recv(100)
		if v.err = err; err != nil {
			return
		}
		if len(data) == 0 {
			v.ended = t.Now()
			return
		}
		v.text += string(data)
		v.answered = t.Now()
	}
}

func (c *copiesTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	if started := tl.Processes() - 1; started < len(c.works) {
		return &fault{text: fmt.Sprintf("%d processes were started for %d requests. Each request is handled in a "+
			"process of its own.", max(started, 0), len(c.works))}
	}
	longest := time.Duration(0)
	for i, work := range c.works {
		longest = max(longest, work)
		v := c.visits[i]
		client := fmt.Sprintf("Client %d, whose work takes %v,", i+1, work)
		switch {
		case v.text != "done\n" && v.err != nil && v.text == "":
			return &fault{text: fmt.Sprintf("%s got no answer, but %s. Does the child get the connection before its "+
				"parent closes it?", client, errorName(v.err))}
		case v.text != "done\n":
			return &fault{text: fmt.Sprintf("%s got %q, not %q.", client, v.text, "done\n")}
		case v.answered-v.sent < work-time.Millisecond:
			return &fault{text: fmt.Sprintf("%s had its answer after %v, before its work was done.", client,
				(v.answered - v.sent).Round(time.Millisecond))}
		case v.ended == 0:
			return &fault{text: fmt.Sprintf("%s had its answer after %v, and reads on for ever: its connection never "+
				"ends. The child has closed its copy of the connection, and the parent still has one open.", client,
				(v.answered - v.sent).Round(time.Millisecond)),
				misconception: "A connection ends when one process closes it. (It ends when all processes that have " +
					"it open have closed it.)"}
		case v.ended-v.answered > copiesLate:
			return &fault{text: fmt.Sprintf("%s had its answer after %v, and its connection ended only %v later. The "+
				"parent must close its copy when it has started the child, not when other requests have ended.",
				client, (v.answered - v.sent).Round(time.Millisecond), (v.ended - v.answered).Round(time.Millisecond)),
				misconception: "The parent may close a connection when the child is done with it. (It needn't wait: " +
					"each has a copy of its own.)"}
		}
	}
	switch {
	case apart(tl):
		return &fault{text: "The requests were served one after another: accept all clients and start all processes " +
			"before you join the first.", misconception: "Whatever runs in processes runs at the same time."}
	case c.alive > 0:
		return &fault{text: fmt.Sprintf("`serve` returned while %d of its processes still ran. Join every process: "+
			"one that has ended and isn't joined stays in the table of processes, as a zombie.", c.alive),
			misconception: startIsDone}
	case c.took > longest+copiesMost:
		return &fault{text: fmt.Sprintf("`serve` took %v, though the longest work takes %v: a sleep is no way to "+
			"wait for a process.", c.took.Round(time.Millisecond), longest),
			misconception: "`time.Sleep` is a way to wait."}
	}
	return nil
}
