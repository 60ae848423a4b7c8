package interp

// This file defines one run of a cell that is explored: its machine, its Python, its variables, and how it ends.

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/kernel/std/frees"
	"gilkernel/runtime/display"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/process"
	"gilkernel/runtime/search"
	view "gilkernel/runtime/steps"
	"gilkernel/runtime/threading"
)

// exploredRun is one run. Its fields belong to the thread that runs.
type exploredRun struct {
	x     *exploring
	p     *python
	image *exec.Image // of the first process
	value string
	wrong *broken // the first panic that ended a thread other than MainThread; nil: none did
	keys  []any   // of the access under way
	syncs map[any]*syncLock
	conds map[*sync.Cond]*syncCond
	free  bool // there is no GIL
	// foreign are what variables of compiled packages were before the run wrote them, by their addresses.
	foreign map[unsafe.Pointer]reflect.Value
	// enters says that the next call is that of the cell itself, which is no step.
	enters bool
	// endless says that it was stopped because it was far too long.
	endless bool
}

// broken is how a run is broken.
type broken struct {
	kind, text string
	label      string
	line       int
}

// Error implements error.
func (b *broken) Error() string {
	if b.line > 0 {
		return fmt.Sprintf("%s: %s (line %d)", b.kind, b.text, b.line)
	}
	return b.kind + ": " + b.text
}

// errUnrepeatable ends a run that does something outside its machine.
var errUnrepeatable = errors.New("this run does something that isn't its machine's")

// exploredBegun is what time.Now says at the beginning of each run: the same in each, so that runs are repeatable.
var exploredBegun = time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)

// program is the cell as package search runs it.
func (x *exploring) program(e rt.Explorer) search.Outcome {
	if x.stuck() {
		return search.Outcome{}
	}
	x.tell()
	er := &exploredRun{x: x}
	out, err := er.all(e)
	x.run = nil
	x.restoreModules()
	for _, n := range x.outsiders.take() {
		x.note(n)
	}
	if err != nil {
		return search.Outcome{Err: &broken{kind: view.Panicked, text: err.Error()}}
	}
	return out
}

// all makes the machine and lets it run to its end. The error says that there is no machine.
func (er *exploredRun) all(e rt.Explorer) (out search.Outcome, err error) {
	x, s := er.x, er.x.s
	p := &python{s: s, spec: pythonSpec{simulated: true, version: x.version}, begun: exploredBegun,
		threads: map[*rt.Thread]*pyThread{}, explored: er}
	er.p, x.run = p, er
	o := &rt.Options{Explorer: newGuarded(e, x), Crew: &x.crew, Site: p.site}
	if p.m, err = rt.Simulate(o); err != nil {
		return out, err
	}
	if x.rec != nil {
		p.m.Observe(x.rec)
	}
	if p.in, err = gil.New(p.m, &gil.Options{Version: x.version}); err != nil {
		return out, err
	}
	er.free = p.in.Profile().Kind == gil.FreeThreaded
	threading.SetHost(p.in, threading.Host{Stderr: s.stderr, Describe: er.describe, FuncName: s.pythonName,
		Line: s.lineOf})
	p.main = threading.Main(p.in)
	if x.shown {
		x.home = p.main
	}
	process.Provide(p.in, p.family)
	process.ProvideSiblings(p.in, siblings{p})
	image := s.host.engine.NewImage()
	er.image = image
	imageRoom(p.in).Store(image)
	s.mu.Lock()
	s.pythons = append(s.pythons[:0:0], p)
	s.mu.Unlock()
	failed := p.main.Run(func(*rt.Thread) {
		er.begin(image)
		x.cell.Init(x.r)
		er.enters = true
		x.cell.Call(x.r)
	})
	if failed == nil {
		failed = threading.Shutdown(p.in)
	}
	for at, was := range er.foreign {
		reflect.NewAt(was.Type(), at).Elem().Set(was)
	}
	p.endFamily()
	p.m.Stop(nil)
	p.m.Drain(-1)
	x.r.out.settle()
	out.Value = er.value
	switch wrong := er.brokenBy(failed); {
	case er.endless:
		out.Err = &broken{kind: view.Endless, text: "the run doesn't end"}
	case wrong != nil && (er.wrong == nil || wrong.kind == view.Deadlock || wrong.kind == view.Failed):
		out.Err = wrong
	case er.wrong != nil:
		out.Err = er.wrong
	}
	return out, nil
}

