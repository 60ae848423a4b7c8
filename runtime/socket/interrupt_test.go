package socket_test

import (
	"errors"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/twin"
)

// An interrupt ends each wait for a socket in place, on both machines, and the socket can be used again.
func TestInterrupt(t *testing.T) {
	for name, wait := range map[string]func(l, c *socket.Socket){
		"accept": func(l, _ *socket.Socket) { _, _, _ = l.Accept() },
		"recv":   func(_, c *socket.Socket) { _, _ = c.Recv(1) },
		"timed":  func(_, c *socket.Socket) { c.SetTimeout(time.Hour); _, _ = c.Recv(1) },
		"send":   func(_, c *socket.Socket) { _ = c.SendAll(make([]byte, 1<<26)) },
	} {
		for _, real := range []bool{false, true} {
			w := twin.NewWorld(t, real, "3.13", 1)
			var l, c *socket.Socket
			if err := w.Run(func() {
				l, _ = socket.CreateServer("localhost", 0)
				c, _ = socket.CreateConnection("localhost", l.GetSockName().Port)
				if name == "accept" {
					_, _, _ = l.Accept()
				}
			}); err != nil {
				t.Fatal(err)
			}
			err := w.Run(func() {
				if real {
					// ends by itself
					go func() { time.Sleep(20 * time.Millisecond); w.Main.Kill(&exceptions.KeyboardInterrupt{}) }()
				} else {
					w.Main.Go("killer", func(*machine.Thread) { w.Main.Kill(&exceptions.KeyboardInterrupt{}) })
				}
				wait(l, c)
			})
			if !errors.Is(err, &exceptions.KeyboardInterrupt{}) {
				t.Errorf("%s, real=%v: %v", name, real, err)
			}
			if err := w.Run(func() {
				if name != "send" && c.SendAll([]byte("x")) != nil {
					t.Errorf("%s, real=%v: the socket can't be used", name, real)
				}
				_, _ = c.Close(), l.Close()
			}); err != nil {
				t.Error(err)
			}
		}
	}
}
