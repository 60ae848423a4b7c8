package engine

// This file defines the frames of the link: four bytes of length and a JSON document.

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"gilkernel/kernel/interp/link"
)

// keptFrame is the size up to which a frame's memory is used again.
const keptFrame = 1 << 20

// encodeFrame returns req as a frame.
func encodeFrame(req link.Request) ([]byte, error) {
	doc, err := json.Marshal(req)
	if err != nil {
		return nil, fmt.Errorf("marshalling a request: %w", err)
	}
	if len(doc) > link.MaxFrame {
		return nil, fmt.Errorf("a request of %d bytes is too large: at most %d", len(doc), link.MaxFrame)
	}
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(doc)), uint32(len(doc))), doc...), nil
}

// readFrame reads a frame from r, into buf if that is large enough.
func readFrame(r io.Reader, buf []byte) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err // io.EOF between frames is the normal end
	}
	n := int(binary.BigEndian.Uint32(head[:]))
	if n > link.MaxFrame {
		return nil, fmt.Errorf("an event of %d bytes is too large: at most %d", n, link.MaxFrame)
	}
	if n > cap(buf) {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	if _, err := io.ReadFull(r, buf); err != nil {
		return nil, fmt.Errorf("reading an event of %d bytes: %w", n, err)
	}
	return buf, nil
}
