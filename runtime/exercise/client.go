package exercise

// This file defines the exercise client: the talk's client, which takes what one recv returns for one message.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/timeline"
)

func clientTask() *task {
	return &task{
		id:     "client",
		lesson: lessonServers,
		title:  "The client that waits for ever",
		text: "The talk's server sends lines, each of which ends with a newline. The last one is `stop`. Fix " +
			"`client`: it sends `send data` and a newline, receives the lines and returns those before `stop`, " +
			"without their newlines. To `stop` it answers `stop` and a newline. If the server closes the connection " +
			"before it has sent `stop`, `client` returns the lines that have arrived.",
		signature: "func(conn *socket.Socket) []string",
		start: `client := func(conn *socket.Socket) []string {
	lines := []string{}
	conn.SendAll([]byte("send data\n"))
	for {
		data, _ := conn.Recv(1024)
		message := strings.TrimSuffix(string(data), "\n")
		if message == "stop" {
			conn.SendAll([]byte("stop\n"))
			return lines
		}
		if len(data) > 0 {
			lines = append(lines, message)
		}
	}
}`,
		hints: []string{
			"Print what each `Recv` returns. The server's last two sends can arrive as one piece: " +
				"`\"1009\\nstop\\n\"`. Does that equal `\"stop\"`? And what does `Recv` return when the server has " +
				"closed the connection?",
			"Keep what has arrived and isn't a whole line yet in a variable. After each `Recv`, append to it, then " +
				"take whole lines from its front, as long as there is a newline in it.",
			"`conn.MakeFile()` does this for you, as `makefile` does in Python: `line, err := f.ReadLine()` returns " +
				"a line with its newline, and an empty line at the end of the connection. By hand: `i := " +
				"bytes.IndexByte(buffer, '\\n')`, then `buffer[:i]` is the line and `buffer[i+1:]` what remains.",
		},
		solution: `client := func(conn *socket.Socket) []string {
	lines := []string{}
	conn.SendAll([]byte("send data\n"))
	buffer := ""
	for {
		data, _ := conn.Recv(1024)
		if len(data) == 0 {
			return lines
		}
		buffer += string(data)
		for {
			line, rest, found := strings.Cut(buffer, "\n")
			if !found {
				break
			}
			buffer = rest
			if line == "stop" {
				conn.SendAll([]byte("stop\n"))
				return lines
			}
			lines = append(lines, line)
		}
	}
}`,
		why: "What has arrived is kept until it is a whole line, so it doesn't matter how TCP cuts the stream; " +
			"and an empty `Recv` ends the loop, because it means that the server has closed the connection.",
		praise: "The client got every line, in one piece, however the network split and merged them, and it never " +
			"waited for ever.",
		worlds: talkWorlds(),
		trial: func(solution any) trial {
			f, ok := solution.(func(*socket.Socket) []string)
			if !ok || f == nil {
				return nil
			}
			return &clientTrial{f: f}
		},
	}
}

const (
	// clientLong is the longest that the server waits before it sends a line: longer than the time-outs that learners
	// choose.
	clientLong = 3 * time.Second
	// clientCPU is how much of a core a client may use at most while it waits for lines. Those that wait for data use a
	// millisecond.
	clientCPU = 20 * time.Millisecond
)

type clientTrial struct {
	f     func(*socket.Socket) []string
	lines []string
	gap   time.Duration // between the server's sends
	long  bool          // one of the gaps is clientLong
	early bool          // the server closes the connection in place of stop

	got           []string
	asked, answer string
	returned      bool
	used          time.Duration // of a core
}

// plan decides what the server does. The first seeds have all cases.
func (c *clientTrial) plan(seed uint64) {
	n := 10 + int(seed%4) // not always the same, so that no count is right
	for i := range n {
		c.lines = append(c.lines, fmt.Sprint(1000+i))
	}
	c.lines[3] = "don't stop"
	c.lines[5] = "nonstop"
	switch seed % 6 {
	case 1:
		c.gap = 30 * time.Microsecond
	case 2:
		c.early = true
	case 3:
		c.gap = 5 * time.Millisecond
	case 4:
		c.long = true
	}
	if c.gap < time.Millisecond { // where the server takes its time, a client without framing is often right
		c.lines[n-2] = strings.Repeat("long ", 300) + "line"
	}
}

func (c *clientTrial) body(r *run) {
	c.plan(machine.Current().Machine().Seed())
	if c.early {
		r.patience = 50 * time.Millisecond
	}
	if c.long {
		r.patience = clientLong * 2
	}
	slowNetwork()
	conn, peer := connected()
	server := side("server", func() { c.serve(peer) })
	r.start("client", func() {
		t := machine.Current()
		defer conn.Close()
		began := t.CPUTime()
		c.got = c.f(conn)
		c.used = t.CPUTime() - began
		c.returned = true
	})
	r.join()
	if r.spinning == "" {
		server.Join()
	}
}

