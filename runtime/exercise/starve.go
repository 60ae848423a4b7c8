package exercise

// This file defines the exercise starve: one request whose native call keeps the GIL from the threads of all other
// clients.

import (
	"fmt"
	"slices"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
)

func starveTask() *task {
	return &task{
		id:     "starve",
		lesson: lessonServers,
		title:  "One request stops all clients",
		text: "A server calls `handle(conn)` for each client, in a thread of its own. A client sends lines such as " +
			"`2ms` or `300ms`, and for each of them the server makes a native call that takes that long, " +
			"`gil.Native(d)`. It stands for the talk's sort of a huge list: one call in C, which holds the GIL to " +
			"its end. After each call the server answers `done\\n`, until the client closes. " +
			"One client asks for a long call, and all others wait for it. Fix `handle` so that they don't wait, " +
			"and so that the native work of each line is still done before its answer.",
		signature: "func(conn *socket.Socket)",
		start: `handle := func(conn *socket.Socket) {
	defer conn.Close()
	requests := conn.MakeFile()
	defer requests.Close()
	for line := range requests.Lines() {
		d, err := time.ParseDuration(line)
		if err != nil {
			return
		}
		gil.Native(d)
		conn.SendAll([]byte("done\n"))
	}
}`,
		hints: []string{
			"Each client has a thread of its own, and there are cores enough. What do the other threads wait for " +
				"while the call runs?",
			"The call needs the GIL only if it touches Python's objects. A call that touches none can release the " +
				"GIL until it returns; a call in another process has another GIL.",
			"`gil.AllowThreads(func() { gil.Native(d) })` makes the call without the GIL. Or make it in a " +
				"`multiprocessing.NewProcess`, and join that.",
		},
		solution: `handle := func(conn *socket.Socket) {
	defer conn.Close()
	requests := conn.MakeFile()
	defer requests.Close()
	for line := range requests.Lines() {
		d, err := time.ParseDuration(line)
		if err != nil {
			return
		}
		gil.AllowThreads(func() { gil.Native(d) })
		conn.SendAll([]byte("done\n"))
	}
}`,
		why: "Without the GIL, the native call runs beside the threads of the other clients: the operating system " +
			"gives each of them a core.",
		praise: "All of the native work was done, and the other clients had their answers at once meanwhile.",
		worlds: []World{{Python: "3.13", Cores: 4}, {Python: "3.9", Cores: 4}, {Python: "3.14", Cores: 4}},
		seeds:  30,
		trial: func(solution any) trial {
			f, ok := solution.(func(*socket.Socket))
			if !ok || f == nil {
				return nil
			}
			return &starveTrial{f: f}
		},
	}
}

const (
	starveSmall   = 2 * time.Millisecond
	starvePause   = 10 * time.Millisecond // between two small requests
	starveMost    = 30 * time.Millisecond // that a small request may take
	starvePatient = 3 * time.Second       // a client that has no answer after that gets none
)

type starveTrial struct {
	f       func(*socket.Socket)
	long    time.Duration // of the native call for which the first client asks
	small   int           // requests of each other client
	asked   time.Duration // native work in all
	waits   []time.Duration
	took    time.Duration // the long request; 0: no answer
	wrong   string        // an answer that isn't "done"
	missing int           // small requests without an answer
	open    bool          // a connection that handle left open
}

// counted requests a timeline for every run: only the timeline shows how much work was done.
func (*starveTrial) counted() {}

func (s *starveTrial) body(r *run) {
	seed := machine.Current().Machine().Seed()
	s.long = time.Duration(300+50*(seed%3)) * time.Millisecond
	s.small = 6
	others := 1 + int(seed/3%3)
	s.asked = s.long + time.Duration(others*s.small)*starveSmall
	slowNetwork()
	l := listening()
	r.patience = 2 * starvePatient
	clients := []*threading.Thread{side("the long client", func() {
		c := starveClient{s, lines{conn: dial(l)}}
		s.took, _ = c.ask(s.long)
		c.end()
	})}
	for i := range others {
		clients = append(clients, side(fmt.Sprintf("client %d", i+1), func() {
			t := machine.Current()
			c := starveClient{s, lines{conn: dial(l)}}
			// the first is in the midst of the long call
			pause := 20*time.Millisecond + time.Duration(i)*3*time.Millisecond
			for n := range s.small {
				// the client is a thread of the same process: it may be late for want of the GIL, too
				due := t.Now() + pause
				t.Sleep(pause)
				pause = starvePause
				if _, ok := c.ask(starveSmall); !ok {
					s.missing += s.small - n
					break
				}
				s.waits = append(s.waits, t.Now()-due)
			}
			c.end()
		}))
	}
	for i := range 1 + others {
		conn := accepted(l)
		r.start(fmt.Sprintf("handler %d", i+1), func() { s.f(conn) })
	}
	r.gate.Set()
	for _, c := range clients {
		c.Join(threading.Timeout(2 * starvePatient))
	}
	r.join()
}

