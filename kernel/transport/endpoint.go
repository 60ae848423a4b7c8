package transport

// This file defines endpoints: how "tcp://…" and "ipc://…" are listened on and dialled.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// probeTimeout is for the check whether a process listens on an existing ipc socket.
const probeTimeout = time.Second

// splitEndpoint returns the network and address, in the words of package net. It takes what libzmq
// takes of tcp and ipc: "*" for all interfaces, and IPv6 addresses with or without brackets.
func splitEndpoint(endpoint string) (network, address string, err error) {
	scheme, rest, ok := strings.Cut(endpoint, "://")
	if !ok || rest == "" {
		return "", "", fmt.Errorf("endpoint %q is not of the form transport://address", endpoint)
	}
	switch scheme {
	case "tcp":
		i := strings.LastIndexByte(rest, ':')
		if i < 0 {
			return "", "", fmt.Errorf("endpoint %q has no port", endpoint)
		}
		host, port := strings.Trim(rest[:i], "[]"), rest[i+1:]
		if port == "*" {
			port = "0"
		}
		if host == "*" {
			host = "0.0.0.0"
		}
		network := "tcp"
		if ip, err := netip.ParseAddr(host); err == nil && ip.Is4() {
			network = "tcp4" // or else 0.0.0.0 would mean all IPv6 interfaces too
		}
		return network, net.JoinHostPort(host, port), nil
	case "ipc":
		return "unix", rest, nil
	}
	return "", "", fmt.Errorf("endpoint %q: transport %q is neither tcp nor ipc", endpoint, scheme)
}

// listen binds an endpoint. The returned string is the endpoint with its real port. release is called
// after the listener is closed; it removes the file of an ipc socket, unless another process has put
// its own there since.
func listen(endpoint string) (ln net.Listener, real string, release func(), err error) {
	network, address, err := splitEndpoint(endpoint)
	if err != nil {
		return nil, "", nil, err
	}
	if network != "unix" {
		ln, err := net.Listen(network, address) // sets SO_REUSEADDR: a restart finds its ports free
		if err != nil {
			return nil, "", nil, listenError(endpoint, err)
		}
		return ln, "tcp://" + ln.Addr().String(), func() {}, nil
	}
	ln, err = listenUnix(address)
	if errors.Is(err, syscall.EADDRINUSE) && removeStale(address) {
		ln, err = listenUnix(address)
	}
	if errors.Is(err, syscall.EINVAL) {
		err = fmt.Errorf("%d bytes are too long for the path of a socket: %w", len(address), err)
	}
	if err != nil {
		return nil, "", nil, listenError(endpoint, err)
	}
	release, err = secureSocket(address)
	if err != nil {
		ln.Close()
		return nil, "", nil, listenError(endpoint, err)
	}
	return ln, endpoint, release, nil
}

func listenError(endpoint string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("listening on %s: %w", endpoint, ErrInUse)
	}
	return fmt.Errorf("listening on %s: %w", endpoint, err)
}

// listenUnix binds a socket file that only its owner can connect to from the first moment: Linux
// takes the file's mode from the socket. Where it doesn't, secureSocket sets the mode an instant
// later. Setting the umask was rejected: it is the whole process's.
func listenUnix(path string) (net.Listener, error) {
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(restrictSocket)
	}}
	ln, err := config.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, err
	}
	ln.(*net.UnixListener).SetUnlinkOnClose(false) // release does it with more care
	return ln, nil
}

// secureSocket makes sure that a bound socket file has mode 0600.
func secureSocket(path string) (release func(), err error) {
	if strings.HasPrefix(path, "@") { // Linux's abstract names are no files
		return func() {}, nil
	}
	abs, err := filepath.Abs(path) // the working directory may change
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(abs, 0o600); err != nil {
		return nil, err
	}
	ours, err := os.Lstat(abs)
	if err != nil {
		return nil, err
	}
	return func() {
		if now, err := os.Lstat(abs); err == nil && os.SameFile(ours, now) {
			_ = os.Remove(abs)
		}
	}, nil
}

// removeStale removes a socket file on which no process listens: what a killed kernel leaves. Anything else at that
// path stays.
func removeStale(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return false
	}
	conn, err := net.DialTimeout("unix", path, probeTimeout)
	if err == nil {
		conn.Close()
		return false
	}
	return errors.Is(err, syscall.ECONNREFUSED) && os.Remove(path) == nil
}

// dial connects to an endpoint, again and again until ctx ends.
func dial(ctx context.Context, endpoint string, open func(net.Conn) error) error {
	network, address, err := splitEndpoint(endpoint)
	if err != nil {
		return err
	}
	var dialer net.Dialer
	pause := 2 * time.Millisecond
	for {
		conn, err := dialer.DialContext(ctx, network, address)
		if err == nil {
			stop := context.AfterFunc(ctx, func() { conn.Close() })
			err = open(conn)
			if stop() && err == nil {
				return nil
			}
			conn.Close()
		}
		select {
		case <-ctx.Done():
			if err == nil {
				err = ctx.Err()
			}
			return fmt.Errorf("dialling %s: %w (%w)", endpoint, err, context.Cause(ctx))
		case <-time.After(pause):
			pause = min(2*pause, 200*time.Millisecond)
		}
	}
}
