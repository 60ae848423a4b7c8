package exercise

// This file defines the exercise conversation: the talk's server, which reads once and so can never read "stop".

import (
	"fmt"
	"strings"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/network"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/timeline"
)

func conversationTask() *task {
	return &task{
		id:     "conversation",
		lesson: lessonServers,
		title:  "The server that reads once",
		text: "A request is a line, with a newline at its end. Fix `handle`, which serves one connection: to each " +
			"request `send data` it sends all `lines`, each with a newline, and " +
			"then `stop` and a newline. The request `stop` ends the conversation, and so does a client that closes " +
			"its side: then `handle` closes the connection and returns. " +
			"The talk's server has a branch for `stop` that it can never reach, because it reads once.",
		signature: "func(conn *socket.Socket, lines []string)",
		start: `handle := func(conn *socket.Socket, lines []string) {
	defer conn.Close()
	data, _ := conn.Recv(1024)
	if request := string(data); request == "send data\n" {
		for _, line := range lines {
			conn.Send([]byte(line + "\n"))
		}
		conn.Send([]byte("stop\n"))
	} else if request == "stop\n" {
		return
	}
}`,
		hints: []string{
			"A conversation is a loop: receive a request, answer it, until the request is `stop` or the client has " +
				"closed its side. And one `Recv` isn't one request.",
			"Two requests can arrive as one piece, and one request in two pieces. `conn.MakeFile()` has `ReadLine`, " +
				"which returns one line however it arrives, and an empty one at the end. Close that file too: the " +
				"connection ends with the last of both.",
			"`Send` sends what fits into the send buffer and returns how much that was. `SendAll` sends everything.",
		},
		solution: `handle := func(conn *socket.Socket, lines []string) {
	defer conn.Close()
	in := conn.MakeFile()
	defer in.Close()
	for {
		request, err := in.ReadLine()
		if err != nil || request == "" || request == "stop\n" {
			return
		}
		for _, line := range lines {
			conn.SendAll([]byte(line + "\n"))
		}
		conn.SendAll([]byte("stop\n"))
	}
}`,
		why: "`ReadLine` returns one request however it arrives, the loop serves as many as the client sends, and " +
			"`SendAll` returns only when everything is in the send buffer.",
		praise: "Every request was answered, whole, and every conversation ended.",
		worlds: talkWorlds(),
		trial: func(solution any) trial {
			f, ok := solution.(func(*socket.Socket, []string))
			if !ok || f == nil {
				return nil
			}
			return &conversationTrial{f: f}
		},
	}
}

type conversationTrial struct {
	f        func(*socket.Socket, []string)
	lines    []string
	requests int    // how many the client sends before stop
	kind     string // what the client does that is special

	replies  int    // that arrived whole
	partial  int    // lines of the reply that isn't whole
	wrong    string // a line that isn't the right one
	want     string // the right one
	doing    string // what the client waits for
	ended    bool   // the client saw the end of the connection
	err      error  // that ended the client
	returned bool
}

// The kinds of clients.
const (
	inTurn    = "waits for each reply before it sends the next request"
	inPieces  = "sends a request in two pieces"
	inOne     = "sends all its requests at once"
	halfClose = "closes its side in place of `stop`"
	slowly    = "reads slowly"
)

func (c *conversationTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	c.requests = 2 + int(seed%3)
	c.kind = []string{inTurn, halfClose, inPieces, inOne, slowly}[seed%5]
	for i := range 10 + int(seed%4) {
		c.lines = append(c.lines, fmt.Sprint(1000+i))
	}
	if c.kind == slowly {
		for i := range c.lines {
			c.lines[i] += strings.Repeat(" and so on", 300)
		}
		slowNetwork(network.Buffers(4096, 4096))
	} else {
		slowNetwork()
	}
	conn, peer := connected()
	client := side("client", func() { c.talk(conn) })
	r.start("server", func() {
		c.f(peer, c.lines)
		c.returned = true
	})
	r.join()
	if r.spinning == "" {
		client.Join()
	}
}

// talk is the client.
func (c *conversationTrial) talk(conn *socket.Socket) {
	t := machine.Current()
	defer conn.Close()
	in := &lines{conn: conn}
	send := func(text string) { _ = conn.SendAll([]byte(text)) }
	if c.kind == inOne {
		send(strings.Repeat("send data\n", c.requests) + "stop\n")
	}
	for range c.requests {
		switch c.kind {
		case inOne:
		case inPieces:
			send("send da")
			t.Sleep(time.Millisecond)
			send("ta\n")
		default:
			send("send data\n")
		}
		if c.kind == slowly {
			t.Sleep(5 * time.Millisecond)
		}
		c.doing = "a reply"
		if !c.reply(in) {
			c.err = in.err
			return
		}
	}
	switch c.kind {
	case inOne:
	case halfClose:
		_ = conn.Shutdown(network.SHUT_WR)
	default:
		send("stop\n")
	}
	c.doing = "the end"
	line, ok := in.next()
	if c.err = in.err; ok || line != "" {
		c.wrong, c.want = line, "the end of the connection"
	}
	c.ended = !ok && c.err == nil
}

