package main

// This file defines the experiment with the talk's three servers.

import (
	"fmt"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/threading"
)

// The work of handlers. Processes call these functions, so they have no captures; clients send the amount of work.

func answerPython(c *socket.Socket) error {
	return answer(c, func(n, turn int) { spin(n, turn) })
}

func answerNative(c *socket.Socket) error {
	return answer(c, func(n, _ int) { gil.Native(time.Duration(n) * 25 * time.Nanosecond) })
}

func answerWaiting(c *socket.Socket) error {
	return answer(c, func(n, _ int) { machine.Current().Sleep(time.Duration(n) * 50 * time.Nanosecond) })
}

func answer(c *socket.Socket, work func(n, turn int)) error {
	request, err := socket.RecvMessage(c)
	if err != nil {
		return err
	}
	var n, turn int
	if _, err := fmt.Sscan(string(request), &n, &turn); err != nil {
		return err
	}
	work(n, turn)
	return socket.SendMessage(c, []byte("!"))
}

func servers(a args, turn int) []float64 {
	kind, _ := a["kind"].(string)
	form, _ := a["form"].(string)
	handler := map[string]func(*socket.Socket) error{"python": answerPython, "native": answerNative,
		"io": answerWaiting}[kind]
	make := map[string]func(string, int, any, ...socketserver.Option) (*socketserver.TCPServer, error){
		"one": socketserver.NewTCPServer, "threads": socketserver.NewThreadingTCPServer,
		"processes": socketserver.NewForkingTCPServer,
	}[form]
	s, err := make("localhost", 0, handler)
	if err != nil {
		panic(err)
	}
	serving := threading.NewThread(func() { s.ServeForever() })
	serving.Start()
	ask := func(n int) {
		c, err := socket.CreateConnection("localhost", s.ServerAddress().Port)
		if err == nil {
			err = socket.SendMessage(c, fmt.Append(nil, n, " ", turn))
		}
		if err == nil {
			_, err = socket.RecvMessage(c)
		}
		if err != nil {
			panic(err)
		}
		_ = c.Close()
	}
	ask(0)
	took := timed(func() {
		var clients []*threading.Thread
		for range a.int("k") {
			clients = append(clients, threading.NewThread(ask, threading.Args(a.int("n"))))
		}
		for _, c := range clients {
			c.Start()
		}
		for _, c := range clients {
			c.Join()
		}
	})
	s.Shutdown()
	serving.Join()
	s.ServerClose()
	return []float64{took}
}
