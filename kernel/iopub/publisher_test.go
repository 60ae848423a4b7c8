package iopub_test

// This file defines the tests of order, merging and pace. Their clock is testing/synctest's.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gilkernel/kernel/iopub"
	"gilkernel/kernel/wire"
)

// A page is the front end: it decodes what is sent, and notes when it came.
type page struct {
	t     *testing.T
	codec *wire.Codec
	start time.Time

	mu  sync.Mutex // protects the fields below
	all []message
}

type message struct {
	*wire.Message
	at    time.Duration
	topic string
	size  int // as jupyter_server counts it
}

func (p *page) send(frames [][]byte) error {
	m, err := p.codec.Decode(frames)
	if err != nil {
		p.t.Errorf("decoding: %v", err)
		return err
	}
	if len(m.Identities) != 1 {
		p.t.Errorf("%d topic frames", len(m.Identities))
	}
	size := 0
	for _, f := range frames[3:] {
		size += len(f)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, message{m, time.Since(p.start), string(m.Identities[0]), size})
	return nil
}

// messages returns what has come so far.
func (p *page) messages() []message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]message(nil), p.all...)
}

// String writes each message as "at type parent content", for comparison.
func (m message) String() string {
	var c map[string]any
	json.Unmarshal(m.Content, &c)
	text, _ := json.Marshal(c)
	var h wire.Header
	json.Unmarshal(m.ParentHeader, &h)
	return fmt.Sprintf("%v %s %s %s", m.at.Round(time.Millisecond), m.Header.MsgType, h.MsgID, text)
}

func (p *page) expect(want ...string) {
	p.t.Helper()
	var got []string
	for _, m := range p.messages() {
		got = append(got, m.String())
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		p.t.Errorf("the page got\n%s\nwant\n%s", g, w)
	}
}

// text returns what was sent for a stream of a parent.
func (p *page) text(parent json.RawMessage, name string) string {
	var b strings.Builder
	for _, m := range p.messages() {
		var c struct{ Name, Text string }
		json.Unmarshal(m.Content, &c)
		if m.Header.MsgType == "stream" && c.Name == name && string(m.ParentHeader) == string(parent) {
			b.WriteString(c.Text)
		}
	}
	return b.String()
}

func parent(id string) json.RawMessage {
	return json.RawMessage(`{"msg_id":"` + id + `","subshell_id":null}`)
}

// inBubble runs f with a Publisher whose clock is the test's.
func inBubble(t *testing.T, o *iopub.Options, f func(*iopub.Publisher, *page)) {
	t.Helper()
	codec, err := wire.NewCodec("hmac-sha256", "key")
	if err != nil {
		t.Fatal(err)
	}
	receiver, err := wire.NewCodec("hmac-sha256", "key")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		front := &page{t: t, codec: receiver, start: time.Now()}
		p := iopub.New(codec, "session", "kernel1", front.send, o)
		defer p.Close()
		f(p, front)
	})
}

func raw(s string) json.RawMessage { return json.RawMessage(s) }

