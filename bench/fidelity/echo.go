package main

// This file defines the experiment with an I/O thread: it asks another process, which answers immediately.

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// peer is the other process, as a thread sees it. Each call releases the GIL, as in CPython, whether it must wait or
// not.
type peer interface {
	send(t *machine.Thread)
	receive(t *machine.Thread)
	close(t *machine.Thread)
}

func echo(p *model, t *machine.Thread, a args) []float64 {
	var other peer
	if p.simulated {
		other = newSimulatedPeer(t)
	} else {
		real, err := newRealPeer()
		if err != nil {
			panic(err)
		}
		other = real
	}
	more := until(t, a.float("seconds"))
	var times []time.Duration
	var stop atomic.Bool
	began := t.Now()
	each(t, a.int("cpu")+1, func(t *machine.Thread, i int) {
		if i < a.int("cpu") {
			for !stop.Load() {
				p.countdown(t, 1000)
			}
			return
		}
		for more(t) {
			asked := t.Now()
			other.send(t)
			other.receive(t)
			times = append(times, t.Now()-asked)
		}
		stop.Store(true)
	})
	took := t.Now() - began
	other.close(t)
	return []float64{float64(len(times)) / took.Seconds(), ms(median(times))}
}

// The processor time of a datagram, for its sender and its receiver, on the loopback device.
const (
	sendCost    = 8 * time.Microsecond
	receiveCost = 2 * time.Microsecond
)

// simulatedPeer consists of two sockets made of words, and a thread that belongs to no interpreter.
type simulatedPeer struct{ ask, answer machine.Word }

func newSimulatedPeer(t *machine.Thread) *simulatedPeer {
	p := &simulatedPeer{}
	echo := t.Machine().NewThread(nil, "echo")
	echo.Start(t, func(t *machine.Thread) {
		for n := uint32(0); ; n++ {
			for p.ask.Load(t) == n {
				t.Wait(&p.ask, n, -1, machine.Why{})
			}
			if p.ask.Load(t) == never {
				return
			}
			t.Work(receiveCost)
			t.Work(sendCost)
			p.answer.Store(t, n+1)
			p.answer.Wake(t, 1)
		}
	})
	return p
}

// never ends the echo.
const never = 1<<32 - 1

func (p *simulatedPeer) send(t *machine.Thread) {
	t.Cost(machine.CallCost)
	t.Detach()
	t.Do(timeline.IO, t.ObjectName("send"))
	t.Work(sendCost)
	p.ask.Add(t, 1)
	p.ask.Wake(t, 1)
	t.Attach()
}

func (p *simulatedPeer) receive(t *machine.Thread) {
	t.Cost(machine.CallCost)
	t.Detach()
	t.Do(timeline.IO, t.ObjectName("recv"))
	for n := p.ask.Load(t); p.answer.Load(t) != n; {
		t.Wait(&p.answer, n-1, -1, machine.Why{})
	}
	t.Work(receiveCost)
	t.Attach()
}

func (p *simulatedPeer) close(t *machine.Thread) {
	p.ask.Store(t, never)
	p.ask.Wake(t, 1)
}

// realPeer is a UDP socket to another process.
type realPeer struct {
	file *os.File
	fd   int
	cmd  *exec.Cmd
	buf  [64]byte
}

// childRole is the argument that makes this program the other process.
const childRole = "-child"

func newRealPeer() (*realPeer, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	cmd, out, err := child("echo", c.LocalAddr().String())
	if err != nil {
		return nil, err
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the echo process doesn't answer: %w", err)
	}
	to, err := net.ResolveUDPAddr("udp4", strings.TrimSpace(address))
	if err != nil {
		return nil, err
	}
	p := &realPeer{cmd: cmd}
	if p.file, err = c.File(); err != nil { // a copy of the descriptor that blocks
		return nil, err
	}
	p.fd = int(p.file.Fd())
	sa := &syscall.SockaddrInet4{Port: to.Port}
	copy(sa.Addr[:], to.IP.To4())
	return p, syscall.Connect(p.fd, sa)
}

func (p *realPeer) send(t *machine.Thread) {
	t.Blocking(timeline.IO, "send", func() { _, _ = syscall.Write(p.fd, []byte("ping")) })
}

func (p *realPeer) receive(t *machine.Thread) {
	t.Blocking(timeline.IO, "recv", func() { _, _ = syscall.Read(p.fd, p.buf[:]) })
}

func (p *realPeer) close(*machine.Thread) {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	_ = p.file.Close()
}