// begin gives the variables of the session that the cell uses their values.
func (er *exploredRun) begin(image *exec.Image) {
	st, s := er.x.state, er.x.s
	if len(st.Anew) > 0 {
		s.host.engine.Initialize(image, er.x.r, st.Anew)
		if !er.x.compared {
			er.x.compared = true
			done := make(chan struct{})
			go func() { // a plain goroutine, which ends at once: what it looks at is no event of the machine
				defer close(done)
				er.compare(image)
			}()
			<-done
		}
	}
	if len(st.Names) == 0 {
		return
	}
	values, err := s.codec().LoadItems(st.Data, nil)
	if err != nil {
		panic(fmt.Errorf("the variables of the session can't be read: %w", err))
	}
	for i, name := range st.Names {
		v := reflect.ValueOf(values[i])
		image.Place(name, v.Type().Elem(), v.UnsafePointer())
	}
}

// compare notes which of the library's objects that are new in each run look different from those of the session.
func (er *exploredRun) compare(image *exec.Image) {
	st, x := er.x.state, er.x
	for i, look := range st.Looks {
		g, ok := x.s.host.engine.GlobalIn(image, st.Anew[i])
		if look == "" || !ok {
			continue
		}
		if fresh := lookOf(reflect.NewAt(g.Type, g.Pointer).Interface()); fresh != look {
			name := g.Shown
			x.noteVariable(name, fmt.Sprintf("each run has a new %s, as its declaration says: %s, while the session's "+
				"is %s", name, fresh, look), false)
		}
	}
}

// hexadecimal is what a pointer looks like in a text.
var hexadecimal = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`0x[0-9a-f]{8,16}`) })

// heapReach is how far from another object one of the heap may be.
const heapReach = 1 << 36

// withoutAddresses returns a text without the addresses of objects in it, which differ from run to run: where the heap
// begins differs from process to process (randomizeHeapBase in runtime/malloc.go).
func withoutAddresses(text string) string {
	if !strings.Contains(text, "0x") { // a search takes longer
		return text
	}
	here := uint64(uintptr(unsafe.Pointer(new(byte))))
	return hexadecimal().ReplaceAllStringFunc(text, func(s string) string {
		at, err := strconv.ParseUint(s[2:], 16, 64)
		if err != nil || at-here+heapReach > 2*heapReach {
			return s
		}
		return "0x…"
	})
}

// result is given the values of the cell's last expression.
func (x *exploring) result(vs []any) {
	texts := make([]string, len(vs))
	for i, v := range vs {
		texts[i] = display.Format(reflect.ValueOf(v), nil)
	}
	x.run.value = withoutAddresses(strings.Join(texts, ", "))
}

// brokenBy returns how an error of MainThread breaks the run, nil if it doesn't.
func (er *exploredRun) brokenBy(err error) *broken {
	if err == nil {
		return nil
	}
	var d *rt.Deadlock
	var f *rt.Failure
	switch {
	case errors.Is(err, errUnrepeatable), errors.Is(err, errStopped), errors.Is(err, errLong),
		errors.Is(err, errChosen):
		return nil
	case errors.As(err, &d):
		return &broken{kind: view.Deadlock, text: strings.TrimPrefix(d.Error(), "deadlock: ")}
	case errors.As(err, &f):
		return er.panicked(f.Value, f.Stack)
	}
	return &broken{kind: view.Panicked, text: err.Error()}
}

