package network

// This file defines what a simulated network is like.

import (
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
)

// settings are what a simulated network is like.
type settings struct {
	latency, jitter time.Duration
	bandwidth       int64 // bytes per second; 0 is no limit
	mss             int
	loss, split     float64
	send, receive   int // buffers, bytes
	descriptors     int
	timeWait        time.Duration
}

// loopback is the default: Linux's device lo in a virtual machine.
func loopback() settings {
	return settings{latency: 15 * time.Microsecond, jitter: 5 * time.Microsecond, mss: 65483, split: 1.0 / 256,
		send: 2626560, receive: 131072, descriptors: 1 << 20, timeWait: time.Minute}
}

// An Option changes what a simulated network is like, see Configure. The zero Option changes nothing.
type Option struct {
	set func(*settings) error
}

// Configure changes what the network of the calling thread's machine is like, from now on, for connections that exist
// too:
//
//	network.Configure(network.Latency(20*time.Millisecond), network.Loss(0.01))
//
// Without options it restores the default. On a real machine, and in a plain goroutine, it does nothing: the
// same cell can run on both. It panics with a ValueError if an option makes no sense.
func Configure(opts ...Option) {
	t := machine.Current()
	if t == nil || !t.Machine().Simulated() {
		for _, o := range opts {
			must(o, &settings{})
		}
		return
	}
	n := Of(t.Machine()).(*simulated)
	n.enter(t)
	if len(opts) == 0 {
		n.o = loopback()
	}
	for _, o := range opts {
		must(o, &n.o)
	}
}

func must(o Option, s *settings) {
	if o.set == nil {
		return
	}
	if err := o.set(s); err != nil {
		panic(err)
	}
}

func duration(name string, d time.Duration, set func(*settings)) Option {
	return Option{func(s *settings) error {
		if d < 0 {
			return exceptions.Value("network.%s: %v is negative; use 0 or more", name, d)
		}
		set(s)
		return nil
	}}
}

func probability(name string, p float64, set func(*settings)) Option {
	return Option{func(s *settings) error {
		if !(p >= 0 && p < 1) {
			return exceptions.Value("network.%s: %v is not a probability; use 0 or more and less than 1", name, p)
		}
		set(s)
		return nil
	}}
}

func size(name string, n, least int, set func(*settings)) Option {
	return Option{func(s *settings) error {
		if n < least {
			return exceptions.Value("network.%s: %d is too small; use at least %d", name, n, least)
		}
		set(s)
		return nil
	}}
}

// Latency is how long a packet travels one way, at least. The default is 15 µs.
func Latency(d time.Duration) Option {
	return duration("Latency", d, func(s *settings) { s.latency = d })
}

// Jitter is how much longer it travels on average: an exponentially distributed time. The default is 5 µs.
func Jitter(d time.Duration) Option {
	return duration("Jitter", d, func(s *settings) { s.jitter = d })
}

// Bandwidth is how many bytes per second the line carries in each direction, for all connections together; 0, the
// default, is no limit.
func Bandwidth(bytesPerSecond int64) Option {
	return Option{func(s *settings) error {
		if bytesPerSecond < 0 {
			return exceptions.Value("network.Bandwidth: %d is negative; use 0 for no limit", bytesPerSecond)
		}
		s.bandwidth = bytesPerSecond
		return nil
	}}
}

// SegmentSize is how many bytes a packet carries at most. The default is 65483, as on Linux's loopback device; on an
// Ethernet it is 1448.
func SegmentSize(n int) Option {
	return size("SegmentSize", n, 1, func(s *settings) { s.mss = n })
}

// Loss is the probability that a packet is lost. TCP sends it again after 200 ms, then twice that and so on; a datagram
// is gone. The default is 0.
func Loss(p float64) Option {
	return probability("Loss", p, func(s *settings) { s.loss = p })
}

// Split is the probability that a segment is split in two on its way, which arrive one after the other. The default is
// 1/256.
func Split(p float64) Option {
	return probability("Split", p, func(s *settings) { s.split = p })
}

// Buffers are the sizes of the send and the receive buffer of new sockets, in bytes; half of the receive buffer is the
// window. The defaults are 2626560 and 131072.
func Buffers(send, receive int) Option {
	return Option{func(s *settings) error {
		if send < 1 || receive < 2 {
			return exceptions.Value("network.Buffers: %d and %d are too small; use at least 1 and 2", send, receive)
		}
		s.send, s.receive = send, receive
		return nil
	}}
}

// Descriptors is how many file descriptors the process may have, with the three that it begins with: ulimit -n. The
// default is 1048576.
func Descriptors(n int) Option {
	return size("Descriptors", n, 3, func(s *settings) { s.descriptors = n })
}

// TimeWait is how long the port of a connection stays in use after its end on the side that closed it first. The
// default is a minute.
func TimeWait(d time.Duration) Option {
	return duration("TimeWait", d, func(s *settings) { s.timeWait = d })
}
