// Package wire converts Jupyter messages to ZeroMQ frames and back.
//
// A message on the wire is, frame by frame:
//
//	identities…  <IDS|MSG>  signature  header  parent_header  metadata  content  buffers…
//
// The signature is the hexadecimal HMAC of the four JSON frames as they are sent; identities and
// buffers are not signed. The source is "The wire protocol" in jupyter_client's messaging.rst.
package wire

// This file defines messages, their headers, and what identifies them.

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
)

// Delimiter separates the identities of a message from its signature.
const Delimiter = "<IDS|MSG>"

// Version is the version of the messaging protocol that NewHeader announces.
const Version = "5.5"

// Errors of Decode. Each is wrapped with what was found; test with errors.Is.
var (
	ErrNoDelimiter = errors.New("no delimiter frame")
	ErrShort       = errors.New("too few frames after the delimiter")
	ErrUnsigned    = errors.New("message is not signed")
	ErrSignature   = errors.New("signature does not match")
	ErrReplay      = errors.New("signature was seen before")
	ErrHeader      = errors.New("malformed header")
	ErrJSON        = errors.New("malformed JSON")
)

// Header identifies a message. Fields that are not here survive in Message.RawHeader.
type Header struct {
	MsgID    string `json:"msg_id"`
	MsgType  string `json:"msg_type"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"` // ISO 8601
	Version  string `json:"version"`
}

// Message is one Jupyter message. A Message has no lock: only one goroutine may change it, and none
// while it is being encoded.
type Message struct {
	Identities [][]byte // routing frames before the delimiter; on iopub the topic
	Header     Header
	// RawHeader is the header's JSON as received. A reply carries it, unchanged, as its
	// ParentHeader, because a header may have fields that this package doesn't know, such as
	// subshell_id. When it is nil, Encode marshals Header; when it isn't, Encode sends it and
	// ignores Header.
	RawHeader    json.RawMessage
	ParentHeader json.RawMessage // nil is {}
	Metadata     json.RawMessage // nil is {}
	Content      json.RawMessage // nil is {}
	Buffers      [][]byte
}

// NewHeader returns a header with a new random msg_id, the present time in UTC, and this package's
// Version. It may be called concurrently.
func NewHeader(msgType, session, username string) Header {
	return Header{
		MsgID:    uuid.NewString(),
		MsgType:  msgType,
		Session:  session,
		Username: username,
		Date:     time.Now().UTC().Format(time.RFC3339Nano),
		Version:  Version,
	}
}

// NewSession returns a new random session id. A kernel needs a new one for each start, because clients recognize a
// restarted kernel by it. It may be called concurrently.
func NewSession() string { return uuid.NewString() }
