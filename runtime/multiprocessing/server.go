package multiprocessing

// This file defines the process of a manager: managers.Server.

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"

	"gilkernel/runtime/call"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// A knock is a message to a server's door.
type knock struct {
	Stop bool // tells the server to end
	// A new client, which is a thread: the server's end of their pipe, the client's process, its name and its number.
	Client *Connection
	Peer   *peer
	Name   string
	Number int
	// Cancel is the number of a client of Peer that has stopped waiting; 0 is none.
	Cancel int
}

// A request asks a server for a call, or for a new object.
type request struct {
	Object int    // 0: make a new object
	Method string // or the name of the type to make
	Make   any    // the function that makes the object; nil: the server knows it
	Args   []any
}

// dump returns a request as bytes. Its error names the place of what can't be sent: args[1].
func (q request) dump(s *process.System, t *machine.Thread) ([]byte, []process.Handle, error) {
	return s.DumpItems(t, []pickle.Item{
		{Name: "request", Value: request{Object: q.Object, Method: q.Method}},
		{Name: "args", Value: q.Args},
		{Name: "callable", Value: q.Make},
	})
}

func loadRequest(s *process.System, t *machine.Thread, b []byte, handles []process.Handle) (q request, err error) {
	items, err := s.LoadItems(t, b, handles)
	if err == nil {
		q = part[request](items, 0)
		q.Args, q.Make = part[[]any](items, 1), part[any](items, 2)
	}
	return q, err
}

// A reply is the answer to a request.
type reply struct {
	Value    any
	Err      error
	Deadlock []byte // a machine.Deadlock as JSON; nil: none
	Quiet    bool   // another thread reports the deadlock
	Remote   string // a traceback for a *RemoteError; "": none
}

func (r reply) dump(s *process.System, t *machine.Thread) ([]byte, []process.Handle, error) {
	return s.DumpItems(t, []pickle.Item{
		{Name: "reply", Value: reply{Deadlock: r.Deadlock, Quiet: r.Quiet, Remote: r.Remote}},
		{Name: "result", Value: r.Value},
		{Name: "exception", Value: r.Err},
	})
}

func loadReply(s *process.System, t *machine.Thread, b []byte, handles []process.Handle) (r reply, err error) {
	items, err := s.LoadItems(t, b, handles)
	if err == nil {
		r = part[reply](items, 0)
		r.Value, r.Err = part[any](items, 1), part[error](items, 2)
	}
	return r, err
}

// A peer is the process of a client, sent as its handle in the arena.
type peer struct{ p *process.Process }

// Reduce implements pickle.Reducer.
func (p *peer) Reduce(k *pickle.Pickler) (any, error) { return kept(k, p.p.Handle()) }

// Restore implements pickle.Restorer.
func (p *peer) Restore(u *pickle.Unpickler, state any) error {
	q, ok := object(u, state).(*process.Process)
	if !ok {
		return strange("process")
	}
	p.p = q
	return nil
}

// A server is the state of a manager's process.
type server struct {
	m *module

	mu       sync.Mutex // protects the fields below; held briefly
	objects  map[int]any
	makers   map[string]any
	next     int
	sessions []*session      // in the order in which they began, so that simulated runs are repeatable
	watched  map[[2]int]bool // processes for whose end a thread waits, by identity
}

// A session is a client of a server and the thread that serves it.
type session struct {
	s      *server
	end    *Connection
	peer   *peer
	number int
	thread *machine.Thread

	// The fields below are protected by s.mu.
	object int  // the object whose method it calls; 0: none
	gone   bool // the client has stopped waiting for an answer
}

// errCancelled ends the call of a client that has exited or stopped waiting.
type errCancelled struct{}

func (errCancelled) Error() string { return "the client has stopped waiting for this call" }

// Uncatchable implements the interface by which interpreted code can't recover it.
func (errCancelled) Uncatchable() {}

// serveManager serves the clients of a manager in the MainThread of its process until the owner stops it.
func (m *module) serveManager(t *machine.Thread, door []*Connection) {
	s := &server{m: m, objects: map[int]any{}, makers: map[string]any{}, watched: map[[2]int]bool{}}
	serving(door[0])
	for {
		v, err := door[0].receive()
		if err != nil {
			return // the family has ended
		}
		k, _ := v.(knock)
		switch {
		case k.Stop:
			return
		case k.Cancel != 0:
			s.cancel(func(c *session) bool { return c.number == k.Cancel && same(c.peer, k.Peer) })
		case k.Client != nil && k.Peer != nil:
			s.welcome(t, k)
		}
	}
}

