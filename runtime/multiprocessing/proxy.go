package multiprocessing

// This file defines proxies: managers.BaseProxy.

import (
	"encoding/json"
	"fmt"
	"slices"
	"syscall"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
)

// An address tells how to reach a manager's server.
type address struct {
	door   *Connection
	server string // the server's name
	id     string // unique: no other server has it
}

// tell sends k to the server's door and reports whether the server still receives.
func (a address) tell(t *machine.Thread, k knock) bool {
	s := a.door.s
	b, handles, err := s.Dumps(t, k)
	if err != nil {
		panic(unsendable(err))
	}
	return a.door.end.Send(t, b, handles) == nil
}

// A line is the connection of one thread to a server.
type line struct {
	thread *machine.Thread
	server string
	number int
	end    *Connection
}

// connect returns the calling thread's line to a server, and closes the lines of threads that have ended. The server
// has a thread for each line, because a lock of a manager belongs to the thread that acquired it.
func (m *module) connect(t *machine.Thread, a address) (*line, error) {
	m.mu.Lock()
	m.lines = slices.DeleteFunc(m.lines, func(l *line) bool {
		if l.thread.Ended() {
			l.end.Close()
			return true
		}
		return false
	})
	for _, l := range m.lines {
		if l.thread == t && l.server == a.id {
			m.mu.Unlock()
			return l, nil
		}
	}
	m.lineNumber++
	l := &line{thread: t, server: a.id, number: m.lineNumber}
	name := m.current.name
	m.mu.Unlock()
	ours, theirs := m.pipe(t, nil, "answer of "+a.server)
	if t.Name() != "MainThread" {
		name += "|" + t.Name()
	}
	ok := a.tell(t, knock{Client: theirs, Peer: &peer{m.s.Self()}, Name: name, Number: l.number})
	theirs.Close()
	if l.end = ours; !ok {
		ours.Close()
		return nil, a.refused()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lines = append(m.lines, l)
	return l, nil
}

// hangUp closes a line; the thread's next request opens another.
func (m *module) hangUp(l *line) {
	l.end.Close()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lines = slices.DeleteFunc(m.lines, func(k *line) bool { return k == l })
}

func (a address) refused() error {
	return &exceptions.OSError{Errno: int(syscall.ECONNREFUSED),
		Note: a.server + " has ended and its objects are lost; make a new Manager"}
}

// A proxy stands for an object of a manager.
type proxy struct {
	address
	number int
	typeid string
}

// request sends q to the server and returns the result or the exception of the call. It panics if q can't be sent.
func (p *proxy) request(q request) (any, error) {
	t, m := here("a proxy")
	if p == nil || p.door == nil {
		panic(exceptions.Type("proxies are made by a Manager: their zero values can't be used"))
	}
	b, handles, err := q.dump(m.s, t)
	if err != nil {
		panic(unsendable(err))
	}
	l, err := m.connect(t, p.address)
	if err != nil {
		for _, h := range handles {
			m.s.Drop(t, h)
		}
		return nil, err
	}
	done, ended := false, false
	defer func() {
		if done {
			return
		}
		m.hangUp(l) // its answer, which nothing waits for, may still come
		if !ended { // interrupted: the call must not take an item or a lock, which nothing would get
			p.tell(t, knock{Cancel: l.number, Peer: &peer{m.s.Self()}})
		}
	}()
	if l.end.end.Send(t, b, handles) != nil {
		ended = true
		return nil, p.refused()
	}
	b, handles, err = l.end.end.Recv(t, -1)
	if err != nil {
		ended = true
		return nil, &exceptions.EOFError{Message: p.server + " ended before it answered; its objects are lost"}
	}
	done = true
	r, err := loadReply(m.s, t, b, handles)
	var d machine.Deadlock
	switch {
	case err != nil:
		return nil, err
	case r.Remote != "":
		return nil, &RemoteError{r.Remote}
	case json.Unmarshal(r.Deadlock, &d) == nil:
		if len(d.Waits) == 1 {
			d.Waits[0].Thread, d.Waits[0].At = t.Name(), t.Site()
		}
		if r.Quiet {
			return nil, &machine.Deadlocked{Deadlock: &d}
		}
		return nil, &d
	}
	return r.Value, r.Err
}

// do calls a method and returns its result. It panics with the method's exception.
func (p *proxy) do(method string, args ...any) any {
	v, err := p.try(method, args...)
	if err != nil {
		panic(err)
	}
	return v
}

// try calls a method and returns its result and exception.
func (p *proxy) try(method string, args ...any) (any, error) {
	return p.request(request{Object: p.number, Method: method, Args: args})
}

// is calls a method and returns its result, the zero T if it is of another type. It panics with the method's exception.
func is[T any](p *proxy, method string, args ...any) T {
	v, _ := p.do(method, args...).(T)
	return v
}

// String returns the text of the object, as print shows it, or a text that names the proxy if the object can't be
// asked.
func (p *proxy) String() string {
	if p == nil || p.door == nil {
		return "<proxy>"
	}
	v, err := p.try("#STR")
	if err != nil {
		return fmt.Sprintf("<proxy, typeid '%s' of %s; '__str__()' failed>", p.typeid, p.server)
	}
	return fmt.Sprint(v)
}

// Reduce implements pickle.Reducer. A proxy can be sent to any process of the family and can be stored in another
// object of a manager.
func (p *proxy) Reduce(k *pickle.Pickler) (any, error) {
	if p.door == nil {
		return nil, exceptions.Type("the zero proxy is none")
	}
	end, ok := p.door.end.(*process.End)
	if !ok || end.Closed() {
		return nil, p.refused()
	}
	return kept(k, end.Handle(), p.number, p.typeid, p.server, p.id)
}

// Restore implements pickle.Restorer.
func (p *proxy) Restore(u *pickle.Unpickler, state any) error {
	end, ok := object(u, state).(*process.End)
	if !ok {
		return strange("proxy")
	}
	p.door = &Connection{end.System(), end}
	p.number, p.typeid, p.server, p.id = part[int](state, 1), part[string](state, 2), part[string](state, 3),
		part[string](state, 4)
	return nil
}

// A Proxy stands for an object of a registered type: managers.AutoProxy. Go can't make methods at run time, so Call
// calls them by name.
type Proxy struct{ proxy }

// Call calls a method of the object in the manager's process, with copies of the arguments, and returns a copy of its
// result: nil, a value, or a []any of several results. It panics with the exception of the method, and with a
// *RemoteError if there is no such method: _callmethod.
func (p *Proxy) Call(method string, args ...any) any { return p.do(method, args...) }

// Try is Call that returns the exception as an error.
func (p *Proxy) Try(method string, args ...any) (any, error) { return p.try(method, args...) }

// Methods returns the names of the methods that Call can call: the exported ones, sorted.
func (p *Proxy) Methods() []string { return is[[]string](&p.proxy, "#METHODS") }

// Has reports whether the object has a method of this name: hasattr.
func (p *Proxy) Has(method string) bool { return slices.Contains(p.Methods(), method) }

// GetValue returns a copy of the object: _getvalue.
func (p *Proxy) GetValue() any { return p.do("#GETVALUE") }