// starveClient is a client of the trial.
type starveClient struct {
	s  *starveTrial
	in lines // of its connection
}

// ask sends a request and returns how long its answer took, and whether there was one.
func (c *starveClient) ask(d time.Duration) (took time.Duration, ok bool) {
	t := machine.Current()
	c.in.conn.SetTimeout(starvePatient)
	began := t.Now()
	if err := c.in.conn.SendAll([]byte(d.String() + "\n")); err != nil {
		return 0, false
	}
	answer, ok := c.in.next()
	if !ok {
		return 0, false
	}
	if answer != "done" {
		c.s.wrong = answer
	}
	return t.Now() - began, true
}

// end closes the client's side and waits for the end of the other.
func (c *starveClient) end() {
	defer c.in.conn.Close()
	if c.in.conn.Shutdown(socket.SHUT_WR) != nil {
		return
	}
	for {
		line, ok := c.in.next()
		if !ok {
			break
		}
		c.s.wrong = line // more answers than requests
	}
	c.s.open = c.s.open || c.in.err != nil
}

func (s *starveTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	var work, held, longest time.Duration // native work, that with the GIL, and the longest call of that
	for _, lane := range tl.Lanes() {
		for _, iv := range lane {
			if iv.State == timeline.Native || iv.State == timeline.NativeFree {
				work += time.Duration(iv.Duration())
			}
			if iv.State == timeline.Native {
				held += time.Duration(iv.Duration())
				longest = max(longest, time.Duration(iv.Duration()))
			}
		}
	}
	slowest := time.Duration(0)
	if len(s.waits) > 0 {
		slowest = slices.Max(s.waits)
	}
	switch {
	case s.wrong != "":
		return &fault{text: fmt.Sprintf("A client got the line %q. Answer each request with the line %q, and nothing "+
			"else.", s.wrong, "done")}
	case s.took == 0 || s.missing > 0:
		return &fault{text: "Requests got no answer. Answer each line, until the client closes: a client sends " +
			"several requests on one connection.", misconception: "One connection is one request."}
	case work < s.asked*98/100:
		return &fault{text: fmt.Sprintf("The clients asked for %v of native work, and %v of it was done. Call "+
			"`gil.Native` for all of it: it stands for the sort, which can't be left out.", s.asked,
			work.Round(time.Millisecond))}
	case s.took < s.long:
		return &fault{text: fmt.Sprintf("A request for %v of native work was answered after %v, before the work was "+
			"done.", s.long, s.took.Round(time.Millisecond)), misconception: startIsDone}
	case slowest > starveMost && longest < starveMost && held > work/2:
		return &fault{text: fmt.Sprintf("The long call was cut into short ones, and a request that needs %v was "+
			"still answered only after %v: each short call holds the GIL, so all threads take turns, and each turn "+
			"costs a switch interval. A native call that doesn't need the GIL can release it.",
			starveSmall, slowest.Round(time.Millisecond)), misconception: "Short calls are as good as calls without " +
			"the GIL. (They let other threads run now and then, and never at the same time.)"}
	case slowest > starveMost && longest < starveMost:
		return &fault{text: fmt.Sprintf("The long call doesn't hold the GIL, and a request that needs %v was "+
			"answered after %v all the same: its thread waited for something else that the long request's thread "+
			"holds, such as a lock.",
			starveSmall, slowest.Round(time.Millisecond)),
			misconception: "A lock around a call protects it. (It protects data that threads share, and these calls " +
				"share none.)"}
	case slowest > starveMost:
		f := &fault{text: fmt.Sprintf("A request that needs %v was answered after %v: its thread waited for the GIL, "+
			"which another client's native call held for %v. %d of %d small requests waited for more than %v.",
			starveSmall, slowest.Round(time.Millisecond), s.long, s.slow(), len(s.waits), starveMost),
			misconception: "A thread for each client keeps the clients apart. (They share one GIL, and a native call " +
				"that doesn't release it hands it over only at its end.)"}
		if len(tl.Threads) > 2*(2+len(s.waits)/s.small) { // more than the check's own
			f.text += " In one more thread, the call holds the same GIL."
		}
		return f
	case s.open:
		return &fault{text: "A client has closed its side, and the server's side stays open. Close the connection " +
			"when there are no more requests."}
	}
	return nil
}

// slow returns how many small requests took too long.
func (s *starveTrial) slow() (n int) {
	for _, d := range s.waits {
		if d > starveMost {
			n++
		}
	}
	return n
}
