package transport

// This file defines the XPUB socket: what is sent goes to all peers that subscribed to its topic.

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// Publisher is a listening XPUB socket (RFC 29). All methods may be called concurrently.
type Publisher struct {
	*binding
	welcome func(topic []byte) [][]byte

	mu     sync.Mutex // protects the fields below, and is held while a message is given to all peers
	topics map[*peer]map[string]struct{}
}

// ListenPublisher binds an XPUB socket. welcome, which may be nil, is called for each message that subscribes, of each
// peer, even when the peer or another one had subscribed to that topic before. What it returns, nil for nothing, is
// sent to that peer alone; the subscription holds by then. A peer that has subscribed more than twice Options.MaxTopics
// times is no longer welcomed: a flood of subscriptions, which need no key, costs the others nothing. welcome is called
// by the peer's goroutine, so concurrently for different peers.
func ListenPublisher(endpoint string, welcome func(topic []byte) [][]byte, o *Options) (*Publisher, error) {
	b, err := bind(endpoint, zmq4.XPub, o)
	if err != nil {
		return nil, err
	}
	if welcome == nil {
		welcome = func([]byte) [][]byte { return nil }
	}
	p := &Publisher{binding: b, welcome: welcome, topics: make(map[*peer]map[string]struct{})}
	b.start((*publisherHandler)(p))
	return p, nil
}

// Send sends frames to each peer with a subscription that is a prefix of frames[0]. All peers get
// messages in one order. It doesn't wait: what the network doesn't take at once is queued for each
// peer apart, and a peer with too long a queue is disconnected; nothing is ever dropped silently from
// the middle. The frames must not change afterwards. The error is ErrNoFrames or ErrClosed; having no
// subscriber is none.
func (p *Publisher) Send(frames [][]byte) error { return p.SendAll([][][]byte{frames}) }

// SendAll is Send of several messages, which costs little more than of one if they are small.
func (p *Publisher) SendAll(messages [][][]byte) error {
	for _, frames := range messages {
		if len(frames) == 0 {
			return ErrNoFrames
		}
	}
	select {
	case <-p.done:
		return ErrClosed
	default:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for peer, topics := range p.topics {
		var wanted [][][]byte
		for _, frames := range messages {
			if subscribed(topics, frames[0]) {
				wanted = append(wanted, frames)
			}
		}
		if wanted != nil {
			_ = peer.send(wanted...) // a peer that fails closes itself, and its goroutine logs why
		}
	}
	return nil
}

// Close refuses new peers, gives the present ones up to Options.Linger to take what was sent, and
// returns when no goroutine of the socket is left. A second call does nothing.
func (p *Publisher) Close() error { return p.close() }

// subscribed reports whether topic begins with one of topics. Jupyter's clients subscribe to "".
func subscribed(topics map[string]struct{}, topic []byte) bool {
	if _, all := topics[""]; all {
		return true
	}
	for t := range topics {
		if bytes.HasPrefix(topic, []byte(t)) {
			return true
		}
	}
	return false
}

// publisherHandler hides the handler's methods from Publisher's API.
type publisherHandler Publisher

// joined registers p without subscriptions. A peer of ZMTP 3.1 may send them as commands.
func (h *publisherHandler) joined(p *peer) error {
	p.onCommand = func(name string, body []byte) error {
		switch name {
		case zmq4.CmdSubscribe:
			return h.subscribe(p, body)
		case zmq4.CmdCancel:
			h.unsubscribe(p, body)
		}
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.topics[p] = make(map[string]struct{})
	return nil
}

// received handles subscriptions: one frame, 1 or 0 and the topic. Anything else is ignored: XPUB allows upstream
// messages, which have no use here.
func (h *publisherHandler) received(p *peer, frames [][]byte) error {
	if len(frames) != 1 || len(frames[0]) == 0 {
		return nil
	}
	switch topic := frames[0][1:]; frames[0][0] {
	case 1:
		return h.subscribe(p, topic)
	case 0:
		h.unsubscribe(p, topic)
	}
	return nil
}

func (h *publisherHandler) subscribe(p *peer, topic []byte) error {
	if len(topic) > maxCommand {
		return fmt.Errorf("%w: a topic of %d bytes", errProtocol, len(topic))
	}
	h.mu.Lock()
	topics := h.topics[p]
	topics[string(topic)] = struct{}{}
	n := len(topics)
	h.mu.Unlock()
	if n > h.opt.MaxTopics {
		return fmt.Errorf("%w: more than %d subscriptions", errProtocol, h.opt.MaxTopics)
	}
	if p.welcomes++; p.welcomes > 2*h.opt.MaxTopics {
		return nil
	}
	if frames := h.welcome(topic); frames != nil {
		_ = p.send(frames) // a peer that fails closes itself, and its goroutine logs why
	}
	return nil
}

func (h *publisherHandler) unsubscribe(p *peer, topic []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.topics[p], string(topic))
}

func (h *publisherHandler) left(p *peer) {
	h.mu.Lock()
	delete(h.topics, p)
	h.mu.Unlock()
	if n := p.lost(); n > 0 && h.opt.Slow != nil {
		h.opt.Slow(n)
	}
}
