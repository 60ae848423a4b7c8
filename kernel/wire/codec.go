package wire

// This file defines the codec: messages to signed frames, frames to verified messages.

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"sync"
	"unicode/utf8"
)

// MaxHeader is the size in bytes of the largest header that Decode accepts. A header is repeated in
// every message that answers it, so a huge one would be multiplied by all the output of a cell.
const MaxHeader = 64 << 10

// Codec encodes and decodes the messages of one connection key. All sockets of a kernel should share
// one, so that a message that was seen on one channel can't be replayed on another. Its methods may
// be called concurrently.
type Codec struct {
	signers *sync.Pool // of hash.Hash, keyed; nil when the key is empty

	mu   sync.Mutex // protects the fields below
	seen history
}

// NewCodec returns a codec that signs with scheme, which is "hmac-" with a hash of Python's hashlib
// ("" is hmac-sha256), and key. With an empty key messages are neither signed nor verified. The error
// is about an unknown scheme.
func NewCodec(scheme, key string) (*Codec, error) {
	newHash, err := hashFor(scheme)
	if err != nil {
		return nil, err
	}
	c := new(Codec)
	if key != "" {
		c.signers = &sync.Pool{New: func() any { return hmac.New(newHash, []byte(key)) }}
	}
	return c, nil
}

// Encode returns m as frames, identities first. The frames share memory with m; the sender must be done before
// m is changed. Dictionaries that are nil are sent as {}; others are sent as they are, unchecked: marshalling is up to
// the caller and happens once, because the signature is over the very bytes that are sent. The error is about a header
// that can't be marshalled, which is never.
func (c *Codec) Encode(m *Message) ([][]byte, error) {
	header := []byte(m.RawHeader)
	if header == nil {
		var err error
		if header, err = json.Marshal(m.Header); err != nil {
			return nil, fmt.Errorf("marshalling header: %w", err)
		}
	}
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, []byte(Delimiter), nil,
		header, dict(m.ParentHeader), dict(m.Metadata), dict(m.Content))
	signed := frames[len(m.Identities)+2:]
	frames[len(m.Identities)+1] = c.sign(signed)
	return append(frames, m.Buffers...), nil
}

// Decode returns the message that frames hold. The message shares memory with the frames.
//
// With a key, a message that is unsigned, wrongly signed or signed like one of the 65,536 before it is refused. A
// refused message leaves no trace, so that a sender without the key can't displace the signatures that are remembered.
//
// When the signature is valid and the header is an object, but another dictionary or a field of the
// header is malformed, Decode returns the message without that part together with an error that is
// ErrJSON: the protocol wants even such a request framed by busy and idle. In all other cases of an
// error the message is nil.
func (c *Codec) Decode(frames [][]byte) (*Message, error) {
	at := -1
	for i, f := range frames {
		if string(f) == Delimiter {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("%w among %d", ErrNoDelimiter, len(frames))
	}
	rest := frames[at+1:]
	if len(rest) < 5 {
		return nil, fmt.Errorf("%w: %d of at least 5", ErrShort, len(rest))
	}
	signature, dicts := rest[0], rest[1:5]
	if err := c.verify(signature, dicts); err != nil {
		return nil, err
	}

	m := &Message{Identities: frames[:at:at], Buffers: rest[5:]}
	bad, err := decodeHeader(dicts[0], &m.Header)
	if err != nil {
		return nil, err
	}
	m.RawHeader = dicts[0]
	for i, part := range []struct {
		name string
		dst  *json.RawMessage
	}{{"parent_header", &m.ParentHeader}, {"metadata", &m.Metadata}, {"content", &m.Content}} {
		raw := bytes.TrimSpace(dicts[i+1])
		switch {
		case string(raw) == "null" || len(raw) == 2 && string(raw) == "{}":
			*part.dst = json.RawMessage("{}") // some clients send null for "no parent"
		case len(raw) == 0 || raw[0] != '{' || !json.Valid(raw):
			*part.dst = json.RawMessage("{}")
			if bad == nil {
				bad = fmt.Errorf("%w: %s of %s is not an object", ErrJSON, part.name, m.Header.MsgType)
			}
		default:
			*part.dst = raw
		}
	}
	return m, bad
}

// decodeHeader reads a header and refuses with err what could not be answered: it becomes the parent_header of all that
// is sent in answer, so it must be strictly valid JSON and UTF-8, which encoding/json by itself would silently repair.
// A field that is not a string is left empty and reported in bad, an error that is ErrJSON: the request can't be done,
// but its sender can be answered.
func decodeHeader(raw []byte, h *Header) (bad, err error) {
	if len(raw) > MaxHeader {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are accepted", ErrHeader, len(raw), MaxHeader)
	}
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrHeader)
	}
	if t := bytes.TrimSpace(raw); len(t) == 0 || t[0] != '{' {
		return nil, fmt.Errorf("%w: not an object", ErrHeader)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHeader, err)
	}
	for _, f := range []struct {
		name string
		dst  *string
	}{
		{"msg_type", &h.MsgType},
		{"msg_id", &h.MsgID},
		{"session", &h.Session},
		{"username", &h.Username},
		{"date", &h.Date},
		{"version", &h.Version},
	} {
		value, ok := fields[f.name]
		if ok && json.Unmarshal(value, f.dst) != nil && bad == nil {
			bad = fmt.Errorf("%w: %s of the header is not a string", ErrJSON, f.name)
		}
	}
	if h.MsgType == "" && bad == nil {
		bad = fmt.Errorf("%w: the header has no msg_type", ErrJSON)
	}
	return bad, nil
}

// sign returns the signature frame of the four dictionaries.
func (c *Codec) sign(dicts [][]byte) []byte {
	if c.signers == nil {
		return []byte{}
	}
	mac := c.signers.Get().(hash.Hash)
	mac.Reset()
	for _, d := range dicts {
		mac.Write(d)
	}
	var sum [64]byte // the longest hash
	raw := mac.Sum(sum[:0])
	c.signers.Put(mac)
	return hex.AppendEncode(make([]byte, 0, 2*len(raw)), raw)
}

// verify reports what is wrong with a signature.
func (c *Codec) verify(signature []byte, dicts [][]byte) error {
	if c.signers == nil {
		return nil
	}
	if len(signature) == 0 {
		return ErrUnsigned
	}
	if !hmac.Equal(signature, c.sign(dicts)) {
		return ErrSignature
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.seen.add(signature) {
		return ErrReplay
	}
	return nil
}

// dict returns raw, or an empty dictionary.
func dict(raw json.RawMessage) []byte {
	if len(raw) == 0 {
		return []byte("{}")
	}
	return raw
}
