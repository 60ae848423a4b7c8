// Package client is a Jupyter client: the front end's side of a kernel's five sockets.
package client

// This file defines the connection: four sockets whose messages are handed to the request that
// caused them.
//
// The path of one request: Execute and similar methods send on shell or control (call), remembering the request by its
// msg_id; the readers (read) decode what comes in on shell, control, iopub and stdin and hand it to the request that
// its parent_header names (route); the request ends when it has both its reply and, on iopub, the status idle, after
// which nothing more comes (call).

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"gilkernel/kernel/connection"
	"gilkernel/kernel/transport"
	"gilkernel/kernel/wire"
)

// username is what our front ends call themselves in headers.
const username = "gilkernel"

// ErrClosed is returned by requests on a closed client, or when the kernel went away.
var ErrClosed = errors.New("the connection to the kernel is closed")

// A Client speaks to one kernel. Its methods may be called concurrently.
type Client struct {
	codec   *wire.Codec
	session string
	shell   *transport.Dealer
	control *transport.Dealer
	stdin   *transport.Dealer
	iopub   *transport.Subscriber
	hb      *transport.Requester
	readers sync.WaitGroup
	done    chan struct{} // closed when there is nothing more to come: by Close, or when the kernel is gone
	ended   sync.Once     // closes done

	mu      sync.Mutex // protects the fields below
	pending map[string]*request
	other   func(*wire.Message) // what belongs to no pending request
	closed  bool
}

// request is a request on its way.
type request struct {
	msgs chan *wire.Message // replies, iopub and stdin messages with this request as parent
	gone chan struct{}      // closed when the request no longer listens
}

// Connect connects to the kernel that info describes, waiting until ctx ends for it to listen.
// Close must be called.
func Connect(ctx context.Context, info *connection.Info) (*Client, error) {
	codec, err := wire.NewCodec(info.SignatureScheme, info.Key)
	if err != nil {
		return nil, err
	}
	c := &Client{codec: codec, session: wire.NewSession(), done: make(chan struct{}), pending: map[string]*request{}}
	fail := func(channel string, err error) (*Client, error) {
		c.Close()
		return nil, fmt.Errorf("connecting to the kernel's %s channel: %w", channel, err)
	}
	// iopub first: what the kernel publishes before it knows the subscription is lost.
	if c.iopub, err = transport.DialSubscriber(ctx, info.Endpoint(connection.IOPub), "", nil); err != nil {
		return fail("iopub", err)
	}
	if c.shell, err = transport.DialDealer(ctx, info.Endpoint(connection.Shell), c.session, nil); err != nil {
		return fail("shell", err)
	}
	if c.control, err = transport.DialDealer(ctx, info.Endpoint(connection.Control), c.session, nil); err != nil {
		return fail("control", err)
	}
	if c.stdin, err = transport.DialDealer(ctx, info.Endpoint(connection.Stdin), c.session, nil); err != nil {
		return fail("stdin", err)
	}
	if c.hb, err = transport.DialRequester(ctx, info.Endpoint(connection.HB), nil); err != nil {
		return fail("heartbeat", err)
	}
	recvs := []func() ([][]byte, error){c.shell.Recv, c.control.Recv, c.stdin.Recv, c.iopub.Recv}
	left := int32(len(recvs))
	for _, recv := range recvs {
		// Ends when its socket is closed, by Close or by the kernel. The last one says that nothing
		// more comes: a kernel that ends in order closes a channel while another still brings its idle.
		c.readers.Go(func() {
			c.read(recv)
			if atomic.AddInt32(&left, -1) == 0 {
				c.end()
			}
		})
	}
	return c, nil
}

