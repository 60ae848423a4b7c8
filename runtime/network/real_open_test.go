//go:build linux

package network_test

import (
	"net/netip"
	"testing"

	"gilkernel/runtime/network"
)

// A listener that nothing refers to any more doesn't occupy its address; one that something refers to does.
func TestGarbageEndpoints(t *testing.T) {
	got := run(t, false, 1, func(h *host) {
		lose := func() netip.AddrPort {
			l := h.open(network.SOCK_STREAM)
			h.tell(word(l.Bind(h.t, loopback(0))), word(l.Listen(h.t, 1)))
			return l.LocalAddr(h.t)
		}
		kept := h.open(network.SOCK_STREAM)
		h.tell(word(kept.Bind(h.t, loopback(0))), word(kept.Listen(h.t, 1)))
		for range 20 {
			addr := lose()
			again := h.open(network.SOCK_STREAM)
			h.tell(word(again.Bind(h.t, addr)), word(again.Close(h.t)))
		}
		taken := h.open(network.SOCK_STREAM)
		h.tell(word(taken.Bind(h.t, kept.LocalAddr(h.t))), word(taken.Close(h.t)), word(kept.Close(h.t)))
	})
	want := "ok ok"
	for range 20 {
		want += "\nok ok\nok ok"
	}
	if want += "\nEADDRINUSE ok ok"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
