package timeline

// This file defines requests: what clients asked servers through connections, and how long that took.

import (
	"cmp"
	"slices"
)

// A Request is what a client sent before it read, and the answer. Times are nanoseconds since the machine's start; 0 is
// unknown, as those of an end that isn't in the timeline.
type Request struct {
	Number         int    // in the order in which the servers began with them, from 1
	Client, Server string // addresses
	ClientThread   int32  // lanes; 0 is unknown
	ServerThread   int32
	Text           string // the beginning of what was asked
	Sent           int64  // the client sent it
	Begun          int64  // the server had read some of it
	Answered       int64  // the server wrote the last of its answer
	Received       int64  // the client read the last of it
}

// Start returns when the request begins: when it was sent, or, from a client that isn't in the timeline, when it was
// read.
func (r Request) Start() int64 { return cmp.Or(r.Sent, r.Begun) }

// End returns when the client had the answer, or, if that isn't known, when the server had written it; 0 if there was
// none.
func (r Request) End() int64 { return cmp.Or(r.Received, r.Answered) }

// Latency returns how long the request took, 0 if it has no answer.
func (r Request) Latency() int64 {
	if r.End() == 0 {
		return 0
	}
	return r.End() - r.Start()
}

// Waited returns how long the request waited until the server read it, as far as that is known.
func (r Request) Waited() int64 {
	if r.Begun == 0 || r.Sent == 0 {
		return 0
	}
	return max(r.Begun-r.Sent, 0)
}

// Served returns how long the server worked on it.
func (r Request) Served() int64 {
	if r.Begun == 0 || r.Answered == 0 {
		return 0
	}
	return max(r.Answered-r.Begun, 0)
}

// exchange is a request that isn't over, with the number of those of its connection before it.
type exchange struct {
	Request
	heard bool // the client has something of the answer
	alone bool // it is the first of its connection
}

// Requests returns the requests of the timeline's connections, ordered by when the servers began with them; those that
// no server has read come last. On a connection, the next request begins when the client sends something after it has
// received something. What is sent and never answered, such as a good-bye, is no request, unless nothing else was on
// its connection or the timeline ends before an answer.
func (tl *Timeline) Requests() []Request {
	type connection struct{ client, server string }
	open := map[connection]*exchange{}
	count := map[connection]int{}
	var order []connection
	var out []Request
	parsed := map[Name]Flow{}
	shut := func(c connection, over bool) {
		x := open[c]
		delete(open, c)
		if x != nil && (x.End() != 0 || x.alone || !over) {
			out = append(out, x.Request)
		}
	}
	for _, e := range tl.Events {
		if e.Kind < Connect || e.Kind > Hangup {
			continue
		}
		f, known := parsed[e.Object]
		if !known {
			f, _ = ParseFlow(tl.Name(e.Object))
			parsed[e.Object] = f
		}
		if f.Client == "" {
			continue
		}
		c := connection{f.Client, f.Server}
		x := open[c]
		switch {
		case e.Kind == Connect:
			shut(c, true)
			count[c] = 0
		case e.Kind == Hangup && f.ByClient:
			shut(c, true)
		case e.Kind == Write && f.ByClient, e.Kind == Read && !f.ByClient && x == nil && e.Value > 0:
			if e.Kind == Write && x != nil && !x.heard && x.Sent == 0 {
				x.Sent, x.ClientThread = x.Begun, e.Thread // another process has read it before send has returned
				continue
			}
			if e.Kind == Write && x != nil && !x.heard && x.Answered == 0 {
				continue // more of the same
			}
			shut(c, false)
			x = &exchange{Request: Request{Client: f.Client, Server: f.Server, Text: f.Text}, alone: count[c] == 0}
			count[c]++
			open[c] = x
			if count[c] == 1 {
				order = append(order, c)
			}
			if e.Kind == Write {
				x.Sent, x.ClientThread = e.At, e.Thread
				continue
			}
			x.Begun, x.ServerThread = e.At, e.Thread
		case x == nil:
		case e.Kind == Read && !f.ByClient && e.Value > 0:
			if x.Begun == 0 {
				x.Begun = e.At
			}
			x.ServerThread = e.Thread
		case e.Kind == Write:
			x.Answered = e.At
			if x.ServerThread == 0 {
				x.ServerThread = e.Thread
			}
		case e.Kind == Read && f.ByClient && e.Value > 0:
			x.Received, x.heard = e.At, true
		}
	}
	for _, c := range order {
		if open[c] != nil {
			shut(c, false)
		}
	}
	slices.SortStableFunc(out, func(a, b Request) int {
		if (a.Begun == 0) != (b.Begun == 0) {
			return cmp.Compare(b.Begun, a.Begun)
		}
		return cmp.Or(cmp.Compare(a.Begun, b.Begun), cmp.Compare(a.Sent, b.Sent))
	})
	for i := range out {
		out[i].Number = i + 1
	}
	return out
}

