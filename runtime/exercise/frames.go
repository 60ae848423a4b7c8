package exercise

// This file defines the exercise frames: a stream of bytes that carries messages of any content.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/network"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/timeline"
)

func framesTask() *task {
	return &task{
		id:     "frames",
		lesson: lessonServers,
		title:  "Messages for a stream of bytes",
		text: "A message may contain anything: newlines, zero bytes, nothing at all, a million bytes. Fix " +
			"`newFrames`. It returns two functions: `send(conn, message)` sends one message, and `receive(conn)` " +
			"returns exactly one message that `send` has sent at the other end. Its second result is false if the " +
			"connection ends before a whole message has arrived. Both are used with several connections, in turn.",
		signature: "func() (send func(conn *socket.Socket, message string), receive func(conn *socket.Socket) " +
			"(message string, ok bool))",
		start: `newFrames := func() (send func(conn *socket.Socket, message string), receive func(conn *socket.Socket) (message string, ok bool)) {
	send = func(conn *socket.Socket, message string) {
		conn.Send([]byte(message))
	}
	receive = func(conn *socket.Socket) (string, bool) {
		data, err := conn.Recv(1024)
		return string(data), err == nil
	}
	return send, receive
}`,
		hints: []string{
			"The receiver must know where a message ends. A separator works only if it can't be part of a message. " +
				"What else can the sender tell the receiver, before the message?",
			"Send the length first, always in the same number of bytes: `binary.BigEndian.PutUint32(head, " +
				"uint32(len(message)))`. And `Send` may send a part only; `SendAll` sends everything.",
			"Receive exactly four bytes, then exactly as many as they say: in a loop, until you have them all. " +
				"`io.ReadFull(conn, buffer)` is that loop, and fails if the connection ends before. " +
				"`socket.SendMessage` and `socket.RecvMessage` do all of it.",
		},
		solution: `newFrames := func() (send func(conn *socket.Socket, message string), receive func(conn *socket.Socket) (message string, ok bool)) {
	send = func(conn *socket.Socket, message string) {
		head := make([]byte, 4)
		binary.BigEndian.PutUint32(head, uint32(len(message)))
		conn.SendAll(append(head, message...))
	}
	receive = func(conn *socket.Socket) (string, bool) {
		head := make([]byte, 4)
		if _, err := io.ReadFull(conn, head); err != nil {
			return "", false
		}
		message := make([]byte, binary.BigEndian.Uint32(head))
		if _, err := io.ReadFull(conn, message); err != nil {
			return "", false
		}
		return string(message), true
	}
	return send, receive
}`,
		why: "The length comes first and has a fixed size, so the receiver always knows how many bytes belong to " +
			"the message, whatever they are.",
		praise: "Every message arrived whole and alone, whatever was in it and however the network split and merged " +
			"it.",
		worlds: talkWorlds(),
		trial: func(solution any) trial {
			f, ok := solution.(func() (func(*socket.Socket, string), func(*socket.Socket) (string, bool)))
			if !ok || f == nil {
				return nil
			}
			return &framesTrial{f: f}
		},
	}
}

type framesTrial struct {
	f        func() (func(*socket.Socket, string), func(*socket.Socket) (string, bool))
	messages [2][]string // on each connection
	got      [2][]string
	surplus  [2]bool // receive returned true at the end of the connection
	sent     int
	received int
	torn     bool // this run is about a connection that ends within a message
	whole    string
	accepted bool // receive returned true for a part of a message
}

func (m *framesTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	var send func(*socket.Socket, string)
	var receive func(*socket.Socket) (string, bool)
	r.call(func() { send, receive = m.f() })
	if send == nil || receive == nil {
		if len(r.panics) == 0 {
			r.panics = append(r.panics, "TypeError: newFrames returned nil in place of a function")
		}
		return
	}
	r.patience = 100 * time.Millisecond
	if seed%5 == 4 {
		m.tear(r, int(seed/5), send, receive)
		return
	}
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	m.messages[0] = []string{"send data", "1000", "1001\n", "", "stop", fmt.Sprint(seed), string(every),
		"4:long\r\n\r\n", "\x00\x00\x00\x01"}
	m.messages[1] = []string{"a", "stop", "stop\n", `"quoted\n"`, "", "end"}
	switch seed % 5 {
	case 1:
		m.messages[1][2] = strings.Repeat("much ", 4000)
		slowNetwork(network.Buffers(8192, 8192))
	case 2:
		m.messages[0][1] = strings.Repeat("\n\x00", 3000)
		slowNetwork(network.Split(0.3))
	default:
		slowNetwork()
	}
	var a, b [2]*socket.Socket
	for i := range a {
		a[i], b[i] = connected()
	}
	pause := []time.Duration{0, 0, 30 * time.Microsecond, 2 * time.Millisecond}[seed%4]
	turns := max(len(m.messages[0]), len(m.messages[1]))
	r.start("sender", func() {
		t := machine.Current()
		for n := range turns {
			for i := range a {
				if n < len(m.messages[i]) {
					send(a[i], m.messages[i][n])
					m.sent++
					if pause > 0 {
						t.Sleep(pause)
					}
				}
			}
		}
		for i := range a {
			a[i].Close()
		}
	})
	r.start("receiver", func() {
		for n := range turns {
			for i := range b {
				if n < len(m.messages[i]) {
					message, ok := receive(b[i])
					if !ok {
						return
					}
					m.got[i] = append(m.got[i], message)
					m.received++
					if message != m.messages[i][n] {
						return
					}
				}
			}
		}
		for i := range b {
			_, m.surplus[i] = receive(b[i])
		}
	})
	r.join()
}