func TestMessages(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		p.Status(nil, "starting")
		p.Status(a, "busy")
		p.ExecuteInput(a, "1 < 2", 3)
		p.Stream(a, "stdout", "<b>\n")
		p.Display(a, iopub.Bundle{Data: map[string]json.RawMessage{"text/plain": raw(`"x"`)}, ID: "d"})
		p.Update(a, iopub.Bundle{Data: map[string]json.RawMessage{"text/plain": raw(`"y"`)}, ID: "d"})
		p.Clear(a, true)
		p.Comm(a, "comm_msg", map[string]string{"comm_id": "c"}, raw(`{"m":1}`), [][]byte{{1, 2}})
		p.Result(a, 3, iopub.Bundle{Data: map[string]json.RawMessage{"text/plain": raw(`"true"`)}})
		p.Error(a, "panic", "oh", nil)
		p.Raw(a, "shutdown_reply", map[string]bool{"restart": true})
		if err := p.Flush(context.Background(), a); err != nil {
			t.Error(err)
		}
		p.Status(a, "idle")
		front.send(p.Welcome([]byte("stream")))
		front.expect(
			`0s status  {"execution_state":"starting"}`,
			`0s status a {"execution_state":"busy"}`,
			`0s execute_input a {"code":"1 \u003c 2","execution_count":3}`,
			`0s stream a {"name":"stdout","text":"\u003cb\u003e\n"}`,
			`0s display_data a {"data":{"text/plain":"x"},"metadata":{},"transient":{"display_id":"d"}}`,
			`0s update_display_data a {"data":{"text/plain":"y"},"metadata":{},"transient":{"display_id":"d"}}`,
			`0s clear_output a {"wait":true}`,
			`0s comm_msg a {"comm_id":"c"}`,
			`0s execute_result a {"data":{"text/plain":"true"},"execution_count":3,"metadata":{}}`,
			`0s error a {"ename":"panic","evalue":"oh","traceback":[]}`,
			`0s shutdown_reply a {"restart":true}`,
			`0s status a {"execution_state":"idle"}`,
			`0s iopub_welcome  {"subscription":"stream"}`,
		)
		all := front.messages()
		for i, want := range []string{"kernel.kernel1.status", "kernel.kernel1.status", "kernel.kernel1.execute_input",
			"stream.stdout"} {
			if all[i].topic != want {
				t.Errorf("topic of message %d is %q, want %q", i, all[i].topic, want)
			}
		}
		if w := all[len(all)-1]; w.topic != "stream" || string(w.ParentHeader) != "{}" {
			t.Errorf("iopub_welcome has topic %q and parent %s", w.topic, w.ParentHeader)
		}
		if c := all[7]; string(c.Metadata) != `{"m":1}` || len(c.Buffers) != 1 {
			t.Errorf("comm_msg has metadata %s and %d buffers", c.Metadata, len(c.Buffers))
		}
		if !strings.Contains(string(all[3].Content), "<b>") {
			t.Errorf("HTML is escaped: %s", all[3].Content)
		}
		for i, m := range all[1:12] {
			if string(m.ParentHeader) != string(a) {
				t.Errorf("the parent of message %d isn't the raw header: %s", i, m.ParentHeader)
			}
		}
	})
}

func TestTextIsMerged(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		for i := range 10 {
			p.Stream(a, "stdout", fmt.Sprint(i))
			time.Sleep(time.Millisecond)
			if i == 0 {
				time.Sleep(time.Millisecond / 2) // lest two things happen at the same instant
			}
		}
		time.Sleep(time.Second)
		p.Stream(a, "stdout", "x")
		p.Stream(a, "stdout", "y")
		p.Stream(a, "stderr", "z") // the other stream: what was before it goes out
		time.Sleep(time.Second)
		front.expect(
			`0s stream a {"name":"stdout","text":"0"}`,
			`5ms stream a {"name":"stdout","text":"1234"}`,
			`10ms stream a {"name":"stdout","text":"56789"}`,
			`1.011s stream a {"name":"stdout","text":"x"}`,
			`1.011s stream a {"name":"stdout","text":"y"}`,
			`1.016s stream a {"name":"stderr","text":"z"}`,
		)
	})
}

func TestFlushDoesNotWaitForMoreText(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		p.Stream(a, "stdout", "x")
		p.Stream(a, "stdout", "y")
		p.Flush(context.Background(), a)
		p.Status(a, "idle")
		p.Stream(a, "stdout", "late")
		time.Sleep(time.Second)
		front.expect(
			`0s stream a {"name":"stdout","text":"x"}`,
			`0s stream a {"name":"stdout","text":"y"}`,
			`0s status a {"execution_state":"idle"}`,
			`5ms stream a {"name":"stdout","text":"late"}`,
		)
	})
}

func TestLongTextIsSplitBetweenRunes(t *testing.T) {
	inBubble(t, &iopub.Options{MergeBytes: 10}, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		text := strings.Repeat("é世🙂", 20)
		p.Stream(a, "stdout", text)
		p.Flush(context.Background(), a)
		if got := front.text(a, "stdout"); got != text {
			t.Errorf("the page has %q", got)
		}
		for _, m := range front.messages() {
			var c struct{ Text string }
			json.Unmarshal(m.Content, &c)
			if len(c.Text) > 10+3 {
				t.Errorf("a piece of %d bytes", len(c.Text))
			}
		}
	})
}