// serving marks a connection's end as one at which a server waits for requests.
func serving(c *Connection) {
	if e, ok := c.end.(*process.End); ok {
		e.Serve()
	}
}

func same(a, b *peer) bool { return b != nil && a.p.Same(b.p) }

// welcome starts the thread that serves a new client, and one that watches the client's process if there is none.
func (s *server) welcome(t *machine.Thread, k knock) {
	in := s.m.s.Interpreter()
	c := &session{s: s, end: k.Client, peer: k.Peer, number: k.Number, thread: in.Machine().NewThread(in, k.Name)}
	serving(c.end)
	s.mu.Lock()
	s.sessions = append(s.sessions, c)
	watch := !s.watched[k.Peer.p.Identity()]
	s.watched[k.Peer.p.Identity()] = true
	s.mu.Unlock()
	c.thread.Start(t, c.serve) // ends when the client closes its end, or with its process
	if watch {
		// the thread ends with the client's process
		in.Machine().NewThread(in, "watch "+k.Peer.p.Name()).Start(t, func(t *machine.Thread) { s.watch(t, k.Peer) })
	}
}

// watch waits for the end of a client's process. It then ends the calls of the process's threads, so that none of them
// takes an item or a lock for a dead client, and the waits of other clients for a lock that the process holds.
func (s *server) watch(t *machine.Thread, p *peer) {
	name := p.p.Name()
	p.p.Watch(t)
	s.cancel(func(c *session) bool { return same(c.peer, p) })
	code, _ := p.p.Exit(t)
	how := fmt.Sprintf("%s, which has ended with exit code %d", name, code)
	if code < 0 {
		how = fmt.Sprintf("%s, which was ended by %s", name, process.SignalName(-code))
	}
	s.mu.Lock()
	delete(s.watched, p.p.Identity())
	var lost []int
	for _, n := range slices.Sorted(maps.Keys(s.objects)) {
		if l, ok := s.objects[n].(*managedLock); ok &&
			l.lose(how, code != 0, func(c *session) bool { return same(c.peer, p) }) {
			lost = append(lost, n)
		}
	}
	s.mu.Unlock()
	for _, n := range lost {
		s.tellLost(n)
	}
}

// tellLost ends the waits for a lock whose holder has ended.
func (s *server) tellLost(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, _ := s.objects[n].(*managedLock)
	for _, c := range s.sessions {
		if l != nil && c.object == n {
			c.thread.Kill(l.lost(c.thread.Name()))
		}
	}
}

// cancel ends the calls of the sessions that which selects.
func (s *server) cancel(which func(*session) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.sessions {
		if !which(c) {
			continue
		}
		if c.gone = true; c.object != 0 {
			c.thread.Kill(errCancelled{})
		}
	}
}

// serve runs in the thread of a client: it answers requests until the client leaves: Server.serve_client.
func (c *session) serve(t *machine.Thread) {
	defer func() {
		c.s.mu.Lock()
		c.s.sessions = slices.DeleteFunc(c.s.sessions, func(d *session) bool { return d == c })
		var lost []int
		for _, n := range slices.Sorted(maps.Keys(c.s.objects)) {
			// an RLock is lost, too, when the thread that holds it ends
			if l, ok := c.s.objects[n].(*managedLock); ok && l.recursive &&
				l.lose(t.Name()+", which has ended", true, func(d *session) bool { return d == c }) {
				lost = append(lost, n)
			}
		}
		c.s.mu.Unlock()
		c.end.Close()
		for _, n := range lost {
			c.s.tellLost(n)
		}
	}()
	for {
		b, handles, err := c.end.end.Recv(t, -1)
		if err != nil {
			return
		}
		r, ok := c.answer(t, b, handles)
		if !ok {
			return
		}
		b, handles, err = r.dump(c.s.m.s, t)
		if err != nil {
			r = reply{Remote: threading.FormatException(t, unsendable(err), nil)}
			if b, handles, err = r.dump(c.s.m.s, t); err != nil {
				return
			}
		}
		if c.end.end.Send(t, b, handles) != nil {
			return
		}
	}
}

