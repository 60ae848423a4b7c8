package timeline_test

// This file tests what timelines say of connections whose two ends record in different processes: the order of events
// that happen at the same time is any.

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gilkernel/runtime/timeline"
)

// A step is an event of a connection: thread 1 is the client, thread 2 the server.
type step struct {
	kind     timeline.Kind
	byClient bool
	text     string
}

func TestMessages(t *testing.T) {
	connect, accept := step{timeline.Connect, true, ""}, step{timeline.Accept, false, ""}
	ask, asked := step{timeline.Write, true, `"ask"`}, step{timeline.Read, false, `"ask"`}
	answer, answered := step{timeline.Write, false, `"yes"`}, step{timeline.Read, true, `"yes"`}
	bye, over := step{timeline.Hangup, true, ""}, step{timeline.Read, false, "nothing"}
	for _, row := range []struct {
		name     string
		steps    []step
		messages string // "from kind to, sends"
		requests int
	}{
		{"connect, then accept", []step{connect, accept, ask, asked, answer, answered},
			"1 accept 2, 1 read 2 of 1, 2 read 1 of 1", 1},
		{"accept before connect", []step{accept, connect, ask, asked, answer, answered},
			"1 accept 2, 1 read 2 of 1, 2 read 1 of 1", 1},
		{"the server speaks before connect has returned", []step{accept, answer, connect, answered, ask, asked},
			"1 accept 2, 2 read 1 of 1, 1 read 2 of 1", 1},
		{"read before send has returned",
			[]step{connect, accept, asked, ask, answered, answer, asked, ask, answer, answered},
			"1 accept 2, 1 read 2 of 1, 2 read 1 of 1, 1 read 2 of 1, 2 read 1 of 1", 2},
		{"answered before send has returned", []step{connect, accept, asked, answer, ask, answered},
			"1 accept 2, 1 read 2 of 1, 2 read 1 of 1", 1},
		{"a client outside of the timeline", []step{accept, asked, answer}, "0 accept 2, 0 read 2 of 0", 1},
		{"a server outside of the timeline", []step{connect, ask, answered}, "0 read 1 of 0", 1},
		{"a port twice", []step{connect, accept, ask, asked, bye, over, connect, accept, answer, answered},
			"1 accept 2, 1 read 2 of 1, 1 hangup 2, 1 accept 2, 2 read 1 of 1", 1},
		{"a port twice, accepted early", []step{accept, connect, ask, bye, accept, connect, answer, answered},
			"1 accept 2, 1 accept 2, 2 read 1 of 1", 1},
		{"a port twice, by a client outside", []step{accept, asked, accept, asked},
			"0 accept 2, 0 read 2 of 0, 0 accept 2, 0 read 2 of 0", 1},
	} {
		tl := &timeline.Timeline{Names: []string{""}, Threads: []timeline.Thread{{Name: "client"}, {Name: "server"}}}
		for i, s := range row.steps {
			f := timeline.Flow{Client: "127.0.0.1:50000", Server: "127.0.0.1:80", ByClient: s.byClient, Text: s.text}
			e := timeline.Event{At: int64(i + 1), Kind: s.kind, Thread: 2, Object: timeline.Name(len(tl.Names))}
			if s.byClient {
				e.Thread = 1
			}
			if s.text != "" && s.text != "nothing" {
				e.Value = 3
			}
			tl.Names = append(tl.Names, f.String())
			tl.Events = append(tl.Events, e)
		}
		var got []string
		for _, m := range tl.Messages() {
			switch m.Kind {
			case timeline.Accept:
				got = append(got, fmt.Sprintf("%d accept %d", m.From, m.To))
			case timeline.Hangup:
				got = append(got, fmt.Sprintf("%d hangup %d", m.From, m.To))
			default:
				got = append(got, fmt.Sprintf("%d read %d of %d", m.From, m.To, m.Sends))
			}
		}
		if s := strings.Join(got, ", "); s != row.messages {
			t.Errorf("%s: messages are %s, want %s", row.name, s, row.messages)
		}
		if n := len(tl.Requests()); n != row.requests {
			t.Errorf("%s: %d requests, want %d", row.name, n, row.requests)
		}
		for _, r := range tl.Requests() {
			if slices.Contains(row.steps, ask) && (r.ClientThread != 1 || r.Sent == 0) {
				t.Errorf("%s: %+v", row.name, r)
			}
		}
	}
}
