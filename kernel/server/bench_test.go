package server_test

// This file defines the benchmarks: what a front end waits for.

import "testing"

func BenchmarkKernelInfo(b *testing.B) {
	o, _ := fake()
	c := start(b, o).client()
	for b.Loop() {
		c.reply(c.send("control", "kernel_info_request", "{}"))
		c.forget()
	}
}

// BenchmarkExecuteFake is a cell without the interpreter: what the sockets and the session take.
func BenchmarkExecuteFake(b *testing.B) {
	o, _ := fake()
	benchmarkExecute(b, start(b, o).client(), cellFor("result 2"))
}

// BenchmarkExecute is a whole cell.
func BenchmarkExecute(b *testing.B) {
	benchmarkExecute(b, start(b, nil).client(), "1 + 1")
}

func benchmarkExecute(b *testing.B, c *client, cell string) {
	b.Helper()
	c.execute(cell)
	for b.Loop() {
		id := c.send("shell", "execute_request", map[string]any{"code": cell})
		c.reply(id)
		c.forget()
	}
}
