//go:build linux

package interp_test

// This file tests servers in cells that serve each client in a process of its own.

import (
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

// The requests of a cell are whole where the server's side of each happens in another process: who served it, when it
// began, and when it was answered.
func TestRequestsOfServerProcesses(t *testing.T) {
	const code = `import "fmt"` + servers + `
func handle(r *socketserver.StreamRequestHandler) error {
	for {
		line, err := r.RFile.ReadLine()
		if err != nil || line == "" { return err }
		if _, err := r.WFile.WriteString("answer to " + line); err != nil { return err }
	}
}
func client(port int) {
	c, err := socket.CreateConnection("localhost", port)
	if err != nil { panic(err) }
	f := c.MakeFile()
	for i := range 3 {
		_ = c.SendAll([]byte(fmt.Sprintln("question", i)))
		if line, err := f.ReadLine(); line != fmt.Sprintln("answer to question", i) { panic(fmt.Sprint(line, err)) }
	}
	_, _ = f.Close(), c.Close()
}
---
s, err := socketserver.NewForkingTCPServer("localhost", 0, handle)
if err != nil { panic(err) }
th := threading.NewThread(func() { s.ServeForever() }, threading.Name("server"))
th.Start()
var all []*threading.Thread
for range 4 {
	all = append(all, threading.NewThread(client, threading.Args(s.ServerAddress().Port)))
	all[len(all)-1].Start()
}
for _, c := range all { c.Join() }
s.Shutdown(); s.ServerClose(); th.Join()
`
	for _, python := range []string{"real", "simulated cores=4 seed=1"} {
		p := begin(t)
		q := p.request(code)
		q.Python = python
		p.send(&link.Request{Run: q})
		p.wait(q.ID).ok(t)
		r := p.run(`import "fmt"
import "gilkernel/runtime/timeline"
import "gilkernel/runtime/plot"
---
tl := timeline.Last()
whole, servers := 0, map[int]bool{}
for _, r := range tl.Requests() {
	servers[tl.Thread(r.ServerThread).PID] = true
	if r.Start() < r.Begun && r.Begun < r.Answered && r.Answered < r.Received && tl.Thread(r.ClientThread).PID != tl.Thread(r.ServerThread).PID { whole++ }
}
fmt.Println(len(tl.Requests()), "requests,", whole, "of them whole, by", len(servers), "processes")
kinds := map[timeline.Kind]int{}
for _, m := range tl.Messages() {
	kinds[m.Kind]++
	if m.From == 0 || m.To == 0 { fmt.Println("a message of a thread that isn't known") }
}
fmt.Println(kinds[timeline.Accept], kinds[timeline.Read], kinds[timeline.Hangup])
fmt.Println(plot.Requests(tl).String() != "", plot.RequestTable(tl))
`).ok(t)
		got, table, _ := strings.Cut(r.out[r.id], "true ")
		if want := "12 requests, 12 of them whole, by 4 processes\n4 24 4\n"; got != want ||
			!strings.Contains(table, " 12 ") {
			t.Errorf("%s: got\n%s\nwant\n%s", python, r.out[r.id], want)
		}
	}
}
