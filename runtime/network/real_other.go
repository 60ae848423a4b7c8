//go:build !unix

package network

import (
	"net/netip"
	"syscall"
	"time"

	"gilkernel/runtime/machine"
)

// This file defines the network of computers whose sockets aren't known here: there is none.

type realNetwork struct{}

func newReal(*machine.Machine) Network { return realNetwork{} }

// Open implements Network.
func (realNetwork) Open(*machine.Thread, int, int) (Endpoint, error) { return nil, syscall.ENOSYS }

// Pair implements Network.
func (realNetwork) Pair(*machine.Thread, int) (a, b Endpoint, err error) {
	return nil, nil, syscall.ENOSYS
}

// Lookup implements Network.
func (realNetwork) Lookup(_ *machine.Thread, host string, family int) ([]netip.Addr, error) {
	if a, ok, err := literal(host, family); ok || err != nil {
		return []netip.Addr{a}, err
	}
	return nil, noName(host)
}

// Wait implements Network.
func (realNetwork) Wait(*machine.Thread, []Interest, time.Duration, func() bool) []Events {
	return nil
}

// Nudge implements Network.
func (realNetwork) Nudge(*machine.Thread, Endpoint) {}

// Hostname implements Network.
func (realNetwork) Hostname() string { return "localhost" }

// Occupant implements Network.
func (realNetwork) Occupant(*machine.Thread, int, netip.AddrPort) string { return "" }

// Adopt implements Network.
func (realNetwork) Adopt(*machine.Thread, Shared, int, int) (Endpoint, error) {
	return nil, syscall.ENOSYS
}

// Forget implements Network.
func (realNetwork) Forget(*machine.Thread, machine.Interpreter) {}