func (c *clientTrial) serve(conn *socket.Socket) {
	t := machine.Current()
	defer conn.Close()
	in := &lines{conn: conn}
	c.asked, _ = in.next()
	for i, line := range c.lines {
		if c.long && i == 4 {
			t.Sleep(clientLong)
		}
		if err := conn.SendAll([]byte(line + "\n")); err != nil {
			return
		}
		if c.gap > 0 {
			t.Sleep(c.gap)
		}
	}
	if c.early {
		return
	}
	if conn.SendAll([]byte("stop\n")) != nil {
		return
	}
	c.answer, _ = in.next()
}

func (c *clientTrial) judge(r *run, tl *timeline.Timeline) *fault {
	switch {
	case r.deadlock != nil && c.asked == "":
		return &fault{text: "The client and the server wait for each other's data for ever: the client hasn't sent " +
			"`send data` and a newline."}
	case r.deadlock != nil && c.returned:
		return c.unanswered()
	case r.deadlock != nil:
		return &fault{text: "The client waits for ever: the server has sent everything, and waits for the client's " +
			"answer." + lastReceived(tl, "client") +
			" Several messages, or a message and a half, arrived as one piece, and that equals none of them. Neither " +
			"a larger buffer nor a sleep changes that.", misconception: oneSendOneRecv}
	case r.spinning != "" && c.early:
		return &fault{text: "The server has closed the connection, and the client calls `Recv` again and again: " +
			"an empty result without an error means that nothing more will come.",
			misconception: "`Recv` returns nothing when nothing has arrived yet. (It waits until something arrives. " +
				"It returns nothing at the end of the connection.)"}
	}
	if f := r.common(); f != nil {
		return f
	}
	switch {
	case c.asked != "send data":
		return &fault{text: fmt.Sprintf("The server received %q in place of the line `send data`.", c.asked)}
	case !slices.Equal(c.got, c.lines):
		return c.mismatch(tl)
	case !c.early && c.answer != "stop":
		return c.unanswered()
	case c.used > clientCPU:
		return &fault{text: "The lines are right, but the client used a core for as long as it waited: it calls " +
			"`Recv` again and again. Without a time-out, `Recv` waits until data arrives.",
			misconception: "A loop that checks until something has arrived is a way to wait."}
	}
	return nil
}

func (c *clientTrial) unanswered() *fault {
	return &fault{text: fmt.Sprintf("The client returned, and the server received %q in place of the answer `stop` "+
		"and a newline.", c.answer)}
}

// mismatch returns the fault of wrong lines.
func (c *clientTrial) mismatch(tl *timeline.Timeline) *fault {
	const cut = 40
	show := func(s string) string {
		if len(s) > cut {
			s = s[:cut] + "…"
		}
		return fmt.Sprintf("%q", s)
	}
	for i, got := range c.got {
		if i < len(c.lines) && got == c.lines[i] {
			continue
		}
		switch {
		case i == len(c.lines) && got == "stop":
			return &fault{text: "The client returned `stop` as one of the lines. Return the lines before it."}
		case strings.Contains(strings.TrimSuffix(got, "\n"), "\n"):
			f := &fault{text: fmt.Sprintf("The client returned %s as one line: several messages had arrived as one "+
				"piece.%s", show(got), lastReceived(tl, "client")), misconception: oneSendOneRecv}
			if slept(tl, "client") {
				f.text += " A sleep before `Recv` makes this worse: the longer the client sleeps, the more messages " +
					"have arrived."
			}
			return f
		case i < len(c.lines) && strings.TrimSpace(got) == c.lines[i]:
			return &fault{text: fmt.Sprintf("The client returned %s: take the newline off each line.", show(got))}
		case i < len(c.lines) && strings.HasPrefix(c.lines[i], got):
			return &fault{text: fmt.Sprintf("The client returned %s, which is the beginning of a line of %d bytes: "+
				"the line arrived in more than one piece.", show(got), len(c.lines[i])) +
				lastReceived(tl, "client") + " A larger buffer makes this rare, and not impossible: the network " +
				"splits data too.", misconception: oneSendOneRecv}
		case i < len(c.lines):
			return &fault{text: fmt.Sprintf("Line %d of the result is %s, and the server sent %s.", i+1, show(got),
				show(c.lines[i])) + lastReceived(tl, "client"), misconception: oneSendOneRecv}
		}
		return &fault{text: fmt.Sprintf("The client returned %d lines, and the server sent %d before `stop`.",
			len(c.got), len(c.lines)) + lastReceived(tl, "client")}
	}
	f := &fault{text: fmt.Sprintf("The client returned %d of %d lines.%s", len(c.got), len(c.lines),
		lastReceived(tl, "client")), misconception: oneSendOneRecv}
	switch n := len(c.got); {
	case strings.Contains(c.lines[n], "stop") && strings.Contains(strings.Join(received(tl, "client"), ""), "stop"):
		f.text += fmt.Sprintf(" The next line is %q, which contains the word `stop` and isn't the line `stop`.",
			c.lines[n])
		f.misconception = ""
	case c.long && n == 4:
		f.text += fmt.Sprintf(" The server waited %v before it sent the next line. A time-out, or a count of tries, "+
			"is no end of a message.", clientLong)
		f.misconception = "If nothing has arrived for a while, nothing will come."
	default:
		f.text += " How many lines a call of `Recv` returns differs from run to run, whatever the size of the " +
			"buffer, and so does the number of calls: look for the line `stop`."
	}
	return f
}
