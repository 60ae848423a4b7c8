package exercise

// This file tests the talk's client against the simulated network: without framing it hangs under some seeds, with
// framing never.

import (
	"strings"
	"sync"
	"testing"

	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
)

// bare is the talk's client, which takes what one recv returns for one message.
func bare(conn *socket.Socket) (lines []string) {
	_ = conn.SendAll([]byte("send data\n"))
	for {
		data, err := conn.Recv(1024)
		if err != nil || len(data) == 0 {
			return lines // the talk's would spin
		}
		message := strings.TrimSuffix(string(data), "\n")
		if message == "stop" {
			_ = conn.SendAll([]byte("stop\n"))
			return lines
		}
		lines = append(lines, message)
	}
}

// framed waits for whole lines.
func framed(conn *socket.Socket) (lines []string) {
	_ = conn.SendAll([]byte("send data\n"))
	f := conn.MakeFile()
	defer f.Close()
	for line := range f.Lines() {
		if line == "stop" {
			_ = conn.SendAll([]byte("stop\n"))
			break
		}
		lines = append(lines, line)
	}
	return lines
}

// Without framing most seeds hang and some are right; with it none hangs. Ten thousand seeds take seconds, and a
// thousand show the same.
func TestClientOverManySeeds(t *testing.T) {
	seeds := 10_000
	if testing.Short() {
		seeds = 1000
	}
	c := New(Host{Simulate: Simulate})
	var all sync.WaitGroup
	var mu sync.Mutex
	hung, right := 0, 0
	next := make(chan uint64)
	for range 2 {
		all.Go(func() { // ends with the seeds
			for seed := range next {
				w := World{Python: "3.13", Cores: 2, Seed: seed}
				f, _, err := c.once(w, &clientTrial{f: bare}, false)
				mu.Lock()
				switch {
				case err != nil:
					t.Errorf("%v without framing: %v", w, err)
				case f == nil:
					right++
				case strings.Contains(f.text, "waits for ever"):
					hung++
				}
				mu.Unlock()
				if f, _, err := c.once(w, &clientTrial{f: framed}, false); f != nil || err != nil {
					t.Errorf("%v with framing: %+v, %v", w, f, err)
				}
			}
		})
	}
	for seed := range seeds {
		next <- uint64(seed)
	}
	close(next)
	all.Wait()
	t.Logf("of %d seeds, %d hang without framing and %d are right", seeds, hung, right)
	if hung == 0 || right == 0 {
		t.Errorf("without framing %d seeds hang and %d are right: it should be some of all", hung, right)
	}
}

// A card shows a cell to begin with, and the solution of each exercise defines the same name.
func TestTalkTasksHaveAStart(t *testing.T) {
	for _, task := range talkTasks() {
		name, _, _ := strings.Cut(task.start, " ")
		if !strings.HasPrefix(task.solution, name+" := ") ||
			!strings.Contains(New(Host{}).Task(task.id).Markdown(), task.start) || len(task.hints) != 3 {
			t.Errorf("%s: the card, the solution and the hints don't fit: %q", task.id, name)
		}
	}
}

// A server that closes its listener and joins its threads stops under every seed: no wake-up of Accept, and no answer,
// is lost.
func TestShutdownOverManySeeds(t *testing.T) {
	seeds := 10_000
	if testing.Short() {
		seeds = 1000
	}
	stops := func(listener *socket.Socket, handle func(conn *socket.Socket)) (serve, stop func()) {
		ended := threading.NewEvent("ended")
		serve = func() {
			var threads []*threading.Thread
			for {
				conn, _, err := listener.Accept()
				if err != nil {
					break
				}
				t := threading.NewThread(handle, threading.Args(conn))
				t.Start()
				threads = append(threads, t)
			}
			for _, t := range threads {
				t.Join()
			}
			ended.Set()
		}
		stop = func() {
			listener.Close()
			ended.Wait()
		}
		return serve, stop
	}
	c := New(Host{Simulate: Simulate})
	for seed := range seeds {
		w := talkWorlds()[seed%2]
		w.Seed = uint64(seed)
		if f, _, err := c.once(w, &shutdownTrial{f: stops}, false); f != nil || err != nil {
			t.Fatalf("%v: %+v, %v", w, f, err)
		}
	}
}
