package server_test

// This file defines a front end for tests: raw messages on the real sockets of a kernel in this
// process.

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"gilkernel/kernel/connection"
	"gilkernel/kernel/kerneltest"
	"gilkernel/kernel/server"
	"gilkernel/kernel/transport"
	"gilkernel/kernel/wire"
)

// patience is how long a test waits for what must come. It is no measurement: it only ends a test
// that would hang.
const patience = 5 * time.Minute

func TestMain(m *testing.M) { kerneltest.Main(m, roles()) }

// A kernel is a kernel under test.
type kernel struct {
	t    testing.TB
	info connection.Info
	stop context.CancelFunc
	done chan struct{} // closed when Serve has returned
	err  error         // what it returned
}

// start serves a kernel until the test ends.
func start(t testing.TB, o *server.Options) *kernel {
	t.Helper()
	return startAt(t, connection.Info{Transport: "tcp", IP: "127.0.0.1", Key: "secret", SignatureScheme: "hmac-sha256"},
		o)
}

func startAt(t testing.TB, info connection.Info, o *server.Options) *kernel {
	t.Helper()
	k, err := tryStart(t, info, o)
	if err != nil {
		t.Fatalf("the kernel did not start: %v", err)
	}
	return k
}

// tryStart returns what Serve returned if the kernel did not start.
func tryStart(t testing.TB, info connection.Info, o *server.Options) (*kernel, error) {
	t.Helper()
	opts := server.Options{}
	if o != nil {
		opts = *o
	}
	bound := make(chan connection.Info, 1)
	opts.Bound = func(i connection.Info) { bound <- i }
	if opts.Logf == nil {
		var mu sync.Mutex
		ended := false
		t.Cleanup(func() { mu.Lock(); ended = true; mu.Unlock() })
		opts.Logf = func(format string, args ...any) {
			mu.Lock()
			defer mu.Unlock()
			if !ended {
				t.Logf("kernel: "+format, args...)
			}
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	k := &kernel{t: t, stop: stop, done: make(chan struct{})}
	go func() { // ends with Serve, which the clean-up stops and waits for
		k.err = server.Serve(ctx, info, &opts)
		close(k.done)
	}()
	t.Cleanup(k.close)
	select {
	case k.info = <-bound:
	case <-k.done:
		return nil, k.err
	}
	return k, nil
}

func (k *kernel) close() {
	k.stop()
	k.wait()
}

// wait waits for the end of the kernel.
func (k *kernel) wait() {
	select {
	case <-k.done:
	case <-time.After(patience):
		k.t.Error("the kernel does not end")
	}
}

// A message is one that a client has received.
type message struct {
	*wire.Message
	channel string
	at      int // its place among all that this client has received
}

func (m message) String() string {
	return fmt.Sprintf("%s %s %s", m.channel, m.Header.MsgType, m.Content)
}

// parent returns the msg_id of the parent, "" for none.
func (m message) parent() string {
	var h struct {
		MsgID string `json:"msg_id"`
	}
	json.Unmarshal(m.ParentHeader, &h)
	return h.MsgID
}

// state returns the execution_state of a status.
func (m message) state() string {
	var c struct {
		State string `json:"execution_state"`
	}
	if m.Header.MsgType == "status" {
		json.Unmarshal(m.Content, &c)
	}
	return c.State
}

// field returns a field of the content.
func (m message) field(name string) any {
	var c map[string]any
	json.Unmarshal(m.Content, &c)
	return c[name]
}

// A client is a front end with all sockets. What it receives is kept in one list.
type client struct {
	t       testing.TB
	codec   *wire.Codec
	session string
	dealers map[string]*transport.Dealer
	iopub   *transport.Subscriber
	readers sync.WaitGroup

	mu      sync.Mutex // protects the fields below
	all     []message
	arrived chan struct{} // closed and replaced when something has arrived
	lost    []error
}

func (k *kernel) client() *client {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	codec, err := wire.NewCodec(k.info.SignatureScheme, k.info.Key)
	if err != nil {
		k.t.Fatal(err)
	}
	c := &client{t: k.t, codec: codec, session: wire.NewSession(), dealers: map[string]*transport.Dealer{},
		arrived: make(chan struct{})}
	if c.iopub, err = transport.DialSubscriber(ctx, k.info.Endpoint(connection.IOPub), "", nil); err != nil {
		k.t.Fatal(err)
	}
	c.read("iopub", c.iopub.Recv)
	for _, ch := range []connection.Channel{connection.Shell, connection.Control, connection.Stdin} {
		d, err := transport.DialDealer(ctx, k.info.Endpoint(ch), c.session, nil)
		if err != nil {
			k.t.Fatal(err)
		}
		c.dealers[string(ch)] = d
		c.read(string(ch), d.Recv)
	}
	k.t.Cleanup(c.close)
	c.await("iopub_welcome", func(m message) bool { return m.Header.MsgType == "iopub_welcome" })
	return c
}

func (c *client) close() {
	c.iopub.Close()
	for _, d := range c.dealers {
		d.Close()
	}
	c.readers.Wait()
}

// read keeps what recv returns until its socket is closed.
func (c *client) read(channel string, recv func() ([][]byte, error)) {
	c.readers.Go(func() {
		for {
			frames, err := recv()
			if err != nil {
				return
			}
			m, err := c.codec.Decode(frames)
			c.mu.Lock()
			if err != nil {
				c.lost = append(c.lost, fmt.Errorf("%s: %q: %w", channel, frames, err))
			} else {
				c.all = append(c.all, message{m, channel, len(c.all)})
			}
			close(c.arrived)
			c.arrived = make(chan struct{})
			c.mu.Unlock()
		}
	})
}

// messages returns what was received so far and a channel that is closed when there is more.
func (c *client) messages() ([]message, chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, err := range c.lost {
		c.t.Error(err)
	}
	c.lost = nil
	return c.all, c.arrived
}

// await returns the first message that ok accepts, received in the past or the future.
func (c *client) await(what string, ok func(message) bool) message {
	c.t.Helper()
	timeout := time.After(patience)
	for seen := 0; ; {
		all, arrived := c.messages()
		for ; seen < len(all); seen++ {
			if ok(all[seen]) {
				return all[seen]
			}
		}
		select {
		case <-arrived:
		case <-timeout:
			c.t.Fatalf("waited in vain for %s; received:\n%v", what, all)
		}
	}
}

// send sends a request and returns its msg_id.
func (c *client) send(channel, msgType string, content any) string {
	c.t.Helper()
	h := wire.NewHeader(msgType, c.session, "tester")
	c.sendMessage(channel, &wire.Message{Header: h, Content: raw(c.t, content)})
	return h.MsgID
}

func (c *client) sendMessage(channel string, m *wire.Message) {
	c.t.Helper()
	frames, err := c.codec.Encode(m)
	if err == nil {
		err = c.dealers[channel].Send(frames)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// raw returns content as JSON; a string is taken as it is.
func raw(t testing.TB, content any) json.RawMessage {
	t.Helper()
	if s, ok := content.(string); ok {
		return json.RawMessage(s)
	}
	b, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// forget drops what was received.
func (c *client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = nil
}

// reply waits for the reply to a request.
func (c *client) reply(id string) message {
	c.t.Helper()
	return c.await("the reply to "+id, func(m message) bool {
		return m.parent() == id && (m.channel == "shell" || m.channel == "control")
	})
}

// idle waits until a request is done, and returns all of its iopub messages without the statuses.
func (c *client) idle(id string) []message {
	c.t.Helper()
	end := c.await("idle of "+id, func(m message) bool { return m.parent() == id && m.state() == "idle" })
	all, _ := c.messages()
	var out []message
	for _, m := range all[:end.at] {
		if m.channel == "iopub" && m.parent() == id && m.state() == "" {
			out = append(out, m)
		}
	}
	return out
}

// ask sends a request and waits for its reply and its end.
func (c *client) ask(channel, msgType string, content any) message {
	c.t.Helper()
	id := c.send(channel, msgType, content)
	r := c.reply(id)
	c.idle(id)
	return r
}

// execute runs a cell to its end and returns the reply and the outputs.
func (c *client) execute(code string) (message, []message) {
	c.t.Helper()
	id := c.send("shell", "execute_request", map[string]any{"code": code})
	r := c.reply(id)
	return r, c.idle(id)
}

// text returns what a cell has printed.
func text(out []message, name string) string {
	s := ""
	for _, m := range out {
		if m.Header.MsgType == "stream" && m.field("name") == name {
			s += m.field("text").(string)
		}
	}
	return s
}