// Other sets a function for the iopub messages that belong to no request in progress: what
// goroutines of earlier cells print. It is called from the reading goroutine and must not block.
func (c *Client) Other(f func(*wire.Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.other = f
}

// Close closes the sockets and waits for the readers. Requests in progress return ErrClosed. A
// second Close does nothing.
func (c *Client) Close() {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.closed = true
	c.mu.Unlock()
	c.end()
	for _, s := range []io.Closer{c.iopub, c.shell, c.control, c.stdin, c.hb} {
		closeSocket(s)
	}
	c.readers.Wait()
}

// end wakes all that wait.
func (c *Client) end() { c.ended.Do(func() { close(c.done) }) }

// closeSocket closes s unless it was never made: Close also runs when Connect failed half-way.
func closeSocket(s io.Closer) {
	switch s := s.(type) {
	case *transport.Subscriber:
		if s != nil {
			s.Close()
		}
	case *transport.Dealer:
		if s != nil {
			s.Close()
		}
	case *transport.Requester:
		if s != nil {
			s.Close()
		}
	}
}

// Heartbeat checks that the kernel is alive.
func (c *Client) Heartbeat(ctx context.Context) error { return c.hb.Ping(ctx) }

func (c *Client) read(recv func() ([][]byte, error)) {
	for {
		frames, err := recv()
		if err != nil {
			return
		}
		msg, err := c.codec.Decode(frames)
		if err != nil {
			continue // iopub_welcome's frames, and messages of strangers: unsigned ones aren't for us
		}
		c.route(msg)
	}
}

func (c *Client) route(msg *wire.Message) {
	var parent struct {
		MsgID string `json:"msg_id"`
	}
	_ = json.Unmarshal(msg.ParentHeader, &parent) // no parent: belongs to no request
	c.mu.Lock()
	r, other := c.pending[parent.MsgID], c.other
	c.mu.Unlock()
	if r == nil {
		if other != nil {
			other(msg)
		}
		return
	}
	select {
	case r.msgs <- msg: // even if another case of the select is ready
		return
	default:
	}
	select {
	case r.msgs <- msg:
	case <-r.gone:
		if other != nil {
			other(msg)
		}
	case <-c.done:
	}
}

// call sends a request and passes every message that it causes to each, until it was answered and iopub is idle again;
// it returns the reply. each may be nil. When ctx ends it stops listening.
func (c *Client) call(
	ctx context.Context, s *transport.Dealer, h wire.Header, content any, each func(*wire.Message),
) (*wire.Message, error) {
	msgType := h.MsgType
	b, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", msgType, err)
	}
	msg := &wire.Message{Header: h, Content: b}
	frames, err := c.codec.Encode(msg)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", msgType, err)
	}
	r := &request{msgs: make(chan *wire.Message, 64), gone: make(chan struct{})}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, ErrClosed
	}
	c.pending[msg.Header.MsgID] = r
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.pending, msg.Header.MsgID)
		c.mu.Unlock()
		close(r.gone)
	}()
	if err := s.Send(frames); err != nil {
		return nil, fmt.Errorf("sending %s: %w", msgType, err)
	}
	var reply *wire.Message
	idle := false
	var questions []*wire.Message // the input_requests that wait until all is shown that came before them
	var shown <-chan struct{}     // closed then; nil if there are none
	take := func(m *wire.Message) {
		switch {
		case m.Header.MsgType == "input_request":
			questions = append(questions, m)
			shown = c.published(ctx)
		case m.Header.MsgType == replyType(msgType):
			reply = m
		case m.Header.MsgType == "status":
			var st struct {
				State string `json:"execution_state"`
			}
			_ = json.Unmarshal(m.Content, &st) // a malformed status is no idle
			idle = st.State == "idle"
		case each != nil:
			each(m)
		}
	}
	for reply == nil || !idle {
		select {
		case m := <-r.msgs:
			take(m)
		case <-shown:
			if len(r.msgs) > 0 {
				continue // the closed channel is ready in the next turn too
			}
			q := questions[0]
			if questions = questions[1:]; len(questions) == 0 {
				shown = nil
			}
			if each != nil {
				each(q)
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-c.done:
			select {
			case m := <-r.msgs: // came before the end
				take(m)
			default:
				return nil, ErrClosed
			}
		}
	}
	return reply, nil
}

// publishedTimeout bounds how long a question waits for what was published before it: a kernel may not answer on
// control while a cell runs.
const publishedTimeout = 2 * time.Second

// published returns a channel that is closed when all messages have been routed that the kernel has published on iopub
// so far. Sockets are independent: what a cell printed before its question may come after it. So a kernel_info_request
// is sent, and the idle that follows on iopub comes after all that was published before.
func (c *Client) published(ctx context.Context) <-chan struct{} {
	done := make(chan struct{})
	go func() { // ends with the answer, the time-out or the client
		defer close(done)
		ctx, cancel := context.WithTimeout(ctx, publishedTimeout)
		defer cancel()
		// no answer: the question can't wait longer
		_ = c.ask(ctx, c.control, "kernel_info_request", struct{}{}, &struct{}{})
	}()
	return done
}

func replyType(msgType string) string {
	const suffix = "_request"
	return msgType[:len(msgType)-len(suffix)] + "_reply"
}

// ask is call for requests whose reply is all that matters: it decodes the reply's content.
func (c *Client) ask(ctx context.Context, s *transport.Dealer, msgType string, content, reply any) error {
	m, err := c.call(ctx, s, wire.NewHeader(msgType, c.session, username), content, nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(m.Content, reply); err != nil {
		return fmt.Errorf("decoding %s: %w", m.Header.MsgType, err)
	}
	return nil
}
