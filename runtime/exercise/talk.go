package exercise

// This file defines what the exercises about sockets have in common: the defects of the talk's servers and clients.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/network"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

// talkTasks returns the exercises about the talk's own servers and clients, in an order in which each needs only what
// those before it need.
func talkTasks() []*task {
	return []*task{clientTask(), conversationTask(), framesTask(), numbersTask(), totalTask(), backlogTask(),
		restartTask(), shutdownTask(), orderTask(), copiesTask(), starveTask()}
}

// talkWorlds returns the kinds of worlds in which programs with sockets are tried: the network matters more than the
// Python.
func talkWorlds() []World {
	return []World{{Python: "3.13", Cores: 2}, {Python: "3.14t", Cores: 4}}
}

// slowNetwork makes packets travel long enough that several sends can be under way at the same time, and splits a
// segment now and then.
func slowNetwork(opts ...network.Option) {
	network.Configure(append([]network.Option{network.Latency(100 * time.Microsecond),
		network.Jitter(30 * time.Microsecond), network.Split(0.05)}, opts...)...)
}

// connected returns both ends of a new connection.
func connected() (client, server *socket.Socket) {
	l := listening()
	defer l.Close()
	return dial(l), accepted(l)
}

// listening returns a new server's socket.
func listening() *socket.Socket {
	l, err := socket.CreateServer("localhost", 0, socket.Backlog(100))
	if err != nil {
		panic(err)
	}
	return l
}

// dial returns a new connection to a listener of the machine.
func dial(l *socket.Socket) *socket.Socket {
	conn, err := socket.CreateConnection("localhost", l.GetSockName().Port)
	if err != nil {
		panic(err)
	}
	return conn
}

func accepted(l *socket.Socket) *socket.Socket {
	conn, _, err := l.Accept()
	if err != nil {
		panic(err)
	}
	return conn
}

// side starts a thread of the check itself, whose panics aren't the learner's.
func side(name string, f func()) *threading.Thread {
	t := threading.NewThread(f, threading.Name(name), threading.Daemon(true))
	t.Start()
	return t
}

// lines reads lines from a socket, as a program should: however they arrive.
type lines struct {
	conn *socket.Socket
	rest []byte
	err  error // that ended it; nil at the end of the connection
}

// next returns the next line without its newline; ok is false at the end of the connection.
func (l *lines) next() (line string, ok bool) {
	for {
		if i := strings.IndexByte(string(l.rest), '\n'); i >= 0 {
			line, l.rest = string(l.rest[:i]), l.rest[i+1:]
			return line, true
		}
		data, err := l.conn.Recv(1 << 16)
		if err != nil || len(data) == 0 {
			l.err = err
			return string(l.rest), false
		}
		l.rest = append(l.rest, data...)
	}
}

// errorName returns the name of a Python exception, "an error" if it is none.
func errorName(err error) string {
	for _, name := range []string{"ConnectionResetError", "BrokenPipeError", "ConnectionRefusedError", "TimeoutError"} {
		if exceptions.Is(err, name) {
			return "a `" + name + "`"
		}
	}
	return fmt.Sprintf("`%v`", err)
}

// received returns what a thread's calls of recv returned, as it is shown, in order; "" is the end of the connection.
// It needs a timeline.
func received(tl *timeline.Timeline, thread string) (texts []string) {
	if tl == nil {
		return nil
	}
	for _, m := range tl.Messages() {
		if m.Kind != timeline.Accept && tl.Thread(m.To).Name == thread {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// lastReceived says what the last calls of recv returned, as the end of a paragraph; "" without a timeline.
func lastReceived(tl *timeline.Timeline, thread string) string {
	const most = 3
	texts := received(tl, thread)
	if len(texts) == 0 {
		return ""
	}
	last := slices.Clone(texts[max(0, len(texts)-most):])
	for i, text := range last {
		if text == "" {
			text = `""`
		}
		last[i] = "`" + text + "`"
	}
	if len(texts) == 1 {
		return " Its only `Recv` returned " + last[0] + "."
	}
	return fmt.Sprintf(" It called `Recv` %d times, and the last calls returned %s.", len(texts),
		strings.Join(last, ", "))
}

// slept reports whether a thread slept, which learners take for a way to wait for data.
func slept(tl *timeline.Timeline, thread string) bool {
	if tl == nil {
		return false
	}
	for i, lane := range tl.Lanes() {
		if tl.Threads[i].Name == thread &&
			slices.ContainsFunc(lane, func(iv timeline.Interval) bool { return iv.State == timeline.Sleep }) {
			return true
		}
	}
	return false
}

// The beliefs behind more than one fault.
const (
	oneSendOneRecv = "One `Send` here is one `Recv` there. (TCP carries a stream of bytes. One recv returns what has " +
		"arrived: a part of a message, one, or several.)"
	recvPolls    = "`Recv` returns nothing when nothing has arrived yet."
	sendSendsAll = "`Send` sends everything that it is given."
	startIsDone  = "When `Start` returns, the work is done. (`Start` waits for the beginning of a thread, `Join` for " +
		"its end.)"
)
