package transport_test

// This file defines the tests under load, and the benchmarks.

import (
	"fmt"
	"io"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"gilkernel/kernel/transport"
)

// Many clients come, ask, and go, in any manner, while others send to them and all is closed at last.
func TestHammerRouter(t *testing.T) {
	r := router(t, nil)
	var server sync.WaitGroup
	for range 3 {
		server.Go(func() { // until Close
			for {
				m, err := r.Recv()
				if err == io.EOF {
					return
				}
				_ = r.Send(m) // the client may have gone
			}
		})
	}
	var clients sync.WaitGroup
	for c := range 8 {
		clients.Go(func() {
			for i := range 10 {
				id := ""
				if c%2 == 0 {
					id = "twin" // contended
				}
				d, err := transport.DialDealer(within(t), r.Addr(), id, nil)
				if err != nil {
					t.Error(err)
					return
				}
				for k := range 20 {
					want := fmt.Sprintf("%d-%d-%d", c, i, k)
					if d.Send(msg(want)) != nil {
						break
					}
					if k%5 == 4 && i%3 == 0 {
						break // leave without waiting for the answer
					}
					m, err := d.Recv()
					if err != nil {
						break
					}
					// A twin may get its twin's answer, as both have one name.
					if id == "" && string(m[0]) != want {
						t.Errorf("got %q, want %q", m[0], want)
					}
				}
				d.Close()
			}
		})
	}
	for range 5 { // and some who break in the middle
		dialAs(t, r.Addr(), "DEALER", "twin").write(frame("x", false))
	}
	clients.Wait()
	var closers sync.WaitGroup
	for range 3 {
		closers.Go(func() { r.Close() })
	}
	closers.Wait()
	server.Wait()
}

// Each subscriber receives all messages after its subscription in one order, whichever other peers connect and
// disconnect.
func TestHammerPublisher(t *testing.T) {
	noGoroutines(t)
	const n = 2000
	welcome := make(chan struct{}, 100)
	p, err := transport.ListenPublisher("tcp://127.0.0.1:0", func([]byte) [][]byte {
		welcome <- struct{}{}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var readers, passers sync.WaitGroup
	for range 4 {
		s, err := transport.DialSubscriber(within(t), p.Addr(), "", nil)
		if err != nil {
			t.Fatal(err)
		}
		<-welcome
		readers.Go(func() {
			defer s.Close()
			for i := range n {
				if m, err := s.Recv(); err != nil || string(m[1]) != strconv.Itoa(i) {
					t.Errorf("message %d: %q, %v", i, m, err)
					return
				}
			}
		})
	}
	for range 3 {
		passers.Go(func() {
			for range 10 {
				s, err := transport.DialSubscriber(within(t), p.Addr(), "t", nil)
				if err != nil {
					t.Error(err)
					return
				}
				s.Close()
			}
		})
	}
	for i := range n {
		if err := p.Send(msg("t", strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	readers.Wait()
	passers.Wait()
	p.Close()
}

func BenchmarkRoundTrip(b *testing.B) {
	for _, size := range []int{1 << 10, 1 << 20} {
		for name, ep := range endpoints(b) {
			b.Run(fmt.Sprintf("%s-%d", name, size), func(b *testing.B) {
				r, err := transport.ListenRouter(ep, nil)
				if err != nil {
					b.Fatal(err)
				}
				defer r.Close()
				d, err := transport.DialDealer(within(b), r.Addr(), "", nil)
				if err != nil {
					b.Fatal(err)
				}
				defer d.Close()
				go func() {
					for {
						m, err := r.Recv()
						if err != nil {
							return
						}
						r.Send(m)
					}
				}()
				m := [][]byte{[]byte("<IDS|MSG>"), make([]byte, 64), make([]byte, 200), make([]byte, 200), {},
					make([]byte, size)}
				b.SetBytes(2 * int64(size))
				b.ReportAllocs()
				for b.Loop() {
					d.Send(m)
					if _, err := d.Recv(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkPublish(b *testing.B) {
	subscribed := make(chan struct{})
	p, err := transport.ListenPublisher("tcp://127.0.0.1:0", func([]byte) [][]byte {
		subscribed <- struct{}{}
		return nil
	}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	s, err := transport.DialSubscriber(within(b), p.Addr(), "", nil)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	<-subscribed
	m := [][]byte{[]byte("stream.stdout"), []byte("<IDS|MSG>"), make([]byte, 64), make([]byte, 200), make([]byte, 200),
		{}, make([]byte, 100)}
	b.ReportAllocs()
	for b.Loop() {
		p.Send(m)
		if _, err := s.Recv(); err != nil {
			b.Fatal(err)
		}
	}
}

// What a connection costs that has nothing to say.
func BenchmarkIdleConnection(b *testing.B) {
	const n = 500
	r, err := transport.ListenRouter("tcp://127.0.0.1:0", &transport.Options{Linger: -1, MaxPeers: 1 << 20})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	usage := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	for b.Loop() {
		before := usage()
		var peers []raw
		for range n {
			p := dialAs(b, r.Addr(), "DEALER", "")
			peers = append(peers, p)
			p.write(frame("x", true))
			if _, err := r.Recv(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric((float64(usage())-float64(before))/n, "B/connection")
		for _, p := range peers {
			p.Close()
		}
	}
}