// A Message is something that travelled through a connection, as its receiver saw it.
type Message struct {
	From, To int32 // lanes; 0 is a thread that isn't in the timeline
	At       int64
	Kind     Kind // Accept, Read or Hangup
	Text     string
	Sends    int // how many sends are, in whole or in part, in what was received
}

// Messages returns what was received, in the order of time: connections when they were accepted, data when they were
// read, and the end of a connection when it was read.
func (tl *Timeline) Messages() []Message {
	type side struct {
		client, server string
		byClient       bool
	}
	type pending struct{ bytes int32 }
	type debt struct { // what another process has read before send has returned here
		bytes   int32
		message int
	}
	last := map[side]int32{} // the thread that was last seen on a side
	// the connection began on this side; on a real machine a server may have accepted before connect has returned
	begun := map[side]bool{}
	early := map[side]int{} // the message of an accept whose client hasn't been seen yet
	sent := map[side][]pending{}
	owed := map[side]debt{}
	var out []Message
	for _, e := range tl.Events {
		if e.Kind < Connect || e.Kind > Hangup {
			continue
		}
		f, ok := ParseFlow(tl.Name(e.Object))
		if !ok {
			continue
		}
		here, there := side{f.Client, f.Server, f.ByClient}, side{f.Client, f.Server, !f.ByClient}
		if e.Kind == Connect || e.Kind == Accept {
			if begun[here] || !begun[there] { // a port may be used again
				for _, s := range []side{here, there} {
					delete(begun, s)
					delete(early, s)
					delete(sent, s)
					delete(owed, s)
					delete(last, s)
				}
			}
			begun[here] = true
		}
		last[here] = e.Thread
		if i, ok := early[here]; ok {
			out[i].From = e.Thread
			delete(early, here)
		}
		switch e.Kind {
		case Accept:
			if last[there] == 0 {
				early[there] = len(out)
			}
			out = append(out, Message{From: last[there], To: e.Thread, At: e.At, Kind: Accept})
		case Write:
			n := e.Value
			if d := owed[here]; d.bytes > 0 && n > 0 {
				out[d.message].Sends++
				n = max(e.Value-d.bytes, 0)
				owed[here] = debt{d.bytes - (e.Value - n), d.message}
			}
			if n > 0 || e.Value == 0 {
				sent[here] = append(sent[here], pending{n})
			}
		case Read:
			m := Message{From: last[there], To: e.Thread, At: e.At, Kind: Read, Text: f.Text}
			if e.Value == 0 {
				m.Kind, m.Text = Hangup, ""
			}
			queue := sent[there]
			left := e.Value
			for left > 0 && len(queue) > 0 {
				m.Sends++
				if queue[0].bytes > left {
					queue[0].bytes -= left
					break
				}
				left -= queue[0].bytes
				queue = queue[1:]
			}
			sent[there] = queue
			if len(queue) == 0 && left > 0 {
				owed[there] = debt{owed[there].bytes + left, len(out)}
			}
			out = append(out, m)
		}
	}
	return out
}
