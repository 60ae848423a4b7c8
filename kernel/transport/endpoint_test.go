package transport_test

// This file defines the tests of endpoints: ports, socket files, and dialling.

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/transport"
	"gilkernel/skip"
)

func TestBadEndpoints(t *testing.T) {
	for _, tt := range []struct{ endpoint, want string }{
		{"", "not of the form"},
		{"127.0.0.1:5555", "not of the form"},
		{"tcp://", "not of the form"},
		{"tcp://127.0.0.1", "no port"},
		{"udp://127.0.0.1:1", "neither tcp nor ipc"},
		{"tcp://127.0.0.1:99999", "invalid port"},
		{"ipc:///no/such/directory-1", "no such file"},
		{"ipc://" + strings.Repeat("x", 200), "path of a socket"},
	} {
		r, err := transport.ListenRouter(tt.endpoint, nil)
		if err == nil {
			r.Close()
			t.Errorf("listening on %q works", tt.endpoint)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("listening on %q: %v, want %q", tt.endpoint, err, tt.want)
		}
	}
	if _, err := transport.DialDealer(within(t), "udp://x:1", "", nil); err == nil {
		t.Error("dialling udp works")
	}
	for _, id := range []string{"\x00x", strings.Repeat("x", 256)} {
		if _, err := transport.DialDealer(within(t), "tcp://127.0.0.1:1", id, nil); err == nil ||
			!strings.Contains(err.Error(), "identity") {
			t.Errorf("identity %q: %v", id, err)
		}
	}
}

// Row 23.
func TestPorts(t *testing.T) {
	for _, tt := range []struct{ endpoint, prefix string }{
		{"tcp://127.0.0.1:0", "tcp://127.0.0.1:"},
		{"tcp://127.0.0.1:*", "tcp://127.0.0.1:"},
		{"tcp://*:0", "tcp://0.0.0.0:"},
		{"tcp://::1:0", "tcp://[::1]:"},
		{"tcp://[::1]:0", "tcp://[::1]:"},
	} {
		if ln, err := net.Listen("tcp", "[::1]:0"); err == nil {
			ln.Close()
		} else if strings.Contains(tt.endpoint, "::1") {
			continue // a machine without IPv6
		}
		r, err := transport.ListenRouter(tt.endpoint, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.HasPrefix(r.Addr(), tt.prefix) || strings.HasSuffix(r.Addr(), ":0") {
			t.Errorf("%s became %s", tt.endpoint, r.Addr())
		}
		alive(t, r)
		r.Close()
	}
}

// Row 27: a restarted kernel gets the ports of the one before, although clients are still connected.
func TestRestart(t *testing.T) {
	for name, ep := range endpoints(t) {
		t.Run(name, func(t *testing.T) {
			for range 5 {
				r, err := transport.ListenRouter(ep, nil)
				if err != nil {
					t.Fatal(err)
				}
				ep = r.Addr()
				alive(t, r)
				d, err := transport.DialDealer(within(t), ep, "stays", nil)
				if err != nil {
					t.Fatal(err)
				}
				defer d.Close()
				if _, err := transport.ListenEcho(ep, nil); !errors.Is(err, transport.ErrInUse) {
					t.Errorf("listening twice: %v", err)
				}
				alive(t, r)
				r.Close()
			}
		})
	}
}

// Row 22.
func TestSocketFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		skip.Missing(t, "Windows has no modes of files")
	}
	path := filepath.Join(t.TempDir(), "k")
	open := func() *transport.Router {
		t.Helper()
		r, err := transport.ListenRouter("ipc://"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != fs.ModeSocket|0o600 {
			t.Errorf("mode %v", info.Mode())
		}
		alive(t, r)
		return r
	}
	r := open()
	r.Close()
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is left: %v", err)
	}

	// A killed process leaves its file.
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	ln.Close()
	r = open()

	// Who took over the name keeps its file when the former owner closes.
	os.Remove(path)
	next := open()
	r.Close()
	alive(t, next)
	next.Close()

	// A file that is not a socket may belong to another program.
	if err := os.WriteFile(path, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := transport.ListenRouter("ipc://"+path, nil); !errors.Is(err, transport.ErrInUse) {
		t.Errorf("listening in place of a file: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "precious" {
		t.Errorf("the file is gone, or %q", b)
	}
}

// The socket's name is relative, as Jupyter's may be, and the working directory changes.
func TestRelativeSocketFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	r, err := transport.ListenRouter("ipc://k-1", nil)
	if err != nil {
		t.Fatal(err)
	}
	alive(t, r)
	t.Chdir(t.TempDir())
	r.Close()
	if _, err := os.Lstat(filepath.Join(dir, "k-1")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is left: %v", err)
	}
}

// Dialling waits for the other side to come, and ends with its context.
func TestDial(t *testing.T) {
	// A port that is free now may be taken by another process, or by the dialling socket itself.
	ep := "ipc://" + filepath.Join(t.TempDir(), "k-1")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := transport.DialDealer(ctx, ep, "", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("dialling nobody: %v", err)
	}
	dialled := make(chan error)
	go func() {
		d, err := transport.DialDealer(within(t), ep, "", nil)
		if err == nil {
			err = d.Close()
		}
		dialled <- err
	}()
	r, err := transport.ListenRouter(ep, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := <-dialled; err != nil {
		t.Error(err)
	}

	// One who accepts and says nothing is left when the context ends.
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	ctx, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := transport.DialRequester(ctx, "tcp://"+mute.Addr().String(), nil); !errors.Is(err,
		context.DeadlineExceeded) {
		t.Errorf("dialling a mute: %v", err)
	}
}

// An unanswered ping ends with its context, and a late answer is not taken for the next ping's.
func TestPingWithoutAnswer(t *testing.T) {
	r := router(t, nil) // a router that echoes when it is told to
	q, err := transport.DialRequester(within(t), r.Addr(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- q.Ping(ctx) }()
	late, err := r.Recv()
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("first ping: %v", err)
	}
	go func() { done <- q.Ping(within(t)) }()
	next, err := r.Recv()
	if err != nil {
		t.Fatal(err)
	}
	r.Send(late)
	r.Send(msg(string(late[0]), "", "garbage"))
	select {
	case err := <-done:
		t.Errorf("second ping ended with the first one's answer: %v", err)
	case <-time.After(10 * time.Millisecond):
	}
	r.Send(next)
	if err := <-done; err != nil {
		t.Errorf("second ping: %v", err)
	}
}