// panicked returns what a panic is, nil for one that ends a thread in the ordinary way.
func (er *exploredRun) panicked(value any, stack []byte) *broken {
	f := &failure{value: value}
	if p, ok := value.(*exec.Panic); ok {
		f.value, f.trace = p.Value, p.Trace
	}
	if err := unmade(f.value, stack); err != nil {
		f.value = err
	}
	err, _ := f.value.(error)
	if errors.As(err, new(*exceptions.SystemExit)) || errors.As(err, new(*rt.Stopped)) {
		return nil
	}
	name, text := explain(f.value)
	b := &broken{kind: view.Panicked, text: strings.TrimSuffix(name+": "+text, ": ")}
	if errors.As(err, new(*exceptions.AssertionError)) {
		b.kind, b.text = view.Failed, cmp.Or(text, "an assertion doesn't hold")
	}
	for _, fr := range slices.Backward(er.x.s.frames(f)) {
		if at := fr.place; strings.HasPrefix(at.label, "In[") { // not in a module, whose lines are none of the cell's
			b.label, b.line = at.label, at.line
			break
		}
	}
	return b
}

// describe is what package threading asks of a panic that ends a thread.
func (er *exploredRun) describe(value any, stack []byte) (name, text, traceback string) {
	if b := er.panicked(value, stack); b != nil && er.wrong == nil {
		er.wrong = b
	}
	if !er.x.shown {
		return "RuntimeError", "", ""
	}
	return er.x.s.describe(value, stack)
}

// statement returns the text of the statement at which a thread is.
func (er *exploredRun) statement(t *rt.Thread) string {
	y, _ := t.Local(pythonKey{}).(*pyThread)
	if y == nil {
		return ""
	}
	g := y.g.Load()
	if g == nil {
		return ""
	}
	return g.Statement()
}

// Explores implements exec.Explored.
func (y *pyThread) Explores() bool { return y.explored != nil }

// At implements exec.Explored.
func (y *pyThread) At(site *exec.Site, at unsafe.Pointer, n int) {
	x := y.explored.x
	rec := x.rec
	if x.compares != nil && n == 1 && site.IsBasic() {
		x.compares.accesses(y.Thread, site, site.Value(at))
	}
	enters := y.explored.enters && site.Op == "call"
	if enters {
		y.explored.enters = false
	}
	if rec == nil || enters || site.Op == "chance" || site.Op == "resume" {
		y.stepAt(site, at, n)
	} else {
		a := x.access(site, at, n)
		rec.About(y.Thread, a)
		y.stepAt(site, at, n)
		rec.Step(y.Thread, 0, a)
	}
	if site.Foreign {
		y.explored.keepForeign(site, at)
	}
	if size := site.Synced(); size > 0 && at != nil && site.Op == "write" {
		y.explored.overwritten(at, size*uintptr(n))
	}
}

// atomically are the keys of a call that orders threads by itself, but may access anything, as Range of a sync.Map.
var atomically = []any{nil, rt.Atomic{}}

// stepAt is At on the machine.
func (y *pyThread) stepAt(site *exec.Site, at unsafe.Pointer, n int) {
	er := y.explored
	write := false
	switch site.Op {
	case "chance":
		er.x.noteAt(site.Pos, site.Name+" isn't the same in each run", false)
		return
	case "range":
		if site.Several(at) {
			er.x.noteAt(site.Pos, "the order in which a range goes through the map "+site.Name+
				" isn't the same in each run", false)
		}
	case "read":
	case "write", "resume":
		write = true
	default:
		return
	}
	switch {
	case y.Machine().Made() == 1: // nobody else is there who could see it
	case site.Atomic && at == nil:
		y.StepOver(atomically, true)
	case site.Atomic:
		y.StepOn(rt.Atomic{At: at}, write)
	case at == nil:
		y.StepOn(nil, write)
	case site.IsMap():
		y.stepOnMap(site, at, write)
	case n == 1 && site.Parts() == 1 && site.Synced() == 0:
		y.site, y.stepped = site, at
		y.StepOn(at, write)
		y.site = nil
	default:
		er.keys = er.keys[:0]
		if write && site.Synced() > 0 { // what replaces these values has no address
			er.keys = append(er.keys, nil)
		}
		site.Keys(at, n, func(key unsafe.Pointer) {
			if key == nil {
				er.keys = append(er.keys, nil)
			} else {
				er.keys = append(er.keys, key)
			}
		})
		keys := er.keys
		er.keys = nil // others may run before it has happened
		y.StepOver(keys, write)
		er.keys = keys
	}
}

