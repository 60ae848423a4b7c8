package interp

// This file defines how a session has a cell explored: by a process of its own, which is given all definitions with
// steps, and the values of the variables that the cell uses.
//
//	kernel process ─Explore─► session ─Define…, Explore─► child: compiles the cell
//	                             ◄──────────Wants──────── the variables that it uses
//	                             ─State─────────────────► runs it, as often as it takes
//	                ◄─Done───────◄──Explored…, Done──────

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
)

const (
	// bestTime is how long an interrupted search may take to say what it has found.
	bestTime = 50 * time.Millisecond
	// quietTime is how long a search runs before its progress is shown, and showEvery how often it is then.
	quietTime = time.Second
	showEvery = 500 * time.Millisecond
	// explorerTime is for how long the process is kept after its last use.
	explorerTime = 10 * time.Minute
)

// explorations is the process that explores the cells of a session. Its methods may be called concurrently.
type explorations struct {
	mu       sync.Mutex // protects the fields below; held while a cell is explored
	c        *child     // nil: there is none
	sent     int        // how many of the session's sources it has
	last     string     // the cell that it explored last
	declares bool       // and that has declared something
	idle     *time.Timer
}

// answers is what the process says. Its methods may be called concurrently.
type answers struct {
	mu   sync.Mutex // protects the field below
	list []*link.Event
	bell chan struct{} // holds one if there is something in list
}

func (a *answers) add(ev *link.Event) {
	a.mu.Lock()
	a.list = append(a.list, ev)
	a.mu.Unlock()
	select {
	case a.bell <- struct{}{}:
	default:
	}
}

func (a *answers) take() []*link.Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.list
	a.list = nil
	return list
}

// startExplore explores a cell.
func (s *runner) startExplore(q *link.Explore) {
	r := s.begin(q.ID, q.Label)
	r.showing.Store(true) // an interrupt is answered with what was found
	work := s.explore
	if s.arena {
		r.exploring.Store(newExploring(s, r, q)) // now: an interrupt may be the next request
		work = s.exploreHere
	}
	s.finish(r, func() *link.Done { return work(r, q) }, func() {})
}

// explore makes another process explore a cell.
func (s *runner) explore(r *run, q *link.Explore) *link.Done {
	s.started(r)
	return s.exploreBeside(r, q)
}

// exploreBeside makes another process explore code, for a run.
func (s *runner) exploreBeside(r *run, q *link.Explore) *link.Done {
	x := &s.explorations
	x.mu.Lock()
	defer x.mu.Unlock()
	s.mu.Lock()
	if q.Python == "" {
		q.Python = s.spec.version
	}
	s.mu.Unlock()
	c, err := x.ready(s, q)
	if err != nil {
		return &link.Done{Status: "error",
			Error: plainError("OSError", "starting a process that explores: "+err.Error())}
	}
	defer x.rest()
	c.kills, _ = process.OOMKills()
	c.requests.send(&link.Request{Explore: q})
	began, best := time.Now(), (*link.Explored)(nil)
	var late <-chan time.Time
	cancel := r.cancel
	p := &progress{s: s, r: r, quiet: q.Quiet || q.Mode != link.ExploreSearch}
	for {
		select {
		case <-c.answers.bell:
			for _, ev := range c.answers.take() {
				switch {
				case ev.Wants != nil:
					x.declares = ev.Wants.Declares
					state := s.stateFor(ev.Wants.Names)
					if ev.Wants.Modules {
						s.addModules(state)
					}
					c.requests.send(&link.Request{State: state})
				case ev.Explored != nil:
					best = ev.Explored
					p.show(best, time.Since(began))
				case ev.Done != nil:
					p.over(ev.Done.Explored)
					return &link.Done{Status: ev.Done.Status, Compile: ev.Done.Compile, Error: ev.Done.Error,
						Explored: ev.Done.Explored}
				}
			}
		case <-c.over:
			x.c = nil
			p.over(nil)
			return &link.Done{Status: "error", Error: plainError("ExploreError", c.obituary())}
		case <-cancel:
			cancel = nil
			c.requests.send(&link.Request{Interrupt: &link.Interrupt{ID: q.ID}})
			late = time.After(bestTime)
		case <-late: // a run doesn't come to its end
			c.killed.Store(true)
			c.leader.kill()
			x.c = nil
			if best == nil {
				best = &link.Explored{Bound: -1, Broken: -1}
			}
			best.Interrupted = true
			p.over(best)
			return &link.Done{Status: "ok", Explored: best}
		}
	}
}

// obituary says in a sentence what ended a process that explored a cell.
func (c *child) obituary() string {
	code := process.ExitCode(c.cmd.ProcessState)
	if c.memory = c.usedUp(code); c.memory != "" {
		return "a run of the cell has ended the process that explores, because " + c.memory
	}
	if text := c.epitaph(); text != "" {
		return "a run of the cell has ended the process that explores: it " + text
	}
	return fmt.Sprintf("a run of the cell has ended the process that explores (exit code %d); nothing of the "+
		"session is lost", code)
}

// ready returns the process with all definitions. The caller holds mu.
func (x *explorations) ready(s *runner, q *link.Explore) (*child, error) {
	if x.idle != nil {
		x.idle.Stop()
	}
	cell := q.Label + "\n" + q.Source
	if x.c != nil && x.declares && cell != x.last {
		x.end()
	}
	if x.c != nil {
		select {
		case <-x.c.over:
			x.c = nil
		default:
		}
	}
	if x.c == nil {
		c, err := s.newChild()
		if err != nil {
			return nil, err
		}
		x.c, x.sent = c, 0
	}
	x.last, x.declares = cell, false
	s.processes.mu.Lock()
	fresh := slices.Clone(s.processes.defined[x.sent:])
	x.sent = len(s.processes.defined)
	s.processes.mu.Unlock()
	for _, d := range fresh {
		q := *d.request()
		q.Step = "access"
		x.c.define(&q)
	}
	x.c.answers.take()
	return x.c, nil
}

