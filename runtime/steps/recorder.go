package steps

// This file defines recorders: what engines and machines tell of a run.

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"gilkernel/runtime/machine"
)

// Config says what a Recorder knows about a run. The zero Config is a run about which nothing is known.
type Config struct {
	Python   string // the version: "3.9", "3.13t"
	Schedule string // View.Schedule
	// Source returns the lines of a cell by its label, such as "In[3]"; nil knows none.
	Source func(label string) []string
	// Thread returns what a thread is called; nil calls it by its name.
	Thread func(t *machine.Thread) string
	// Panic returns the text of what a thread panicked with, "" for what isn't worth a step; nil is Failure.
	Panic func(value any, stack []byte) string
	// Where returns the cell and the line in which a thread panicked, "" if that isn't known; nil: where the thread
	// made its last step.
	Where func(value any, stack []byte) (label string, line int)
	// Parallel says that threads run at the same time: then no one of them preempts another, and what lies in memory
	// may change while it is looked at. Plain goroutines always do.
	Parallel bool
	// Calls says that the engine tells of calls and ends of loops, but of no accesses: then they aren't Quiet.
	Calls bool
	// Told says that Preempted is called for each preemption: another change of threads is none.
	Told bool
	// Locks says that the machine tells of the locks of package sync too: they aren't guessed from calls.
	Locks bool
	// Interpreted reports whether the methods of a package's types are code that may make steps, as that of cells is:
	// none is called to describe a value. nil: only those of cells are.
	Interpreted func(path string) bool
	// Limit is how many steps are kept; 0 is DefaultLimit. Later ones are counted.
	Limit int
}

// DefaultLimit is the Limit of a Config that has none.
const DefaultLimit = 10_000

// An Access is a place in a cell that a thread reaches: where it reads or writes a variable, calls something, or a loop
// ends.
type Access struct {
	Op   string // Read, Write, Call, Loop, or Sync for a call of a method of a lock, a queue and the like
	Name string // of what is accessed, as the source has it: n, c.n, m[k], lock.Acquire(); "" for calls and loops
	// Label, Line and Column are where that is: "In[3]", and numbers from 1 on, the column in bytes.
	Label        string
	Line, Column int
	// Key tells the variable from others of its name, such as by its address: a comparable value, nil if Name must do.
	Key any
	// Share tells the part of the variable that is accessed from others, such as the elements of a map with one key: a
	// comparable value, nil if it is all of it.
	Share any
	// Get returns the variable's value at any time from now on; nil if it isn't known.
	Get func() any
}

// A Recorder makes a View of a run out of what it is told. Step must be called before each access, after others could
// run for the last time; the machine's Observer must be the Recorder too, as it knows of locks, waits, starts and ends.
// All methods may be called concurrently.
type Recorder struct {
	c  Config
	mu sync.Mutex // protects the fields below; nothing waits while it is held, and no code of cells runs

	rows    []*row
	more    int
	last    *thread // whose the last step is
	threads []*thread

	preempted *thread // since the last step, nil if none was
	of        map[*machine.Thread]*thread
	plain     map[int64]*thread // plain goroutines, by number

	variables []*variable
	vars      map[any]*variable
	objects   []*object
	known     map[identity]*object
	names     map[string]*object // what an expression stood for last
	people    map[string]*thread // the same for threads
	strangers map[string]string  // the names of threads that make no steps of the run
	labels    []string           // of cells, in the order of View.Sources
}

// A thread is a thread of the run, or a plain goroutine.
type thread struct {
	index int
	t     *machine.Thread // nil: it is a goroutine
	id    int64           // of a goroutine: 1 for the first
	call  *row            // the call of a lock's method, …, in which it is, or was last; nil: none in this line
	outer []*row          // calls of which call computes an argument
	takes *row            // the call of a lock of Go's that it acquires when it goes on; nil: none
	write *row            // whose value afterwards isn't known yet
	where Access          // its last place
	about *Access         // what it is about to do, see About
	waits *row            // where it waits; nil: it doesn't
	doing doing
	dead  bool // it was ended where it waits: what it does since is of no interest
}

// doing is what a thread does.
type doing uint8

const (
	runs     doing = iota
	released       // it has released the GIL by itself
	waits          // it waits for another thread
	ended
)