// stepOnMap is stepAt for a map or an element of one. Without a GIL, a map of Go's is one thing: it must not be changed
// while another thread uses it.
func (y *pyThread) stepOnMap(site *exec.Site, at unsafe.Pointer, write bool) {
	er := y.explored
	switch {
	case er.free:
		y.StepOn(site.Map(at), write)
	case site.IsWholeMap() || y.Freed():
		keys := er.keys[:0]
		er.keys = nil // others may run before it has happened
		site.Shares(at, func(key unsafe.Pointer) { keys = append(keys, key) })
		y.StepOver(keys, write)
		er.keys = keys
	default:
		y.StepOn(at, write)
	}
}

// aGoroutine is what can't be explored, and what can.
const aGoroutine = "a goroutine that no machine schedules; make a thread with threading.NewThread"

// leaves ends the run: what t is about to do is outside its machine.
func (er *exploredRun) leaves(t *rt.Thread, what string) {
	n := link.ExploreNote{Text: what, Fatal: true}
	if t != nil {
		n.Label, n.Line = er.x.placeOf(er.p.site(t))
	}
	er.end(t, n)
}

// leavesAt is leaves for a position, as the engine writes it.
func (er *exploredRun) leavesAt(pos, what string) {
	at := er.x.s.host.sources.parse(pos)
	er.end(rt.Current(), link.ExploreNote{Label: at.label, Line: at.line, Text: what, Fatal: true})
}

func (er *exploredRun) end(t *rt.Thread, n link.ExploreNote) {
	er.x.note(n)
	er.p.m.Stop(errUnrepeatable)
	if t != nil && t.Machine() == er.p.m {
		t.Check() // it panics
	}
}

// placeOf returns the cell, or the file of a module, and the line of a site.
func (x *exploring) placeOf(site rt.Site) (label string, line int) {
	switch {
	case site.Cell > 0:
		return fmt.Sprintf("In[%d]", site.Cell), int(site.Line)
	case x.s.host.sources.text(site.File) != nil:
		return site.File, int(site.Line)
	}
	return "", 0
}

// blockExplored is Blocking on a machine that is explored: no other thread runs meanwhile, as the machine would not
// know when it comes back.
func (y *pyThread) blockExplored(what frees.How, name string, fn func()) {
	switch what {
	case frees.Event:
		y.explored.leaves(y.Thread, "a wait for a "+name+", which no machine knows; package queue has what one knows")
		return
	case frees.IO:
		n := link.ExploreNote{Text: name +
			" reaches outside of the machine: what it does is not taken back between two runs"}
		n.Label, n.Line = y.explored.x.placeOf(y.explored.p.site(y.Thread))
		y.explored.x.note(n)
	}
	y.Detach()
	defer y.Attach()
	fn()
}

// errExplored is the error of a thread that asks for input while its cell is explored.
var errExplored = errors.New("stdin is not available while a cell is explored")

// asks notes that the thread that calls it reads what the person would type.
func (x *exploring) asks() error {
	n := link.ExploreNote{Text: "a read of stdin gets nothing while a cell is explored"}
	if t := rt.Current(); t != nil && x.run != nil {
		n.Label, n.Line = x.placeOf(x.run.p.site(t))
	}
	x.note(n)
	return errExplored
}

// sortNotes sorts notes by their places.
func sortNotes(list []link.ExploreNote) {
	slices.SortFunc(list, func(a, b link.ExploreNote) int {
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Line, b.Line), strings.Compare(a.Text, b.Text))
	})
}