// end ends the process. The caller holds mu.
func (x *explorations) end() {
	if x.c != nil {
		x.c.killed.Store(true)
		x.c.leader.kill()
		x.c = nil
	}
}

// rest ends the process when it has been idle for long. The caller holds mu.
func (x *explorations) rest() {
	if x.idle == nil {
		x.idle = time.AfterFunc(explorerTime, func() {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.end()
		})
		return
	}
	x.idle.Reset(explorerTime)
}

// stateFor returns the values of the session's variables with these names, and of those that the functions in them use.
func (s *runner) stateFor(names []string) *link.State {
	list := (&globals{s, nil}).named(names)
	st := &link.State{}
	for {
		items := make([]pickle.Item, len(list))
		for i, v := range list {
			items[i] = pickle.Item{Name: v.Shown, Value: v.Pointer, Variable: true}
		}
		data, err := s.codec().DumpItems(items, nil)
		if err == nil {
			st.Data = data
			break
		}
		e := new(pickle.Error)
		i, j := 0, len(list)
		if errors.As(err, &e) && e.Item >= 0 && e.Item < len(list) {
			i, j = e.Item, e.Item+1
		}
		for _, v := range list[i:j] {
			switch {
			case v.Declared:
				look := ""
				if isLibrary(v.Pointer) {
					look = lookOf(v.Pointer)
				}
				st.Anew, st.Looks = append(st.Anew, v.Name), append(st.Looks, look)
				if look == "" {
					st.Lacking = append(st.Lacking, link.Lacking{Name: v.Shown,
						Text: "each run has a new " + v.Shown + ", as its declaration says: " + uncopied(v.Shown, err)})
				}
			case !v.Zero:
				st.Lacking = append(st.Lacking, link.Lacking{Name: v.Shown, Fatal: true,
					Text: "no run can have " + v.Shown + ": " + uncopied(v.Shown, err) + "; make it in this cell"})
			}
		}
		list = slices.Delete(list, i, j)
	}
	for _, v := range list {
		st.Names = append(st.Names, v.Name)
	}
	return st
}

// uncopied says why a variable can't be copied into a run. An error of package pickle speaks of another process.
func uncopied(name string, err error) string {
	e := new(pickle.Error)
	if !errors.As(err, &e) {
		return err.Error()
	}
	what := e.What
	if e.Path != name {
		what = e.Path + ", " + what + ","
	}
	if e.Why != "" {
		what += " " + e.Why
	}
	return what + " can't be copied"
}

// isLibrary reports whether a variable holds something of this program's library, such as a lock: one that isn't in use
// is as good as another.
func isLibrary(pointer any) bool {
	t := reflect.TypeOf(pointer).Elem()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return strings.HasPrefix(t.PkgPath(), "gilkernel/")
}

// anyAddress is what a pointer looks like in the text of a Python object.
var anyAddress = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(` at 0x[0-9a-f]+`) })

// lookOf says what an object of the library looks like, as far as it shows it, "" if it shows nothing: two objects that
// look the same are interchangeable.
func lookOf(pointer any) string {
	v := reflect.ValueOf(pointer)
	if v.Elem().Kind() == reflect.Pointer {
		if v = v.Elem(); v.IsNil() {
			return "nil"
		}
	}
	s, ok := v.Interface().(fmt.Stringer)
	if !ok {
		return ""
	}
	text := anyAddress().ReplaceAllString(s.String(), "")
	if q, ok := s.(interface{ Qsize() int }); ok { // a queue's text doesn't say it
		text += fmt.Sprintf(" of size %d", q.Qsize())
	}
	return text
}

// named is Used for variables by their names: those that there are.
func (g *globals) named(names []string) []process.Global {
	e := g.s.host.engine
	f := &finder{e: e, holds: map[reflect.Type]bool{}, seen: map[memoryOf]bool{}}
	var found []exec.Global
	for _, n := range names {
		if v, ok := e.GlobalIn(g.image, n); ok {
			found = append(found, v)
			f.memory(v.Type, v.Pointer)
		}
	}
	for known := 0; len(f.funcs) > known; {
		known = len(f.funcs)
		for _, v := range e.GlobalsIn(g.image, f.funcs...) {
			if !slices.ContainsFunc(found, func(w exec.Global) bool { return w.Name == v.Name }) {
				found = append(found, v)
				f.memory(v.Type, v.Pointer)
			}
		}
	}
	return g.list(found)
}

// progress is a line below a cell that says how far its exploration is.
type progress struct {
	s     *runner
	r     *run
	quiet bool
	shown bool
	last  time.Time
}

func (p *progress) show(x *link.Explored, since time.Duration) {
	if p.quiet || since < quietTime || time.Since(p.last) < showEvery {
		return
	}
	p.last = time.Now()
	p.put(fmt.Sprintf("%d schedules so far …", x.Runs+x.Foreseen))
}

func (p *progress) put(text string) {
	kind := "update_display_data"
	if !p.shown {
		kind, p.shown = "display_data", true
	}
	p.s.send(&link.Event{Cell: p.r.id, Display: &link.Display{Kind: kind, ID: p.id(),
		Data: rawMap(map[string]any{"text/plain": text})}})
}

func (p *progress) id() string { return fmt.Sprintf("gilkernel-explore-%d-%d", os.Getpid(), p.r.id) }

// over lets the answer, nil for an error, take the place of the line.
func (p *progress) over(x *link.Explored) {
	switch {
	case !p.shown:
	case x != nil:
		x.Progress = p.id()
	default:
		p.put("")
	}
}
