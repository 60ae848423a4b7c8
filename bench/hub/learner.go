package main

// This file defines what learners do: start a kernel, run cells, stop.

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"
)

// A learner has a kernel.
type learner struct {
	h    *hub
	user string
	id   string // of the kernel
	ws   *websocket
	kind string
	next int // number of the next cell
}

// code returns a cell that computes for a moment and prints a line of its own.
func (l *learner) code(line string) string {
	if l.kind == "python3" {
		return fmt.Sprintf("n = 0\nfor i in range(20000):\n    n += i\nprint(%q, n)", line)
	}
	return fmt.Sprintf("n := 0\nfor i := range 20000 {\n\tn += i\n}\nfmt.Println(%q, n)", line)
}

// begin starts the kernel and runs a first cell. It returns how many milliseconds that took.
func (l *learner) begin(ctx context.Context) (float64, error) {
	began := time.Now()
	var kernel struct{ ID string }
	api := "/user/" + l.user + "/api/kernels"
	_, err := l.h.call(ctx, "POST", api, map[string]string{"name": l.kind}, &kernel)
	if err != nil {
		return 0, err
	}
	l.id = kernel.ID
	if l.ws, err = dial(ctx, l.h.url, api+"/"+l.id+"/channels?session_id=bench", l.h.token); err != nil {
		return 0, err
	}
	ok, seen, err := l.run(ctx)
	if err != nil {
		return 0, fmt.Errorf("%s's first cell: %w", l.user, err)
	}
	if !ok || !seen {
		return 0, fmt.Errorf("%s's first cell fails, or prints nothing", l.user)
	}
	return since(began), nil
}

// end stops the kernel.
func (l *learner) end(ctx context.Context) error {
	if l.ws != nil {
		l.ws.close()
	}
	if l.id == "" {
		return nil
	}
	_, err := l.h.call(ctx, "DELETE", "/user/"+l.user+"/api/kernels/"+l.id, nil, nil)
	return err
}

// message is what a websocket carries.
type message struct {
	Header   map[string]any  `json:"header"`
	Parent   map[string]any  `json:"parent_header"`
	Metadata map[string]any  `json:"metadata"`
	Content  json.RawMessage `json:"content"`
	Channel  string          `json:"channel"`
	Buffers  []any           `json:"buffers"`
}

// cellTime is how long a cell may take.
const cellTime = 2 * time.Minute

// run runs a cell until it has its reply and is idle. It reports whether the reply was good and whether the line that
// it prints has come.
func (l *learner) run(ctx context.Context) (ok, seen bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, cellTime)
	defer cancel()
	l.next++
	line := fmt.Sprintf("%s cell %d", l.user, l.next)
	id := fmt.Sprintf("%s-%s-%d", l.user, l.id, l.next)
	content, err := json.Marshal(map[string]any{"code": l.code(line), "silent": false, "store_history": true,
		"user_expressions": map[string]any{}, "allow_stdin": false, "stop_on_error": true})
	if err != nil {
		return false, false, err
	}
	request, err := json.Marshal(message{Header: map[string]any{"msg_id": id, "msg_type": "execute_request",
		"username": l.user, "session": "bench", "version": "5.3", "date": time.Now().UTC().Format(time.RFC3339Nano)},
		Parent: map[string]any{}, Metadata: map[string]any{}, Content: content, Channel: "shell", Buffers: []any{}})
	if err != nil {
		return false, false, err
	}
	if err := l.ws.write(ctx, request); err != nil {
		return false, false, err
	}
	var text strings.Builder
	replied, idle := false, false
	for !replied || !idle {
		b, err := l.ws.read(ctx)
		if err != nil {
			return false, false, err
		}
		var m message
		if err := json.Unmarshal(b, &m); err != nil {
			return false, false, err
		}
		if m.Parent["msg_id"] != id {
			continue
		}
		var c struct {
			Status string
			State  string `json:"execution_state"`
			Text   string
		}
		if err := json.Unmarshal(m.Content, &c); err != nil {
			return false, false, err
		}
		switch m.Header["msg_type"] {
		case "execute_reply":
			replied, ok = true, c.Status == "ok"
		case "status":
			idle = idle || c.State == "idle"
		case "stream":
			text.WriteString(c.Text)
		}
	}
	return ok, text.String() == line+" 199990000\n", nil
}

// counts are what a learner's cells came to.
type counts struct {
	cells               []float64
	sent, lost, refused int
}

// work runs cells with pauses between them.
func (l *learner) work(ctx context.Context, cells int, rng *rand.Rand) (counts, error) {
	var c counts
	for range cells {
		select {
		case <-ctx.Done():
			return c, ctx.Err()
		case <-time.After(time.Duration(rng.Float64() * 2 * float64(time.Second))):
		}
		began := time.Now()
		ok, seen, err := l.run(ctx)
		if err != nil {
			return c, fmt.Errorf("%s: %w", l.user, err)
		}
		c.cells = append(c.cells, since(began))
		c.sent++
		if !seen {
			c.lost++
		}
		if !ok {
			c.refused++
		}
	}
	return c, nil
}

// workshop has all learners start a kernel of a kind at once, run cells, and stop it.
func (h *hub) workshop(ctx context.Context, kind string, n, cells int, seed uint64, f *figures) error {
	all := make([]*learner, n)
	for i := range all {
		all[i] = &learner{h: h, user: name(i), kind: kind}
	}
	defer each(n, func(i int) (struct{}, error) { return struct{}{}, all[i].end(ctx) })
	gone := make([]error, n) // learners whose server or kernel has given up
	starts, _ := each(n, func(i int) (took float64, err error) {
		took, gone[i] = all[i].begin(ctx)
		return took, nil
	})
	done, _ := each(n, func(i int) (c counts, err error) {
		if gone[i] == nil {
			c, gone[i] = all[i].work(ctx, cells, rand.New(rand.NewPCG(seed, uint64(i))))
		}
		return c, nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i, c := range done {
		if gone[i] != nil {
			fmt.Fprintf(os.Stderr, "hub: %s, %s: %v\n", name(i), kind, gone[i])
			f.gone++
		} else {
			f.starts = append(f.starts, starts[i])
		}
		f.cells = append(f.cells, c.cells...)
		f.sent, f.lost, f.refused = f.sent+c.sent, f.lost+c.lost, f.refused+c.refused
	}
	for i := range n {
		if gone[i] != nil {
			continue
		}
		kernel, server, err := memory(name(i))
		if err != nil {
			return err
		}
		f.kernelPSS = append(f.kernelPSS, kernel)
		f.fullPSS = append(f.fullPSS, kernel+server)
	}
	return nil
}
