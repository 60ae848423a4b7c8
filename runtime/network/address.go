package network

// This file defines addresses and the numbers of families, kinds and options, which are the operating system's.

import (
	"net/netip"
	"syscall"
)

// The numbers, under the names that C, Python and package syscall give them.
const (
	AF_UNIX      = syscall.AF_UNIX
	AF_INET      = syscall.AF_INET
	AF_INET6     = syscall.AF_INET6
	SOCK_STREAM  = syscall.SOCK_STREAM
	SOCK_DGRAM   = syscall.SOCK_DGRAM
	SOL_SOCKET   = syscall.SOL_SOCKET
	SO_REUSEADDR = syscall.SO_REUSEADDR
	SO_KEEPALIVE = syscall.SO_KEEPALIVE
	SO_BROADCAST = syscall.SO_BROADCAST
	SO_SNDBUF    = syscall.SO_SNDBUF
	SO_RCVBUF    = syscall.SO_RCVBUF
	SO_LINGER    = syscall.SO_LINGER
	IPPROTO_TCP  = syscall.IPPROTO_TCP
	IPPROTO_UDP  = syscall.IPPROTO_UDP
	TCP_NODELAY  = syscall.TCP_NODELAY
	SHUT_RD      = syscall.SHUT_RD
	SHUT_WR      = syscall.SHUT_WR
	SHUT_RDWR    = syscall.SHUT_RDWR
	SOMAXCONN    = syscall.SOMAXCONN
	noNameCode   = -2 // EAI_NONAME
	noFamilyCode = -9 // EAI_ADDRFAMILY
)

// literal returns the address that a host is without a search: a number, or the words that Python has for all and for
// broadcast.
func literal(host string, family int) (a netip.Addr, ok bool, err error) {
	switch {
	case host == "" && family == AF_INET6:
		return netip.IPv6Unspecified(), true, nil
	case host == "":
		return netip.IPv4Unspecified(), true, nil
	case host == "<broadcast>":
		return netip.AddrFrom4([4]byte{255, 255, 255, 255}), true, nil
	}
	a, perr := netip.ParseAddr(host)
	if perr != nil {
		return a, false, nil
	}
	a = a.Unmap()
	if a.Is4() != (family != AF_INET6) {
		return a, false, &LookupError{host, noFamilyCode, "Address family for hostname not supported"}
	}
	return a, true, nil
}

func noName(host string) error {
	return &LookupError{host, noNameCode, "Name or service not known"}
}