// A row is a step under way.
type row struct {
	th            *thread
	op, name      string
	at            Access // its place
	v             *variable
	obj           *object
	other         *thread
	before, after string
	sw            string
	over          *thread // that was preempted before it was told of, nil if none was
	method        string  // of a call
	n             int     // how many items a queue has after it; -1 is unknown
	holders       []*thread
	text          string  // if it is known already
	gone          bool    // what happened in the call was told, in another row
	settled       bool    // what the call did is known
	did           *object // what the call released
	internal      bool    // it is about something inside of what was called
	waited        bool    // the thread waited for it before
}

// A variable is a variable, or an element or a field of one.
type variable struct {
	name    string
	get     func() any
	value   string // the last that is known
	lib     bool   // it leads to a lock, a thread, a function
	first   *row   // the first step that touched it
	by      map[*thread]bool
	writers map[*thread]bool
	shares  map[any]int
	index   int
}

// New returns a Recorder that knows of no step.
func New(c Config) *Recorder {
	if c.Limit == 0 {
		c.Limit = DefaultLimit
	}
	return &Recorder{c: c, of: map[*machine.Thread]*thread{}, plain: map[int64]*thread{}, vars: map[any]*variable{},
		known: map[identity]*object{}, names: map[string]*object{}, people: map[string]*thread{},
		strangers: map[string]string{}}
}

// About says what t does next, once others could run: View.Now tells that of a thread that doesn't get there. Step says
// that it did. t is the calling thread, or the one that makes the call on its behalf.
func (r *Recorder) About(t *machine.Thread, a *Access) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.thread(t, 0).about = a
}