// checkPace fails if any span of 3 s has more than JupyterLab's server lets through.
func checkPace(t *testing.T, all []message) {
	t.Helper()
	const span, maxBytes, maxMessages = 3 * time.Second, 3_000_000, 3_000
	first, bytes, messages := 0, 0, 0
	count := func(m message, sign int) {
		switch m.Header.MsgType {
		case "status", "comm_open", "execute_input":
			return
		case "stream":
			bytes += sign * m.size
		}
		messages += sign
	}
	for _, m := range all {
		count(m, 1)
		for all[first].at+span <= m.at {
			count(all[first], -1)
			first++
		}
		if bytes > maxBytes || messages > maxMessages {
			t.Fatalf("at %v: %d bytes and %d messages within 3 s", m.at, bytes, messages)
		}
	}
}

func TestPaceOfBytes(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a, b := parent("a"), parent("b")
		line := strings.Repeat("x", 99) + "\n"
		for range 80_000 { // 8 MB, below the limit
			p.Stream(a, "stdout", line)
		}
		p.Status(b, "busy") // not delayed by a
		p.Stream(b, "stdout", "b\n")
		p.Status(b, "idle")
		p.Result(a, 1, iopub.Bundle{})
		if err := p.Flush(context.Background(), a); err != nil {
			t.Error(err)
		}
		p.Status(a, "idle")
		all := front.messages()
		checkPace(t, all)
		if got := strings.Count(front.text(a, "stdout"), line); got != 80_000 {
			t.Errorf("%d lines came", got)
		}
		if n := len(all); all[n-1].Header.MsgType != "status" || all[n-2].Header.MsgType != "execute_result" {
			t.Errorf("the end is %v, %v", all[n-2], all[n-1])
		}
		if d := all[len(all)-1].at; d > 10*time.Second {
			t.Errorf("8 MB took %v", d)
		}
		for _, m := range all {
			if m.Header.MsgType == "status" && strings.Contains(m.String(), " b ") && m.at > 4*time.Second {
				t.Errorf("the status of another cell was delayed: %v", m)
			}
		}
	})
}

func TestPaceOfMessages(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		for i := range 6000 {
			p.Display(a, iopub.Bundle{Data: map[string]json.RawMessage{"text/plain": raw(fmt.Sprintf(`"%d"`, i))}})
		}
		p.Flush(context.Background(), a)
		all := front.messages()
		checkPace(t, all)
		for i, m := range all {
			if !strings.Contains(string(m.Content), fmt.Sprintf(`"%d"`, i)) {
				t.Fatalf("message %d is %v", i, m)
			}
		}
		if len(all) != 6000 {
			t.Errorf("%d displays came", len(all))
		}
	})
}

// Two streams that alternate line by line cost a message for each line, at first.
func TestAlternatingStreams(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		for range 50_000 {
			p.Stream(a, "stdout", "o\n")
			p.Stream(a, "stderr", "e\n")
		}
		p.Flush(context.Background(), a)
		checkPace(t, front.messages())
		if o, e := len(front.text(a, "stdout")), len(front.text(a, "stderr")); o != 100_000 || e != 100_000 {
			t.Errorf("%d and %d bytes came", o, e)
		}
	})
}

// A status waits for the output of its own cell only.
func TestStatusKeepsItsPlace(t *testing.T) {
	inBubble(t, &iopub.Options{WindowMessages: 2}, func(p *iopub.Publisher, front *page) {
		a, b := parent("a"), parent("b")
		for range 3 {
			p.Display(a, iopub.Bundle{})
		}
		p.Status(a, "idle")
		p.Status(b, "busy")
		p.Comm(b, "comm_msg", map[string]any{}, nil, nil)
		p.Flush(context.Background(), a)
		var got []string
		for _, m := range front.messages() {
			got = append(got, fmt.Sprint(m.at.Round(time.Second), m.Header.MsgType))
		}
		want := "[0sdisplay_data 0sdisplay_data 0sstatus 0scomm_msg 3sdisplay_data 3sstatus]"
		if fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
	})
}

