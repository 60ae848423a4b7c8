//go:build linux

package interp_test

// This file tests that what interrupted cells have left open is closed.

import (
	"fmt"
	"strings"
	"testing"
)

// Each row is a function that opens something, and that a cell's threads are in when the cell is interrupted.
var holders = []struct{ name, imports, code string }{
	{"Accept", "", `l, err := socket.CreateServer("localhost", 0)
must(err)
fmt.Println("begun")
_, _, _ = l.Accept()`},
	{"Recv", "", `a, _ := socket.SocketPair()
fmt.Println("begun")
_, _ = a.Recv(1)`},
	{"ServeForever", "", `l, err := socketserver.NewThreadingTCPServer("localhost", 0, echo)
must(err)
fmt.Println("begun")
l.ServeForever()`},
	{"a client of a server", "", `l, err := socketserver.NewThreadingTCPServer("localhost", 0, echo)
must(err)
th := threading.NewThread(func() { l.ServeForever() })
th.Start()
c, err := socket.CreateConnection("localhost", l.ServerAddress().Port)
must(err)
must(c.SendAll([]byte("x")))
_, _ = c.Recv(1)
fmt.Println("begun")
_, _ = c.Recv(1)`},
	{"Pipe", "", `a, _ := mp.Pipe()
fmt.Println("begun")
a.Recv()`},
	{"Queue", "", `q := mp.NewQueue()
q.Put(1); q.Get()
fmt.Println("begun")
q.Get()`},
	{"Listener", "import \"gilkernel/runtime/multiprocessing/connection\"\n", `l := connection.NewListener(socket.Addr{Host: "localhost"})
fmt.Println("begun")
l.Accept()`},
}

// The number of the interpreter's descriptors doesn't grow with the number of interrupted cells.
func TestInterruptedCellsKeepNothingOpen(t *testing.T) {
	for _, row := range holders {
		for _, thread := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/thread=%v", row.name, thread), func(t *testing.T) {
				t.Parallel()
				p := begin(t)
				p.awake()
				call := "wait()"
				if thread {
					call = "th := threading.NewThread(wait); th.Start(); th.Join()"
				}
				p.run(row.imports + socketImports + socketFuncs + "func wait() {\n" + row.code + "\n}\n---\n").ok(t)
				open := func() string {
					r := p.run(`import ("fmt"; "os"; "runtime"; "time")
---
func() {
	least := 1 << 30
	for range 5 { // what a cleanup closes is closed soon after the collection
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil { panic(err) }
		least = min(least, len(list))
	}
	fmt.Print(least)
}()`).ok(t)
					return r.out[r.id]
				}
				for range 3 {
					p.interrupted(p.begun(socketImports + "---\n" + call).ID)
				}
				before := open()
				for range 30 {
					p.interrupted(p.begun(socketImports + "---\n" + call).ID)
				}
				var a, b int
				_, _ = fmt.Sscan(before, &a)
				after := open()
				_, _ = fmt.Sscan(after, &b)
				if a == 0 || b > a+5 {
					t.Errorf("%s descriptors after 3 interrupted cells, %s after 30 more", strings.TrimSpace(before),
						after)
				}
			})
		}
	}
}