// Step says what the calling thread does now. t is nil for a plain goroutine, which has a number then.
func (r *Recorder) Step(t *machine.Thread, goroutine int64, a *Access) {
	text, value := "", reflect.Value{}
	if a.Get != nil && (a.Op == Read || a.Op == Write) {
		value = reflect.ValueOf(a.Get())
		text = r.format(value)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	th := r.thread(t, goroutine)
	if th.dead {
		return
	}
	r.settle(th)
	th.about, th.where = nil, *a
	r.reaches(th, a)
	w := &row{th: th, op: a.Op, name: a.Name, at: *a, n: -1}
	switch a.Op {
	case Read, Write:
		w.v = r.variable(th, a, text)
		if value.IsValid() {
			r.learn(w.v, a.Name, value)
		}
		w.before = text
		if w.v.first == nil {
			w.v.first = w
		}
		r.seen(w)
		if a.Op == Write {
			w.v.writers[th] = true
			if a.Get != nil {
				th.write = w
			}
		} else {
			w.after = text
		}
	case Sync:
		w.name, w.method = receiver(a.Name)
		if o := r.names[w.name]; o != nil {
			w.holders = slices.Clone(o.holders)
		}
		th.call = w
	}
	r.add(w)
	if a.Op == Sync {
		r.locks(th, w)
	}
}

// receiver splits "lock.Acquire()".
func receiver(call string) (name, method string) {
	call = strings.TrimSuffix(call, "()")
	if i := strings.LastIndexByte(call, '.'); i > 0 {
		return call[:i], call[i+1:]
	}
	return call, ""
}

// Failed says that the calling thread panics, or that an assertion of it fails, with a text. at is where; without a
// Label, and if it is nil, that is the thread's last place.
func (r *Recorder) Failed(t *machine.Thread, goroutine int64, at *Access, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	th := r.thread(t, goroutine)
	r.settle(th)
	r.leaveCall(th)
	if at == nil || at.Label == "" || at.Label == th.where.Label && at.Line == th.where.Line {
		at = &th.where
	}
	r.add(&row{th: th, op: Panic, at: *at, text: text, n: -1})
}

// settle finds out what was written before: by the calling thread, and by others, if these don't run at the same time.
// Callers hold mu.
func (r *Recorder) settle(th *thread) {
	if th.t == nil || r.c.Parallel {
		r.wrote(th)
		return
	}
	for _, u := range r.threads {
		if u.t != nil {
			r.wrote(u)
		}
	}
}

// seen settles what other threads have written to a variable that a thread finds with another value than they did, or
// that it can't have found before. Callers hold mu.
func (r *Recorder) seen(w *row) {
	for _, u := range r.threads {
		p := u.write
		if p == nil || u == w.th || p.v != w.v || w.before == "" {
			continue
		}
		if p.before != w.before || p.v.first == p {
			p.after, u.write = w.before, nil
		}
	}
}

// wrote finds out what th has written last. Callers hold mu.
func (r *Recorder) wrote(th *thread) {
	w := th.write
	if w == nil {
		return
	}
	th.write = nil
	v := reflect.ValueOf(w.at.Get())
	w.after = r.format(v)
	w.v.value = w.after
	if v.IsValid() {
		r.learn(w.v, w.name, v)
	}
}

// thread returns what is known of a thread. Callers hold mu.
func (r *Recorder) thread(t *machine.Thread, goroutine int64) *thread {
	th := r.of[t]
	if t == nil {
		th = r.plain[goroutine]
	}
	if th != nil {
		return th
	}
	th = &thread{index: len(r.threads), t: t}
	if t == nil {
		th.id = int64(len(r.plain) + 1)
		r.plain[goroutine] = th
	} else {
		r.of[t] = th
	}
	r.threads = append(r.threads, th)
	return th
}

// share returns the number of a part, 0 for nil.
func (v *variable) share(part any) int {
	if part == nil {
		return 0
	}
	if v.shares == nil {
		v.shares = map[any]int{}
	}
	if v.shares[part] == 0 {
		v.shares[part] = len(v.shares) + 1
	}
	return v.shares[part]
}

// variable returns what is known of what is accessed. Callers hold mu.
func (r *Recorder) variable(th *thread, a *Access, value string) *variable {
	key := a.Key
	if key == nil {
		key = a.Name
	}
	v := r.vars[key]
	if v == nil {
		v = &variable{name: a.Name, index: len(r.variables), by: map[*thread]bool{}, writers: map[*thread]bool{}}
		r.vars[key] = v
		r.variables = append(r.variables, v)
	}
	v.by[th] = true
	if a.Get != nil {
		v.get, v.value = a.Get, value
	}
	return v
}

// add adds a step, and finds out how its thread got the core. Callers hold mu.
func (r *Recorder) add(w *row) {
	if w.at.Label != "" {
		r.source(w.at.Label)
	}
	if len(r.rows) >= r.c.Limit {
		r.more++
		w.gone = true
		return
	}
	switch by := r.preempted; {
	case r.last != nil && r.last != w.th:
		w.sw = r.switched(r.last, w.th)
	case by != nil && by != w.th:
		w.sw, w.over = Preempts, by
	}
	r.last, r.preempted = w.th, nil
	r.rows = append(r.rows, w)
}

// Preempted says that a thread, which could go on, loses the core. If it has done nothing yet that the Recorder was
// told of, this is how that is known.
func (r *Recorder) Preempted(t *machine.Thread) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.preempted = r.thread(t, 0)
}

// switched is how a thread got the core that another one had.
func (r *Recorder) switched(from, to *thread) string {
	switch {
	case r.c.Parallel || from.t == nil || to.t == nil:
		return ""
	case from.doing != runs || from.t.Ended() || from.t.Waits():
		return Takes
	case from.t.Machine().Simulated() && from.t.Machine() == to.t.Machine() && !from.t.Computes():
		return Takes
	case r.c.Told && r.preempted == nil:
		return Relieves
	}
	return Preempts
}

// reaches is a thread that reaches a place. In the line of a call that may be a part of its receiver or its arguments,
// which are computed after the call was told. Callers hold mu.
func (r *Recorder) reaches(th *thread, a *Access) {
	r.taken(th)
	c := th.call
	if c == nil {
		r.leaveCall(th)
		return
	}
	switch {
	case c.at.Line != a.Line || c.at.Label != a.Label:
		r.leaveCall(th)
	case a.Op == Sync && !c.settled:
		th.outer = append(th.outer, c)
	}
}

// leaveCall ends what a thread called, if it is in a call. Callers hold mu.
func (r *Recorder) leaveCall(th *thread) {
	r.taken(th)
	r.awake(th)
	th.call, th.outer = nil, nil
}