func TestUpdatesReplaceEachOther(t *testing.T) {
	inBubble(t, &iopub.Options{WindowMessages: 2}, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		update := func(id string, n int) {
			p.Update(a, iopub.Bundle{ID: id, Data: map[string]json.RawMessage{"text/plain": raw(fmt.Sprint(n))}})
		}
		for n := range 1000 {
			update("x", n)
			update("y", n)
		}
		p.Flush(context.Background(), a)
		front.expect(
			`0s update_display_data a {"data":{"text/plain":0},"metadata":{},"transient":{"display_id":"x"}}`,
			`0s update_display_data a {"data":{"text/plain":0},"metadata":{},"transient":{"display_id":"y"}}`,
			`3.001s update_display_data a {"data":{"text/plain":999},"metadata":{},"transient":{"display_id":"x"}}`,
			`3.001s update_display_data a {"data":{"text/plain":999},"metadata":{},"transient":{"display_id":"y"}}`,
		)
	})
}

func TestFlushEndsWithItsContext(t *testing.T) {
	inBubble(t, &iopub.Options{WindowMessages: 1}, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		p.Display(a, iopub.Bundle{})
		p.Display(a, iopub.Bundle{})
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := p.Flush(ctx, a); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
		if err := p.Flush(context.Background(), a); err != nil || len(front.messages()) != 2 {
			t.Errorf("%d messages, error %v", len(front.messages()), err)
		}
		if err := p.Flush(context.Background(), parent("never")); err != nil {
			t.Error(err)
		}
	})
}

func TestClose(t *testing.T) {
	inBubble(t, &iopub.Options{WindowMessages: 1}, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		p.Stream(a, "stdout", "x")
		p.Stream(a, "stdout", "lost to the pace")
		p.Status(a, "idle")
		flushed := make(chan error)
		go func() { flushed <- p.Flush(context.Background(), a) }()
		synctest.Wait()
		p.Close()
		if err := <-flushed; !errors.Is(err, iopub.ErrClosed) {
			t.Errorf("Flush returned %v", err)
		}
		p.Stream(a, "stdout", "y")
		p.Status(a, "busy")
		p.Discard(a, "why")
		p.Close()
		if err := p.Flush(context.Background(), a); !errors.Is(err, iopub.ErrClosed) {
			t.Errorf("Flush returned %v", err)
		}
		front.expect(
			`0s stream a {"name":"stdout","text":"x"}`,
			`0s status a {"execution_state":"idle"}`,
		)
	})
}

// Text that is held for merging leaves before the end.
func TestCloseSendsMergedText(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		p.Stream(nil, "stdout", "x")
		p.Stream(nil, "stdout", "y")
		p.Close()
		front.expect(`0s stream  {"name":"stdout","text":"x"}`, `0s stream  {"name":"stdout","text":"y"}`)
	})
}

// An idle Publisher waits for nothing: time doesn't pass in the bubble unless a goroutine sleeps.
func TestNoTimerWhenIdle(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		p.Stream(parent("a"), "stdout", "x")
		p.Stream(parent("a"), "stdout", "y")
		p.Flush(context.Background(), parent("a"))
		time.Sleep(time.Hour)
		before := len(front.messages())
		time.Sleep(time.Hour)
		if got := len(front.messages()); got != before {
			t.Errorf("%d messages, then %d", before, got)
		}
	})
}

func TestHammer(t *testing.T) {
	codec, err := wire.NewCodec("", "")
	if err != nil {
		t.Fatal(err)
	}
	front := &page{t: t, codec: codec, start: time.Now()}
	p := iopub.New(codec, "s", "k", front.send, nil)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			a := parent(fmt.Sprint(g % 4))
			for i := range 200 {
				p.Status(a, "busy")
				p.Stream(a, "stdout", fmt.Sprint(g, ".", i, " "))
				switch i % 5 {
				case 0:
					p.Flush(context.Background(), a)
				case 1:
					p.Discard(a, "hammered")
				case 2:
					p.Clear(a, false)
				case 3:
					p.SetOutputLimit(int64(1000 * i))
				}
				p.Status(a, "idle")
			}
		})
	}
	wg.Wait()
	p.Close()
	n := 0
	for _, m := range front.messages() {
		if m.Header.MsgType == "status" {
			n++
		}
	}
	if n != 8*200*2 {
		t.Errorf("%d status messages", n)
	}
}
