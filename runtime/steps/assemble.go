package steps

// This file defines how a recorder's rows become a View.

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gilkernel/runtime/machine"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// View returns what the Recorder was told, with o as its outcome. It may be called more than once.
func (r *Recorder) View(o Outcome) *View {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, th := range r.threads {
		if th.t != nil && (!r.c.Parallel || th.doing == ended) {
			r.wrote(th)
		}
	}
	a := r.assembly(&View{Python: r.c.Python, Schedule: r.c.Schedule, Outcome: o, More: r.more,
		Sources: []Source{}, Threads: []Thread{}, Steps: []Step{}})
	a.people()
	a.variables()
	a.steps()
	for i := range a.v.Locks {
		o := a.objects[i]
		a.v.Locks[i].Holders, a.v.Locks[i].Waiters = indexes(o.holders), indexes(o.waiters)
	}
	for _, label := range r.labels {
		a.v.Sources = append(a.v.Sources, Source{label, r.lines(label)})
	}
	a.v.Sentence = Explain(a.v)
	return a.v
}

func indexes(list []*thread) (out []int) {
	for _, th := range list {
		out = append(out, th.index)
	}
	return out
}

// assembly is a View under way.
type assembly struct {
	r       *Recorder
	v       *View
	texts   map[string][]string // of cells, by label
	names   []string            // of objects
	locks   map[*object]int
	objects []*object // those of View.Locks
	shorts  []string  // names of threads, for texts
}

func (r *Recorder) assembly(v *View) *assembly {
	return &assembly{r: r, v: v, texts: map[string][]string{}, names: r.called(), locks: map[*object]int{}}
}

// people names the threads.
func (a *assembly) people() {
	for _, th := range a.r.threads {
		t := Thread{ID: th.index + 1}
		switch {
		case th.t == nil:
			t.Name = "goroutine " + itoa(int(th.id))
		case a.r.c.Thread != nil:
			t.ID, t.Name = th.t.ID(), a.r.c.Thread(th.t)
		default:
			t.ID, t.Name = th.t.ID(), th.t.Name()
		}
		a.v.Threads = append(a.v.Threads, t)
	}
	a.shorts = shortNames(a.v.Threads)
}

// shortNames returns what texts call threads: "Thread-1" and not "Thread-1 (work)", unless two would be called so.
func shortNames(threads []Thread) []string {
	uses := map[string]int{}
	out := make([]string, len(threads))
	for i, t := range threads {
		out[i], _, _ = strings.Cut(t.Name, " (")
		uses[out[i]]++
	}
	for i, t := range threads {
		if uses[out[i]] > 1 {
			out[i] = t.Name
		}
	}
	return out
}

// variables names the variables.
func (a *assembly) variables() {
	taken := map[string]int{}
	several := len(a.r.threads) > 1
	for _, v := range a.r.variables {
		name := v.name
		if taken[v.name]++; taken[v.name] > 1 {
			name += " (" + itoa(taken[v.name]) + ")"
		}
		value := v.value
		if v.get != nil && !a.r.c.Parallel {
			value = a.r.format(valueOf(v.get()))
		}
		quiet := several && len(v.by) < 2 || v.lib && len(v.writers) < 2
		a.v.Variables = append(a.v.Variables, Variable{Name: name, Value: value, Quiet: quiet})
	}
}

// lock returns the number of an object in View.Locks.
func (a *assembly) lock(o *object) int {
	if o == nil {
		return 0
	}
	n, ok := a.locks[o]
	if !ok {
		a.v.Locks = append(a.v.Locks, Lock{Name: a.names[o.index], Kind: o.kind})
		a.objects = append(a.objects, o)
		n = len(a.objects)
		a.locks[o] = n
	}
	return n
}

// shows reports whether a row is a step of the view.
func (a *assembly) shows(w *row) bool {
	if w.gone || w.obj != nil && w.obj.kind == "starting" {
		return false
	}
	named := w.obj != nil && len(w.obj.paths)+len(w.obj.calls) > 0
	return !w.internal || named || w.op == Wait || w.op == Wake
}

// step makes a step of a row.
func (a *assembly) step(w *row) Step {
	s := Step{Thread: w.th.index, Op: w.op, Name: w.name, Before: w.before, After: w.after, Switch: w.sw}
	s.Place = a.place(w)
	if w.v != nil {
		s.Variable, s.Share = w.v.index+1, w.v.share(w.at.Share)
		s.Quiet = a.v.Variables[w.v.index].Quiet
	}
	if w.obj != nil {
		s.Lock, s.Name = a.lock(w.obj), a.names[w.obj.index]
	}
	if w.other != nil {
		s.Other = w.other.index + 1
	}
	if th := a.r.people[w.name]; th != nil && w.op == Sync && w.obj == nil && w.method == "Join" {
		s.Other = th.index + 1
	}
	if w.op == Sync && s.Lock == 0 && notifies(w.method) {
		if o := a.r.names[w.name]; o != nil && (o.kind == "Condition" || o.kind == "Event") {
			s.Op, s.Lock, s.Name = Notify, a.lock(o), a.names[o.index]
		}
	}
	s.Quiet = s.Quiet || (w.op == Loop || w.op == Call) && !a.r.c.Calls || w.internal ||
		w.obj != nil && w.method == "" && len(w.obj.paths)+len(w.obj.calls) == 0
	s.Text = a.text(w)
	return s
}

// notifies reports whether a method tells threads that wait something.
func notifies(method string) bool {
	return method == "Notify" || method == "NotifyAll" || method == "Set"
}

