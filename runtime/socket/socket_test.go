package socket_test

import (
	"testing"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
)

func TestEcho(t *testing.T) {
	everywhere(t, `
True hello
3 bar
""
gone [Errno 9] Bad file descriptor
`, func(t *testing.T, log func(...any)) {
		l, err := socket.CreateServer("localhost", 0)
		if err != nil {
			t.Fatal(err)
		}
		server := threading.NewThread(func() {
			for {
				c, _, err := l.Accept()
				if err != nil {
					log("gone", err)
					return
				}
				data, _ := c.Recv(100)
				_ = c.SendAll(data)
				_ = c.Close()
			}
		})
		server.Start()
		c, err := socket.CreateConnection("localhost", l.GetSockName().Port)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SendAll([]byte("hello"))
		data, err := c.Recv(100)
		log(map[bool]string{true: "True"}[err == nil], string(data))
		_ = c.Close()
		c, _ = socket.CreateConnection("localhost", l.GetSockName().Port)
		_, _ = c.Send([]byte("bar"))
		data, _ = c.Recv(100)
		log(len(data), string(data))
		data, err = c.Recv(100)
		if len(data) == 0 && err == nil {
			log(`""`)
		}
		_ = c.Close()
		_ = l.Close()
		server.Join()
		_ = exceptions.Is
	})
}

// Nothing is asked for: nothing comes, without a wait for a peer that is silent, and from a closed socket.
func TestReceiveNothing(t *testing.T) {
	everywhere(t, `
0 <nil>
0 <nil>
0 <nil>
`, func(t *testing.T, log func(...any)) {
		a, b := socket.SocketPair()
		data, err := a.Recv(0)
		log(len(data), err)
		n, err := a.RecvInto(nil)
		log(n, err)
		_ = a.Close()
		_ = b.Close()
		data, err = a.Recv(0)
		log(len(data), err)
	})
}
