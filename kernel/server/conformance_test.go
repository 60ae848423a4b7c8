package server_test

// This file defines the conformance tests: one rule of the protocol in each file of testdata, as what
// a client sends and what the kernel answers.
//
// A file begins with the rule. Under "client" there is one JSON object in each line:
//
//	{"shell": "execute_request", "content": {…}}  sends a request, also on "control" and "stdin";
//	    "header": {…} adds to the header, "raw": "…" is content that is no JSON,
//	    "parent": 1 makes it an answer to the first input_request received
//	{"frames": ["…"], "on": "shell"}              sends frames as they are
//	{"await": "stream"}                           waits for a message of that type, each time the next
//	{"idle": 1}                                   waits until the first request is done
//
// At the end all requests are waited for. Under "kernel" is what was received: for each channel in the
// order of arrival, for concurrent requests in the order of the requests. "<2" says that the parent is
// the second request. -update writes that part anew.

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/server"
	"gilkernel/kernel/wire"
)

var update = flag.Bool("update", false, "write what the kernel answers into testdata")

func TestConformance(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if rule := strings.TrimSpace(string(ar.Comment)); rule == "" {
				t.Error("the file doesn't say which rule it is about")
			}
			i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "kernel" })
			if i < 0 {
				ar.Files = append(ar.Files, txtar.File{Name: "kernel"})
				i = len(ar.Files) - 1
			}
			var o *server.Options
			if strings.Contains(string(ar.Files[0].Data), "fake: ") {
				o, _ = fake()
			} else {
				o = &server.Options{Version: "test"}
			}
			got := converse(t, start(t, o).client(), ar.Files[0].Data)
			if *update {
				ar.Files[i].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(ar.Files[i].Data); got != want {
				t.Errorf("the kernel says\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// An instruction is a line under "client".
type instruction struct {
	Shell, Control, Stdin string
	Content               json.RawMessage
	Raw                   *string
	Header                map[string]any
	Parent                int
	Frames                []string
	On                    string
	Await                 string
	Idle                  int
}

// converse follows the instructions and returns what the kernel says.
func converse(t *testing.T, c *client, lines []byte) string {
	t.Helper()
	var ids, replies []string // the requests that the kernel has to frame, and those that it has to answer
	awaited := 0              // place of the last message waited for
	for line := range bytes.Lines(lines) {
		var in instruction
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		switch {
		case in.Await != "":
			m := c.await(in.Await, func(m message) bool { return m.at >= awaited && m.Header.MsgType == in.Await })
			awaited = m.at + 1
		case in.Idle > 0:
			c.idle(ids[in.Idle-1])
		case in.Frames != nil:
			frames := make([][]byte, len(in.Frames))
			for i, f := range in.Frames {
				frames[i] = []byte(f)
			}
			if err := c.dealers[in.On].Send(frames); err != nil {
				t.Fatal(err)
			}
		case in.Shell != "" || in.Control != "":
			channel, msgType := "shell", in.Shell
			if in.Control != "" {
				channel, msgType = "control", in.Control
			}
			id := sendInstruction(t, c, channel, msgType, in)
			ids = append(ids, id)
			if strings.HasSuffix(msgType, "_request") {
				replies = append(replies, id)
			}
		case in.Stdin != "":
			sendInstruction(t, c, "stdin", in.Stdin, in)
		}
	}
	for _, id := range ids {
		c.idle(id)
	}
	for _, id := range replies {
		c.reply(id)
	}
	// What is sent on shell and control is in order: behind these replies nothing is left to come.
	var barriers []string
	if !bytes.Contains(lines, []byte(`{"restart":`)) { // after a shutdown there is no reply
		barriers = []string{c.send("shell", "connect_request", "{}"), c.send("control", "connect_request", "{}")}
	}
	for _, id := range barriers {
		c.reply(id)
		c.idle(id)
	}
	all, _ := c.messages()
	var b strings.Builder
	for _, channel := range []string{"iopub", "shell", "control", "stdin"} {
		var mine []message
		for _, m := range all {
			if m.channel == channel && m.Header.MsgType != "iopub_welcome" && m.state() != "starting" &&
				!slices.Contains(barriers, m.parent()) {
				mine = append(mine, m)
			}
		}
		slices.SortStableFunc(mine, func(a, b message) int {
			return slices.Index(ids, a.parent()) - slices.Index(ids, b.parent())
		})
		busy := map[string]bool{}
		for _, m := range mine {
			if m.state() == "busy" {
				if busy[m.parent()] {
					continue // said once more because of a request beside the cell, see TestBusyIsSaidAgain
				}
				busy[m.parent()] = true
			}
			parent := "-"
			if i := slices.Index(ids, m.parent()); i >= 0 {
				parent = strconv.Itoa(i + 1)
			} else if m.parent() != "" {
				parent = "?"
			}
			fmt.Fprintf(&b, "%s %s <%s %s\n", channel, m.Header.MsgType, parent, stable(t, m.Content))
		}
	}
	return b.String()
}

func sendInstruction(t *testing.T, c *client, channel, msgType string, in instruction) string {
	t.Helper()
	h := wire.NewHeader(msgType, c.session, "tester")
	m := &wire.Message{Header: h, Content: in.Content}
	if in.Raw != nil {
		m.Content = json.RawMessage(*in.Raw)
	}
	if in.Header != nil {
		fields := map[string]any{}
		json.Unmarshal(raw(t, h), &fields)
		for k, v := range in.Header {
			fields[k] = v
		}
		m.RawHeader = raw(t, fields)
	}
	if in.Parent > 0 {
		n := 0
		asked := c.await("an input_request", func(m message) bool {
			if m.Header.MsgType == "input_request" {
				n++
			}
			return n == in.Parent
		})
		m.ParentHeader = asked.RawHeader
	}
	c.sendMessage(channel, m)
	return h.MsgID
}

// stable returns content in one form, without what differs from machine to machine.
func stable(t *testing.T, content json.RawMessage) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(content, &v); err != nil {
		t.Fatalf("%s: %v", content, err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.TrimSpace(b.String()), strings.TrimPrefix(runtime.Version(), "go"), "$GO")
}