// tear ends a connection within a message. What the bytes of a message are, only the learner's send knows, so they are
// taken from a first connection.
func (m *framesTrial) tear(
	r *run, n int, send func(*socket.Socket, string), receive func(*socket.Socket) (string, bool),
) {
	m.torn = true
	m.whole = []string{"send data", "stop", strings.Repeat("x", 5000)}[n%3]
	slowNetwork()
	from, to := connected()
	r.start("sender", func() {
		send(from, m.whole)
		from.Close()
	})
	r.join()
	if r.spinning != "" || len(r.panics) > 0 {
		return
	}
	var raw []byte
	for {
		data, err := to.Recv(1 << 16)
		if err != nil || len(data) == 0 {
			break
		}
		raw = append(raw, data...)
	}
	if len(raw) == 0 {
		return
	}
	from, to = connected()
	_ = from.SendAll(raw[:len(raw)-1])
	from.Close()
	r.start("receiver", func() { _, m.accepted = receive(to) })
	r.join()
}

func (m *framesTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if r.spinning == "receiver" && (m.torn || m.received == len(m.messages[0])+len(m.messages[1])) {
		return &fault{text: "The connection has ended, and `receive` still runs: an empty result of `Recv` means " +
			"that nothing more will come. Return false.",
			misconception: recvPolls}
	}
	if m.torn && m.accepted {
		return &fault{text: fmt.Sprintf("The connection ended one byte before the end of the message %.20q, and "+
			"`receive` returned true: it must return false unless it has the whole message.", m.whole),
			misconception: "What has arrived is the message."}
	}
	for i := range m.got {
		if n := len(m.got[i]) - 1; n >= 0 && m.got[i][n] != m.messages[i][n] {
			return m.mismatch(tl, m.got[i][n], i, n)
		}
	}
	if r.deadlock != nil {
		f := &fault{text: fmt.Sprintf("%d messages were sent and %d received, and `receive` waits for ever.", m.sent,
			m.received) + lastReceived(tl, "receiver")}
		if i := m.next(); i != "" {
			f.text += " The message that it waits for is " + i + "."
		}
		f.text += " Does `receive` return everything that had arrived to its next call, for the same connection, and " +
			"does `send` send the whole message, also if it is empty?"
		f.misconception = oneSendOneRecv
		return f
	}
	if f := r.common(); f != nil {
		return f
	}
	switch {
	case m.torn:
		return nil
	case m.received < len(m.messages[0])+len(m.messages[1]):
		return &fault{text: fmt.Sprintf("`receive` returned false for message %d, %s, which was sent. It must return "+
			"exactly the bytes of one message, and keep what it has received beyond that for its next call.",
			m.received+1, m.next()) + lastReceived(tl, "receiver")}
	case m.surplus[0] || m.surplus[1]:
		return &fault{text: "All messages were received and the sender has closed the connection, and `receive` " +
			"returned true once more. The end of the connection is no message: it is an empty result of `Recv`, and " +
			"an empty message is something else.",
			misconception: "A message of no bytes and the end of the connection look the same."}
	}
	return nil
}

// next returns the message that wasn't received, as it is shown, or "".
func (m *framesTrial) next() string {
	for n := range max(len(m.messages[0]), len(m.messages[1])) {
		for i := range m.messages {
			if n < len(m.messages[i]) && n >= len(m.got[i]) {
				return fmt.Sprintf("%.30q", m.messages[i][n])
			}
		}
	}
	return ""
}

func (m *framesTrial) mismatch(tl *timeline.Timeline, got string, i, n int) *fault {
	want := m.messages[i][n]
	text := fmt.Sprintf("`receive` returned %.40q (%d bytes) in place of the message %.40q (%d bytes).", got, len(got),
		want, len(want))
	switch all := strings.Join(m.messages[i][n:], ""); {
	case slices.Contains(m.messages[1-i], got) && !slices.Contains(m.messages[i], got):
		return &fault{text: text + " That message was sent on another connection: keep what has arrived separately " +
			"for each connection.", misconception: "One buffer is enough."}
	case len(got) > len(want) && strings.HasPrefix(got, want):
		f := &fault{text: text + " Several messages arrived as one piece.", misconception: oneSendOneRecv}
		if slept(tl, "receiver") {
			f.text += " A sleep makes this worse: the longer the receiver sleeps, the more has arrived."
		}
		return f
	case got == "" && len(want) > 255:
		return &fault{text: text +
			fmt.Sprintf(" Has the length that goes before a message room for %d? One byte counts to 255.", len(want)),
			misconception: "Messages are short."}
	case strings.HasPrefix(want, got) && strings.ContainsAny(want, "\n\x00"):
		return &fault{text: text + " If a separator ends a message, no message may contain it. Send the length " +
			"first, or escape the separator.", misconception: "My messages never contain the separator."}
	case strings.HasPrefix(want, got):
		return &fault{text: text + " The message arrived in more than one piece, and a larger buffer makes that " +
			"rare, not impossible. Or `Send` sent a part: it sends what fits into the buffer.",
			misconception: oneSendOneRecv}
	case strings.Contains(all, got):
		return &fault{text: text + " It begins in the wrong place: `receive` must take exactly the bytes of one " +
			"message, no more, and no fewer.", misconception: oneSendOneRecv}
	}
	return &fault{text: text, misconception: oneSendOneRecv}
}
