package socket

// This file defines what timelines say of connections.

import (
	"fmt"
	"net/netip"
	"strconv"
	"unicode/utf8"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// flow is which connection a socket is an end of.
type flow struct {
	client, server netip.AddrPort
	toServer       bool
}

// record adds an event of the connection: bytes that were sent or received, or nil.
func (f *flow) record(t *machine.Thread, kind timeline.Kind, data []byte, n int) {
	if f == nil || !t.Recording() {
		return
	}
	e := timeline.Flow{Client: f.client.String(), Server: f.server.String(), ByClient: f.toServer}
	if kind == timeline.Write || kind == timeline.Read {
		e.Text = excerpt(data)
	}
	t.Record(kind, nil, t.ObjectName(e.String()), int32(min(n, 1<<31-1)))
}

// excerpt returns the beginning of data as it is shown: text as text, other bytes by their number.
func excerpt(data []byte) string {
	const most = 24
	if len(data) == 0 {
		return "nothing"
	}
	head := data
	if len(head) > most {
		for head = head[:most]; len(head) > 0 && !utf8.RuneStart(data[len(head)]); head = head[:len(head)-1] {
		}
	}
	if !utf8.Valid(head) {
		return fmt.Sprintf("%d bytes", len(data))
	}
	for _, r := range string(head) {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return fmt.Sprintf("%d bytes", len(data))
		}
	}
	s := strconv.Quote(string(head))
	if len(head) < len(data) {
		s = s[:len(s)-1] + `…"`
	}
	return s
}
