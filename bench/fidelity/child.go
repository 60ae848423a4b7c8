package main

// This file defines this program as another process, as multiprocessing would start one.

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// child starts this program in a role.
func child(role ...string) (*exec.Cmd, io.Reader, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(self, append([]string{childRole}, role...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	return cmd, out, cmd.Start()
}

// beChild is main in a child.
func beChild(role string, argv []string) error {
	switch role {
	case "echo":
		return beEcho(argv[0])
	case "countdown":
		n, err := strconv.Atoi(argv[1])
		if err != nil {
			return err
		}
		return beCountdown(argv[0], n)
	}
	return fmt.Errorf("no child can be %q", role)
}

// beEcho answers each datagram with itself, until it is killed.
func beEcho(to string) error {
	address, err := net.ResolveUDPAddr("udp4", to)
	if err != nil {
		return err
	}
	c, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}, address)
	if err != nil {
		return err
	}
	f, err := c.File()
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	fmt.Println(c.LocalAddr())
	fd := int(f.Fd())
	buf := make([]byte, 64)
	for {
		n, err := syscall.Read(fd, buf)
		if err != nil {
			return err
		}
		if _, err := syscall.Write(fd, buf[:n]); err != nil {
			return nil
		}
	}
}

// beCountdown counts down each time it reads a line, then writes a line.
func beCountdown(version string, n int) error {
	p, err := newModel(false, 0, 0, &gil.Options{Version: version})
	if err != nil {
		return err
	}
	in := bufio.NewReader(os.Stdin)
	return p.run(func(t *machine.Thread) {
		fmt.Println("ready")
		for {
			if _, err := in.ReadString('\n'); err != nil {
				return
			}
			p.countdown(t, n)
			fmt.Println("done")
		}
	})
}

// worker is a child that counts down.
type worker struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func newWorker(version string, n int) (*worker, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	w := &worker{cmd: exec.Command(self, childRole, "countdown", version, strconv.Itoa(n))}
	w.cmd.Stderr = os.Stderr
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.out = bufio.NewReader(out)
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	_, err = w.out.ReadString('\n')
	return w, err
}

func (w *worker) begin() { _, _ = io.WriteString(w.in, "go\n") }
func (w *worker) wait()  { _, _ = w.out.ReadString('\n') }
func (w *worker) close() {
	_ = w.in.Close()
	_ = w.cmd.Wait()
}

// processes counts down in processes. Simulated ones are interpreters that share nothing but the cores; real
// ones are this program again. The package for processes is still to come: this says what it is held
// against.
func processes(p *model, t *machine.Thread, a args) []float64 {
	k, n := a.int("k"), a.int("n")
	if p.simulated {
		began := t.Now()
		p.countdown(t, n)
		one := t.Now() - began
		var list []*machine.Thread
		began = t.Now()
		for range k {
			other, err := gil.New(p.m, &gil.Options{Version: p.in.Profile().Version, Process: "Process"})
			if err != nil {
				panic(err)
			}
			c := p.m.NewThread(other, "MainThread")
			c.Start(t, func(t *machine.Thread) { p.countdown(t, n/k) })
			list = append(list, c)
		}
		for _, c := range list {
			c.Join(t, -1)
		}
		return []float64{ms(t.Now()-began) / ms(one)}
	}
	var all []*worker
	for range k {
		w, err := newWorker(p.in.Profile().Version, n/k)
		if err != nil {
			panic(err)
		}
		defer w.close()
		all = append(all, w)
	}
	// The work of one process and half of it run in the same process, because each child calibrates its turns itself.
	began := time.Now()
	for range k {
		all[0].begin()
		all[0].wait()
	}
	one := time.Since(began)
	began = time.Now()
	for _, w := range all {
		w.begin()
	}
	for _, w := range all {
		w.wait()
	}
	return []float64{ms(time.Since(began)) / ms(one)}
}
