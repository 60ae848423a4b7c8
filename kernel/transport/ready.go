package transport

// This file defines the READY command: parsed as strictly as zmq4 parses it loosely.

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// ready is how a peer describes itself (RFC 23, "The NULL security mechanism").
type ready struct {
	socketType string
	identity   string
}

// parseReady reads the properties of a READY command. The names are case-insensitive. Properties that are unknown, or
// repeated, are ignored. zmq4 would panic on a property that is cut short, on a Socket-Type it doesn't know, and on a
// missing one.
func parseReady(p []byte) (ready, error) {
	var r ready
	for len(p) > 0 {
		n := int(p[0])
		if n == 0 || len(p) < 1+n+4 {
			return ready{}, fmt.Errorf("%w: a READY that is cut short", errProtocol)
		}
		name := string(p[1 : 1+n])
		p = p[1+n:]
		size := binary.BigEndian.Uint32(p)
		p = p[4:]
		if uint64(size) > uint64(len(p)) {
			return ready{}, fmt.Errorf("%w: a READY that is cut short", errProtocol)
		}
		value := string(p[:size])
		p = p[size:]
		switch {
		case strings.EqualFold(name, "Socket-Type") && r.socketType == "":
			r.socketType = value
		case strings.EqualFold(name, "Identity") && r.identity == "":
			r.identity = value
		}
	}
	switch r.socketType {
	case "PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB":
	default:
		return ready{}, fmt.Errorf("%w: unknown socket type %q", errProtocol, clip([]byte(r.socketType)))
	}
	if len(r.identity) > 255 {
		return ready{}, fmt.Errorf("%w: an identity of %d bytes", errProtocol, len(r.identity))
	}
	return r, nil
}

// frame returns r as a whole READY command, flags and length included.
func (r ready) frame() []byte {
	b := append([]byte(nil), "\x05READY"...)
	for _, p := range [][2]string{{"Socket-Type", r.socketType}, {"Identity", r.identity}} {
		b = append(b, byte(len(p[0])))
		b = append(b, p[0]...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(p[1])))
		b = append(b, p[1]...)
	}
	if len(b) <= 255 {
		return append([]byte{flagCommand, byte(len(b))}, b...)
	}
	head := binary.BigEndian.AppendUint64([]byte{flagCommand | flagLong}, uint64(len(b)))
	return append(head, b...)
}