// answer executes a request and returns its reply. ok is false if nothing waits for the reply.
func (c *session) answer(t *machine.Thread, b []byte, handles []process.Handle) (r reply, ok bool) {
	returned := false
	inMethod := false
	defer func() {
		c.s.mu.Lock()
		c.object = 0
		c.s.mu.Unlock()
		if returned {
			t.Pardon() // a cancellation that came too late
			return
		}
		v := recover()
		stack := debug.Stack()
		err, _ := v.(error)
		var d *machine.Deadlock
		var told *machine.Deadlocked
		switch {
		case errors.As(err, new(errCancelled)):
			ok = false
			return
		case errors.As(err, &d):
			text, _ := json.Marshal(plain(d))
			r, ok = reply{Deadlock: text, Quiet: errors.As(err, &told)}, true
			return
		case exceptions.Uncatchable(v):
			panic(v) // the process ends
		}
		r, ok = reply{}, true
		if err = exceptions.Of(v); inMethod {
			r.Err = err
			if _, handles, e := r.dump(c.s.m.s, t); e == nil { // it can be sent
				for _, h := range handles {
					c.s.m.s.Drop(t, h)
				}
				return
			}
			r.Err = nil
		}
		r.Remote = threading.FormatException(t, v, stack)
	}()
	q, err := loadRequest(c.s.m.s, t, b, handles)
	if err != nil {
		panic(err)
	}
	if q.Object == 0 {
		r.Value = c.s.create(q)
		returned = true
		return r, true
	}
	c.s.mu.Lock()
	o, known := c.s.objects[q.Object]
	c.object = q.Object
	gone := c.gone
	c.s.mu.Unlock()
	if gone {
		panic(errCancelled{})
	}
	if !known {
		panic(exceptions.Runtime("there is no object %d", q.Object))
	}
	switch q.Method {
	case "#GETVALUE":
		r.Value = o
	case "#METHODS":
		r.Value = methodsOf(o)
	case "#STR":
		inMethod = true
		r.Value = fmt.Sprint(o)
	default:
		target := o
		if l, ok := o.(forSession); ok {
			target = l.of(c)
		}
		f := reflect.ValueOf(target).MethodByName(q.Method)
		if !f.IsValid() {
			panic(&exceptions.AttributeError{Message: fmt.Sprintf("method '%s' of %T object is not in exposed=%q",
				q.Method, o, methodsOf(o))})
		}
		do := call.Of(f.Interface(), q.Args)
		inMethod = true
		if r.Value, err = do(); err != nil {
			panic(err)
		}
	}
	returned = true
	return r, true
}

// forSession is an object whose methods depend on which client calls them.
type forSession interface{ of(*session) any }

// methodsOf returns the names of an object's exported methods, sorted.
func methodsOf(o any) []string {
	names := []string{}
	if o != nil {
		for i := range reflect.TypeOf(o).NumMethod() {
			names = append(names, reflect.TypeOf(o).Method(i).Name)
		}
	}
	return names
}

// plain returns a copy of a deadlock without the parts that have a meaning only in this process.
func plain(d *machine.Deadlock) *machine.Deadlock {
	p := &machine.Deadlock{Asleep: d.Asleep}
	for _, w := range d.Waits {
		w.Same = machine.Same{}
		p.Waits = append(p.Waits, w)
	}
	return p
}

// create makes an object and returns its number. It panics with the maker's exception, and with an AttributeError if
// nothing is registered under the name.
func (s *server) create(q request) int {
	s.mu.Lock()
	if q.Make != nil {
		s.makers[q.Method] = q.Make
	}
	maker := s.makers[q.Method]
	s.mu.Unlock()
	o := own(q.Method, q.Args)
	if maker != nil || o == nil {
		do := call.Of(maker, q.Args)
		if do == nil {
			panic(&exceptions.AttributeError{Message: "nothing is registered as '" + q.Method + "'"})
		}
		var err error
		if o, err = do(); err != nil {
			panic(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.objects[s.next] = o
	return s.next
}