// reply receives a reply and reports whether it is right.
func (c *conversationTrial) reply(in *lines) bool {
	for c.partial = 0; c.partial <= len(c.lines); c.partial++ {
		want := "stop"
		if c.partial < len(c.lines) {
			want = c.lines[c.partial]
		}
		line, ok := in.next()
		if !ok {
			return false
		}
		if line != want {
			c.wrong, c.want = line, fmt.Sprintf("%.30q", want)
			return false
		}
	}
	c.replies++
	return true
}

func (c *conversationTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if len(r.panics) > 0 {
		return r.common()
	}
	where := fmt.Sprintf("The client %s. ", c.kind)
	many := fmt.Sprintf("It sends %d requests, and got %d whole replies", c.requests, c.replies)
	cut := c.partial > 0 && c.partial <= len(c.lines)
	switch {
	case r.spinning != "" && c.doing == "the end":
		return &fault{text: where + "The conversation is over, and the server still runs: an empty result of `Recv` " +
			"means that the client has closed its side, and nothing more will come.",
			misconception: recvPolls}
	case r.spinning != "":
		return r.common()
	case c.wrong != "":
		f := &fault{text: fmt.Sprintf("%sIt received the line %.40q in place of %s.", where, c.wrong, c.want)}
		if c.kind == slowly {
			f.text += " Its reads are slow, so the server's send buffer was full: `Send` sends what fits, and " +
				"returns how many bytes that was. `SendAll` sends all."
			f.misconception = sendSendsAll
		}
		return f
	case r.deadlock != nil && c.doing == "a reply" && cut:
		return &fault{text: where + fmt.Sprintf("It waits for ever for the rest of a reply: %d lines of %d arrived. "+
			"`Send` sends what fits into the buffer, and returns how many bytes that was; `SendAll` sends all.",
			c.partial, len(c.lines)+1),
			misconception: sendSendsAll}
	case r.deadlock != nil && c.doing == "a reply":
		return &fault{text: where + many +
			"; it waits for the next one for ever, and so does the server for a request." + lastReceived(tl, "server") +
			" A piece is not a request: compare whole lines, and use everything that has arrived.",
			misconception: oneSendOneRecv}
	case r.deadlock != nil && c.returned:
		return &fault{text: where + "`handle` returned, and the client waits for ever for the end of the connection: " +
			"close it. If there is a file of `MakeFile`, close that too: the connection ends with the last of them, " +
			"as in Python."}
	case r.deadlock != nil:
		return &fault{text: where + many + ". It waits for ever for the end of the connection." + lastReceived(tl,
			"server") + " The conversation ends with the request `stop`, and when `Recv` returns nothing.",
			misconception: "The end of a connection is an error, or a message. (It is an empty result of `Recv`.)"}
	case c.doing == "a reply":
		f := &fault{text: where + many + ", and then the server ended the connection."}
		if c.err != nil {
			f.text = where + many + ", and then " + errorName(c.err) +
				": the server closed the connection while it had data that it hadn't read."
		}
		f.text += lastReceived(tl, "server")
		switch {
		case c.replies > 0 && len(received(tl, "server")) <= c.replies: // and of what it read, nothing was left over
			f.text += " A server that reads once answers one request at most, and a branch for `stop` after that " +
				"read is never reached: read in a loop until the conversation is over."
			f.misconception = "A connection is a request."
		default:
			f.text += " A piece is not a request: compare whole lines, and use everything that has arrived."
			f.misconception = oneSendOneRecv
		}
		if slept(tl, "server") {
			f.text += " A sleep before `Recv` doesn't make a whole request of a piece under every network, and it " +
				"may make one piece of two requests."
		}
		return f
	case c.err != nil:
		return &fault{text: where + "All replies are right. In place of the end of the connection it got " +
			errorName(c.err) + ": the server closed the connection while it had data that it hadn't read, such as " +
			"`stop`.",
			misconception: "Nothing has to be read any more once everything has been sent."}
	}
	if f := r.common(); f != nil {
		return f
	}
	if !c.ended {
		return &fault{text: where + "The conversation didn't come to its end."}
	}
	return nil
}
