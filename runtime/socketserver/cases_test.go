package socketserver_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gilkernel/runtime/plot"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/timeline"
)

// run lets three clients talk to a server on a simulated machine, and returns what happened.
func run(t *testing.T, make constructor, work func(), clients int, seed uint64) *timeline.Timeline {
	t.Helper()
	w := newWorld(t, kind{simulated: true, cores: 2, seed: seed, events: 1 << 15})
	err := w.run(func() { talk(t, make, framedServer(work), framedClient, clients) })
	if err != nil {
		t.Fatal(err)
	}
	w.stop()
	tl := w.rec.Snapshot()
	tl.Info = w.in.Info()
	return tl
}

// parallel returns how many requests were served at the same time at most.
func parallel(all []timeline.Request) (most int) {
	for _, r := range all {
		n := 0
		for _, o := range all {
			if o.Begun <= r.Begun && r.Begun < o.Answered {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// The talk's cases: who serves whom when depends on the server and on the work, and each has its picture.
func TestThreeCases(t *testing.T) {
	var took []int64
	for _, row := range []struct {
		name    string
		make    constructor
		work    func()
		clients int
		atOnce  int
	}{
		{"one client, python", socketserver.NewTCPServer, python, 1, 1},
		{"one client, native", socketserver.NewTCPServer, native, 1, 1},
		{"one client, I/O", socketserver.NewTCPServer, idle, 1, 1},
		{"one thread, I/O", socketserver.NewTCPServer, idle, 3, 1},
		{"threads, I/O", socketserver.NewThreadingTCPServer, idle, 3, 3},
		{"one thread, python", socketserver.NewTCPServer, python, 3, 1},
		{"threads, python", socketserver.NewThreadingTCPServer, python, 3, 3},
		{"one thread, native", socketserver.NewTCPServer, native, 3, 1},
		{"threads, native", socketserver.NewThreadingTCPServer, native, 3, 3},
	} {
		tl := run(t, row.make, row.work, row.clients, 1)
		all := tl.Requests()
		if len(all) != row.clients {
			t.Errorf("%s: %d requests", row.name, len(all))
			continue
		}
		end := int64(0)
		for _, r := range all {
			if !(r.Sent > 0 && r.Sent < r.Begun && r.Begun < r.Answered && r.Answered < r.Received) ||
				r.Text != `"send data"` || r.ClientThread == 0 || r.ServerThread == 0 {
				t.Errorf("%s: %+v", row.name, r)
			}
			end = max(end, r.Received)
		}
		took = append(took, end-all[0].Sent)
		if n := parallel(all); (n > 1) != (row.atOnce > 1) {
			t.Errorf("%s: %d requests were served at once, not %d", row.name, n, row.atOnce)
		}
		gantt, diagram := plot.Requests(tl), plot.Sequence(tl)
		if s := gantt.String(); !strings.Contains(s, fmt.Sprintf("%d Thread-", row.clients)) || len(gantt.PNG()) == 0 {
			t.Errorf("%s: %s", row.name, s)
		}
		if n := strings.Count(diagram.Mermaid(), "->>") + strings.Count(diagram.Mermaid(), "--x"); n < 11*row.clients &&
			n < 40 || n > 40 {
			t.Errorf("%s: %d arrows\n%s", row.name, n, diagram.Mermaid())
		}
		if !strings.Contains(fmt.Sprint(plot.RequestTable(tl)), "127.0.0.1:") {
			t.Errorf("%s: %v", row.name, plot.RequestTable(tl))
		}
	}
	// Waiting can be shared among threads; computing under a GIL can't.
	if len(took) == 9 && (took[4]*2 > took[3] || took[6]*3 < took[5]*2) {
		t.Errorf("three clients took %v", took)
	}
}

// The same seed gives the same run, byte for byte; another one gives another.
func TestRepeatable(t *testing.T) {
	trace := func(seed uint64) []byte {
		var b bytes.Buffer
		if err := run(t, socketserver.NewThreadingTCPServer, python, 5, seed).WriteTrace(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	a, b, c := trace(1), trace(1), trace(2)
	if !bytes.Equal(a, b) {
		t.Error("the same seed gives another run")
	}
	if bytes.Equal(a, c) {
		t.Error("another seed gives the same run")
	}
}

// The first of many is drawn, and the others are counted.
func TestManyRequests(t *testing.T) {
	tl := run(t, socketserver.NewThreadingTCPServer, idle, 50, 1)
	if s := plot.Requests(tl).String(); !strings.Contains(s, "30 requests of 50 are drawn") {
		t.Error(s)
	}
	if s := plot.Sequence(tl).String(); !strings.Contains(s, "more messages") || strings.Count(s, "→") != 40 {
		t.Error(s)
	}
	order := []int{}
	for _, r := range tl.Requests() {
		order = append(order, r.Number)
	}
	if !slices.IsSorted(order) || len(order) != 50 {
		t.Error(order)
	}
}
