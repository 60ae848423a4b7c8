package main

// This file defines a websocket as a client needs it: RFC 6455, text messages, no extensions.

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// A websocket carries messages. One goroutine may read and another write at the same time.
type websocket struct {
	conn net.Conn
	r    *bufio.Reader
}

// The opcodes of frames.
const (
	opContinue = 0x0
	opText     = 0x1
	opBinary   = 0x2
	opClose    = 0x8
	opPing     = 0x9
	opPong     = 0xa
)

// maxMessage is how large a message may be in bytes.
const maxMessage = 64 << 20

// dial opens a websocket of a server at http://HOST with a token of Jupyter's.
func dial(ctx context.Context, server, path, token string) (*websocket, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return nil, err
	}
	w := &websocket{conn, bufio.NewReader(conn)}
	var key [16]byte
	_, _ = rand.Read(key[:]) // it never fails
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nAuthorization: token %s\r\n\r\n", path, u.Host,
		base64.StdEncoding.EncodeToString(key[:]), token)
	res, err := http.ReadResponse(w.r, nil)
	if err != nil {
		conn.Close()
		return nil, err
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		conn.Close()
		return nil, fmt.Errorf("opening a websocket: %s", res.Status)
	}
	return w, nil
}

// close ends the connection.
func (w *websocket) close() { w.conn.Close() }

// write sends a text message.
func (w *websocket) write(text []byte) error { return w.frame(opText, text) }

// frame sends a frame; those of clients are masked.
func (w *websocket) frame(op byte, data []byte) error {
	b := []byte{0x80 | op}
	switch n := len(data); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	var mask [4]byte
	_, _ = rand.Read(mask[:])
	b = append(b, mask[:]...)
	for i, c := range data {
		b = append(b, c^mask[i%4])
	}
	_, err := w.conn.Write(b)
	return err
}

// read returns the next message, and answers pings on the way.
func (w *websocket) read(until time.Time) ([]byte, error) {
	if err := w.conn.SetReadDeadline(until); err != nil {
		return nil, err
	}
	var message []byte
	for {
		var head [2]byte
		if _, err := io.ReadFull(w.r, head[:]); err != nil {
			return nil, err
		}
		size := uint64(head[1] & 0x7f)
		if size >= 126 {
			long := make([]byte, map[uint64]int{126: 2, 127: 8}[size])
			if _, err := io.ReadFull(w.r, long); err != nil {
				return nil, err
			}
			size = 0
			for _, c := range long {
				size = size<<8 | uint64(c)
			}
		}
		if head[1]&0x80 != 0 || size > maxMessage {
			return nil, errors.New("a frame that no server should send")
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(w.r, data); err != nil {
			return nil, err
		}
		switch head[0] & 0x0f {
		case opContinue, opText, opBinary:
			if message = append(message, data...); head[0]&0x80 != 0 {
				return message, nil
			}
		case opPing:
			if err := w.frame(opPong, data); err != nil {
				return nil, err
			}
		case opClose:
			return nil, fmt.Errorf("the server has closed the websocket: %q", data)
		}
	}
}
