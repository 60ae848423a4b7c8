//go:build unix

package process_test

import (
	"errors"
	"runtime"
	"testing"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/process/processtest"
)

// inWorld runs a test in a process of the real machine.
func inWorld(t *testing.T, test func(th *machine.Thread, s *process.System)) {
	w := processtest.NewWorld(t, true, "3.13", 1)
	err := w.Run(func(th *machine.Thread) {
		s, err := process.Of(w.Interpreter)
		if err != nil {
			t.Fatal(err)
		}
		test(th, s)
	})
	if err != nil {
		t.Error(err)
	}
}

// An end isn't taken for dropped while a thread uses it for the last time: the other side would find the pipe closed in
// the middle of a message.
func TestEndInUse(t *testing.T) {
	inWorld(t, func(th *machine.Thread, s *process.System) {
		a, b, err := s.NewPipe(th, false, "pipe")
		if err != nil {
			t.Fatal(err)
		}
		ends, sent := make(chan *process.End, 1), make(chan error, 1)
		ends <- b
		in := s.Interpreter()
		writer := in.Machine().NewThread(in, "writer")
		// ends with the message
		writer.Start(th, func(t *machine.Thread) { sent <- (<-ends).Send(t, make([]byte, 1<<20), nil) })
		th.Detach()
		for len(ends) > 0 {
			runtime.Gosched()
		}
		for range 5 {
			collect()
		}
		th.Attach()
		if m, _, err := a.Recv(th, -1); err != nil || len(m) != 1<<20 {
			t.Errorf("received %d bytes, %v", len(m), err)
		}
		writer.Join(th, machine.Forever)
		if err := <-sent; err != nil {
			t.Error(err)
		}
	})
}

// collect collects garbage and returns when a cleanup has run.
func collect() {
	done := make(chan bool)
	runtime.AddCleanup(new([24]byte), func(done chan bool) { close(done) }, done)
	runtime.GC()
	<-done
}

// A message was sent if it was received, however soon the receiver closes its end or ends itself.
func TestLastMessage(t *testing.T) {
	inWorld(t, func(th *machine.Thread, s *process.System) {
		in := s.Interpreter()
		for range 3000 {
			a, b, err := s.NewPipe(th, false, "pipe")
			if err != nil {
				t.Fatal(err)
			}
			got := make(chan error, 1)
			reader := in.Machine().NewThread(in, "reader")
			reader.Start(th, func(t *machine.Thread) { // ends with the message
				_, _, err := a.Recv(t, -1)
				a.Close(t)
				got <- err
			})
			sent := b.Send(th, []byte("x"), nil)
			reader.Join(th, machine.Forever)
			if err := errors.Join(sent, <-got); err != nil {
				t.Fatal(err)
			}
			b.Close(th)
		}
	})
}