// place returns a row's place, with what is accessed there.
func (a *assembly) place(w *row) Place {
	if w.at.Label == "" || w.op == End {
		return Place{Source: -1}
	}
	p := Place{Source: a.r.source(w.at.Label), Line: w.at.Line}
	lines, ok := a.texts[w.at.Label]
	if !ok {
		lines = a.r.lines(w.at.Label)
		a.texts[w.at.Label] = lines
	}
	switch {
	case w.at.Line < 1 || w.at.Line > len(lines):
	case w.at.Column > 0:
		p.Column, p.Width = marked(lines[w.at.Line-1], w.at.Column, strings.TrimSuffix(w.at.Name, "()"))
	case w.obj != nil:
		p.Column, p.Width = guessed(lines[w.at.Line-1], w.op)
	}
	return p
}

// marked returns where a name is in a line, near a column in bytes, in characters.
func marked(line string, column int, name string) (at, width int) {
	i := min(column-1, len(line))
	if name == "" {
		name = word(line[i:])
	} else if !strings.HasPrefix(line[i:], name) {
		name = strings.TrimSuffix(name, "[len:]")
		if j := strings.Index(line[i:], name); j >= 0 {
			i += j
		} else if j := strings.LastIndex(line[:i], name); j >= 0 {
			i = j
		} else {
			name = word(line[i:])
		}
	}
	return utf8.RuneCountInString(line[:i]) + 1, utf8.RuneCountInString(name)
}

// guessed returns where a line acquires or releases, if it does that once: the line has no steps of its own.
func guessed(line, op string) (at, width int) {
	methods := []string{".Acquire(", ".With(", ".Wait(", ".WaitFor("}
	if op == Release {
		methods[0] = ".Release("
	}
	for _, m := range methods {
		i := strings.Index(line, m)
		if i < 0 || strings.Count(line, m) > 1 {
			continue
		}
		from := strings.LastIndexFunc(line[:i], func(c rune) bool {
			return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("_.[]", c)
		}) + 1
		return utf8.RuneCountInString(line[:from]) + 1, utf8.RuneCountInString(line[from:i]+m) - 1
	}
	return 0, 0
}

// word returns the letters and digits with which a text begins.
func word(s string) string {
	end := strings.IndexFunc(s, func(c rune) bool {
		return c != '_' && c != '.' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
	if end < 0 {
		return s
	}
	return s[:end]
}

// steps makes steps of the rows. A switch to a row that isn't shown is one to the thread's next.
func (a *assembly) steps() {
	var hidden *row
	last, over := -1, 0
	for _, w := range a.r.rows {
		if !a.shows(w) {
			if w.sw != "" {
				hidden = w
			}
			switch {
			case w.over != nil:
				over = w.over.index + 1
			case w.th.index != last:
				over = w.th.index + 1
			}
			continue
		}
		if w.over != nil {
			over = w.over.index + 1
		}
		s := a.step(w)
		if s.Switch == "" && hidden != nil && hidden.th == w.th {
			s.Switch = hidden.sw
		}
		if s.Thread == last {
			if s.Switch == Preempts && over > 0 {
				s.Over = over
			} else {
				s.Switch = ""
			}
		}
		hidden, last, over = nil, s.Thread, 0
		a.v.Steps = append(a.v.Steps, s)
	}
}

// Place returns a place in what the Recorder was told so far: behind its end. Before and After find the steps there,
// which are known at the end of the run only: what was told of a call may turn out to be a part of another step.
func (r *Recorder) Place() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.rows)
}

// Before returns how many steps of the View are before a place.
func (r *Recorder) Before(place int) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.before(place)
}

func (r *Recorder) before(place int) (n int) {
	a := r.assembly(&View{})
	for _, w := range r.rows[:min(place, len(r.rows))] {
		if a.shows(w) {
			n++
		}
	}
	return n
}

// After returns the number of the first step of the View, from 1, that t has made after a place; 0: it has made none.
func (r *Recorder) After(place int, t *machine.Thread) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.assembly(&View{})
	for i := place; i < len(r.rows); i++ {
		if w := r.rows[i]; w.th.t == t && a.shows(w) {
			return r.before(i) + 1
		}
	}
	return 0
}

// Now returns what each thread does next at a point of an explored machine: its View's Now. The run stands still there.
func (r *Recorder) Now(p *machine.Point) []Next {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.assembly(&View{})
	a.people()
	out := make([]Next, len(r.threads))
	for i, th := range r.threads {
		n := &out[i]
		at := slices.Index(p.Threads, th.t)
		n.Can, n.Runs, n.Sleeps = at >= 0, at == 0 && p.Goes, at >= p.Ready
		n.Source = -1
		if next := th.about; next != nil {
			w := &row{th: th, op: next.Op, name: next.Name, at: *next, n: -1}
			if next.Op == Sync {
				w.name, w.method = receiver(next.Name)
				w.obj = r.names[w.name]
			}
			n.Place, n.Text = a.place(w), a.next(w)
		}
		switch {
		case n.Can:
		case th.doing == ended || th.t != nil && th.t.Ended():
			n.Why = "has ended"
		case th.waits != nil:
			n.Why, n.Place = a.text(th.waits), a.place(th.waits)
		default:
			n.Why = "can't run"
		}
	}
	return out
}

// source returns the index in View.Sources of a cell.
func (r *Recorder) source(label string) int {
	i := slices.Index(r.labels, label)
	if i < 0 {
		i = len(r.labels)
		r.labels = append(r.labels, label)
	}
	return i
}

// lines returns the text of a cell.
func (r *Recorder) lines(label string) []string {
	if r.c.Source == nil {
		return nil
	}
	return r.c.Source(label)
}
