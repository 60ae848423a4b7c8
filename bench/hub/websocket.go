package main

// This file defines the websocket of a kernel, as Jupyter's server has it.

import (
	"context"
	"fmt"
	"net/http"

	ws "github.com/coder/websocket"
)

// maxMessage is how large a message may be in bytes.
const maxMessage = 64 << 20

// A websocket carries messages. One goroutine may read and another write at the same time.
type websocket struct{ conn *ws.Conn }

// dial opens a websocket of a server at http://HOST with a token of Jupyter's.
func dial(ctx context.Context, server, path, token string) (*websocket, error) {
	conn, _, err := ws.Dial(ctx, server+path, &ws.DialOptions{
		HTTPHeader: http.Header{"Authorization": {"token " + token}}})
	if err != nil {
		return nil, fmt.Errorf("opening a websocket: %w", err)
	}
	conn.SetReadLimit(maxMessage)
	return &websocket{conn}, nil
}

// close ends the connection.
func (w *websocket) close() { _ = w.conn.CloseNow() } // nothing more is wanted of it

// write sends a text message.
func (w *websocket) write(ctx context.Context, text []byte) error {
	return w.conn.Write(ctx, ws.MessageText, text)
}

// read returns the next message.
func (w *websocket) read(ctx context.Context) ([]byte, error) {
	_, text, err := w.conn.Read(ctx)
	return text, err
}
