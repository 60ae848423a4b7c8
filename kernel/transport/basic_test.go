package transport_test

// This file defines the tests of well-behaved peers.

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"testing"
	"time"

	"gilkernel/kernel/transport"
)

func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func msg(s ...string) [][]byte {
	var m [][]byte
	for _, f := range s {
		m = append(m, []byte(f))
	}
	return m
}

func equal(a, b [][]byte) bool {
	return len(a) == len(b) && bytes.Equal(bytes.Join(a, []byte{0, 255, 0}), bytes.Join(b, []byte{0, 255, 0}))
}

func endpoints(t testing.TB) map[string]string {
	return map[string]string{
		"tcp": "tcp://127.0.0.1:0",
		"ipc": "ipc://" + filepath.Join(t.TempDir(), "k") + "-1",
	}
}

func TestRouterDealer(t *testing.T) {
	for name, ep := range endpoints(t) {
		t.Run(name, func(t *testing.T) {
			r, err := transport.ListenRouter(ep, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			d, err := transport.DialDealer(within(t), r.Addr(), "me", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			for _, m := range [][][]byte{
				msg("a"), msg(""), msg("", ""), msg("a", "", "c"),
				{bytes.Repeat([]byte("x"), 255)}, {bytes.Repeat([]byte("y"), 256)},
				{bytes.Repeat([]byte("z"), 100_000), nil, bytes.Repeat([]byte("w"), 3_000_000), []byte("end")},
			} {
				if err := d.Send(m); err != nil {
					t.Fatal(err)
				}
				got, err := r.Recv()
				if err != nil {
					t.Fatal(err)
				}
				if string(got[0]) != "me" || !equal(got[1:], m) {
					t.Fatalf("got %.100q, want %.100q", got, m)
				}
				if err := r.Send(got); err != nil {
					t.Fatal(err)
				}
				back, err := d.Recv()
				if err != nil || !equal(back, m) {
					t.Fatalf("got %.100q, %v, want %.100q", back, err, m)
				}
			}
			if err := r.Send(msg("nobody", "x")); !errors.Is(err, transport.ErrNoPeer) {
				t.Errorf("Send to nobody: %v", err)
			}
			r.Close()
			if _, err := r.Recv(); err != io.EOF {
				t.Errorf("Recv after Close: %v", err)
			}
			if _, err := d.Recv(); err != io.EOF {
				t.Errorf("the peer's Recv after Close: %v", err)
			}
		})
	}
}

func TestPublisherSubscriber(t *testing.T) {
	for name, ep := range endpoints(t) {
		t.Run(name, func(t *testing.T) {
			var p *transport.Publisher
			subscribed := make(chan string, 10)
			p, err := transport.ListenPublisher(ep, func(topic []byte) [][]byte {
				subscribed <- string(topic)
				return nil
			}, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			all, err := transport.DialSubscriber(within(t), p.Addr(), "", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer all.Close()
			if s := <-subscribed; s != "" {
				t.Errorf("topic %q", s)
			}
			some, err := transport.DialSubscriber(within(t), p.Addr(), "ab", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer some.Close()
			if s := <-subscribed; s != "ab" {
				t.Errorf("topic %q", s)
			}
			for _, m := range [][][]byte{msg("a", "1"), msg("ab", "2"), msg("abc", "3"), msg("b", "4")} {
				if err := p.Send(m); err != nil {
					t.Fatal(err)
				}
			}
			for _, want := range []string{"1", "2", "3", "4"} {
				if m, err := all.Recv(); err != nil || string(m[1]) != want {
					t.Errorf("all: %q, %v, want %s", m, err, want)
				}
			}
			for _, want := range []string{"2", "3"} {
				if m, err := some.Recv(); err != nil || string(m[1]) != want {
					t.Errorf("some: %q, %v, want %s", m, err, want)
				}
			}
		})
	}
}

func TestEcho(t *testing.T) {
	for name, ep := range endpoints(t) {
		t.Run(name, func(t *testing.T) {
			e, err := transport.ListenEcho(ep, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			r, err := transport.DialRequester(within(t), e.Addr(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for range 3 {
				if err := r.Ping(within(t)); err != nil {
					t.Fatal(err)
				}
			}
			e.Close()
			if err := r.Ping(within(t)); !errors.Is(err, transport.ErrClosed) {
				t.Errorf("Ping after Close: %v", err)
			}
		})
	}
}
