package interp

// This file defines how a process explores a cell for a session: what is searched, sampled or replayed, and what is
// said of it.

import (
	"fmt"
	"hash/fnv"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/kernel/snapshot"
	"gilkernel/runtime/gil"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/search"
	view "gilkernel/runtime/steps"
)

const (
	// searchSeconds and searchSamples bound a search for which nothing is said; searchShare is the part of the time
	// that is for trying schedules in order, and the rest for samples.
	searchSeconds = 10.0
	searchShare   = 0.7
	searchSamples = 5000
	// allShare is the part of its time for which a search that was given no number of preemptions tries to get through
	// with all schedules.
	allShare = 0.2
	// shrinkShare is how long, beside its time and as a part of it, a search makes the schedule shorter that it shows,
	// and othersShare the schedules of other outcomes.
	shrinkShare, othersShare = 0.3, 0.1
	// explorePercent is GOGC meanwhile: each run leaves all behind that it has made, and little else lives, so that a
	// collection is for nearly nothing.
	explorePercent = 400
	// tellEvery is how often a process says how far it is.
	tellEvery = 100 * time.Millisecond
)

// explored is a cell that was compiled to be explored, which serves for several requests.
type explored struct {
	compiled
	key      string   // tells cells apart
	names    []string // of the variables that it uses
	declares bool
	closed   bool // see unit.Unit.Closed
}

// exploring is one request. Its methods belong to the goroutine of its run, but for interrupt.
type exploring struct {
	s       *runner
	r       *run
	q       *link.Explore
	cell    *explored
	state   *link.State
	version string
	stop    chan struct{} // closed by an interrupt
	once    sync.Once     // guards stop

	run    *exploredRun   // that is under way
	shown  bool           // it is one that is shown
	rec    *view.Recorder // of a run that is shown
	home   *rt.Thread     // MainThread of that run's first process
	report *search.Report // of the search under way; nil: there is none
	races  []search.Race  // that the search has found
	path   path
	notes  map[link.ExploreNote]bool

	compares  *comparer          // of the runs that are compared; nil: others are under way
	heard     map[*exec.Site]int // how many values were looked at
	outsiders outsiders

	compared bool // the objects that are new in each run were compared with the session's
	answer   link.Explored
	told     time.Time // when the last progress was sent
	hashes   map[string]string
	lost     map[string]bool    // variables of modules that couldn't be put back; nil: all could
	modules  *snapshot.Snapshot // of the package variables of modules; nil: there are none
	crew     rt.Crew
}

// interrupt ends a search. Any goroutine may call it.
func (x *exploring) interrupt() { x.once.Do(func() { close(x.stop) }) }

// newExploring returns the state of a request.
func newExploring(s *runner, r *run, q *link.Explore) *exploring {
	return &exploring{s: s, r: r, q: q, stop: make(chan struct{}), notes: map[link.ExploreNote]bool{},
		hashes: map[string]string{}, heard: map[*exec.Site]int{}, answer: link.Explored{Bound: -1, Broken: -1}}
}

// exploreHere explores a cell in this process.
func (s *runner) exploreHere(r *run, q *link.Explore) *link.Done {
	x := r.exploring.Load()
	x.outsiders.own.Store(rt.GoroutineID())
	defer r.exploring.Store(nil)
	defer x.crew.Close()
	defer debug.SetGCPercent(debug.SetGCPercent(explorePercent))
	profile, err := gil.ProfileOf(q.Python)
	if err != nil {
		return usage(err.Error())
	}
	x.version, x.answer.Python = profile.Version, profile.Version
	if failed := x.compile(); failed != nil {
		return &link.Done{Status: "error", Compile: true, Error: failed}
	}
	// Before any schedule: what packages of modules do then, they do once in a process.
	if f := s.contain(func() { s.host.initModules(r) }); f != nil {
		return &link.Done{Status: "error", Compile: true, Error: s.runError(f)}
	}
	x.keepModules()
	s.send(&link.Event{Cell: r.id, Wants: &link.Wants{Names: x.cell.names, Declares: x.cell.declares,
		Modules: x.modules != nil}})
	select {
	case x.state = <-s.states:
	case <-x.stop:
		x.answer.Interrupted = true
		return &link.Done{Status: "ok", Explored: &x.answer}
	}
	for _, l := range x.state.Lacking {
		x.noteVariable(l.Name, l.Text, l.Fatal)
	}
	r.out.send = x.printed
	switch {
	case x.stuck(): // before any run
	case q.Mode == link.ExploreSearch:
		x.search()
	case q.Mode == link.ExploreReplay:
		err = x.replay()
	case q.Mode == link.ExploreChoices:
		x.choices()
	default:
		err = fmt.Errorf("unknown mode %q", q.Mode)
	}
	if err != nil {
		return usage(err.Error())
	}
	x.compareModules()
	for n := range x.notes {
		x.answer.Notes = append(x.answer.Notes, n)
	}
	sortNotes(x.answer.Notes)
	x.answer.Interrupted = x.interrupted()
	return &link.Done{Status: "ok", Explored: &x.answer}
}

// noteVariable notes that a variable of the session isn't what it is there, unless the cell sets it before it reads it.
func (x *exploring) noteVariable(name, text string, fatal bool) {
	u := x.cell.cell.Unit
	at, set := u.First(name)
	if set {
		return
	}
	line := 0
	if at.IsValid() {
		line = u.Fset.Position(at).Line
	}
	x.note(link.ExploreNote{Label: x.q.Label, Line: line, Text: text, Fatal: fatal})
}

func usage(text string) *link.Done {
	return &link.Done{Status: "error", Error: plainError("UsageError", text)}
}

func (x *exploring) interrupted() bool {
	select {
	case <-x.stop:
		return true
	default:
		return false
	}
}

// compile compiles the cell, unless it was the last one.
func (x *exploring) compile() *link.Error {
	s, q := x.s, x.q
	key := q.Label + "\n" + q.Source + "\n" + string(q.Before)
	if s.explored != nil && s.explored.key == key {
		x.cell = s.explored
		return nil
	}
	if s.explored != nil {
		s.explored.Drop()
		s.explored = nil
	}
	run := &link.Run{ID: q.ID, Label: q.Label, Source: q.Source, Before: q.Before, Code: q.Code, Step: "access"}
	s.host.names(run)
	p, refused := s.host.compile(run, false)
	if refused != nil {
		return refused
	}
	c := &explored{compiled: p, key: key, declares: p.Declares(), closed: p.cell.Unit.Closed(closing)}
	for _, v := range p.Globals() {
		c.names = append(c.names, v.Name)
	}
	s.explored, x.cell = c, c
	return nil
}

// options are those of searches and samples.
func (x *exploring) options() *search.Options {
	o := &search.Options{Places: x.place, Names: x.name, Own: own, Stop: x.stop, Schedules: x.q.Schedules}
	if x.cell.closed {
		o.Value, o.Local = valueOf, localOf
	}
	return o
}

// own is search.Options.Own.
func own(t *rt.Thread) uint64 {
	if y, _ := t.Local(pythonKey{}).(*pyThread); y != nil {
		if g := y.g.Load(); g != nil {
			return g.Own()
		}
	}
	return 0
}

// search tries schedules, then takes samples, and shows what breaks the cell.
func (x *exploring) search() {
	began := time.Now()
	defer func() { x.answer.Seconds = time.Since(began).Seconds() }()
	if !x.repeatable() {
		return
	}
	seconds := x.q.Seconds
	if seconds == 0 {
		seconds = searchSeconds
	}
	share := func(of float64) time.Duration { return time.Duration(seconds * of * float64(time.Second)) }
	o := x.options()
	o.Time = share(searchShare)
	o.Report = new(search.Report)
	x.report = o.Report
	if p := x.q.Preemptions; p != nil {
		if o.Preemptions = *p; o.Preemptions == 0 {
			o.Preemptions = -1
		}
	}
	rep := search.Search(o, x.program)
	if x.q.Preemptions == nil && rep.Broken == nil && rep.Bound == search.DefaultPreemptions && !rep.Complete {
		if all := x.searchAll(o); all.Complete || all.Broken != nil {
			rep = all
		}
	}
	x.report = nil
	x.answer = x.with(rep)
	x.races = rep.Races
	limit := search.DefaultPreemptions
	if o.Preemptions != 0 {
		limit = max(o.Preemptions, 0)
	}
	if rest := share(1) - time.Since(began); rep.Broken == nil && !rep.Complete &&
		rep.Bound < limit && rep.Endless == 0 && rest > 0 && !x.interrupted() && !x.stuck() {
		x.sample(rest)
	}
	x.judge(share(shrinkShare), share(othersShare))
}

// with returns the answer with what a search has shown.
func (x *exploring) with(rep *search.Report) link.Explored {
	a := x.answer
	a.Runs, a.Schedules, a.Bound, a.Complete, a.Endless = rep.Runs, rep.Schedules, rep.Bound, rep.Complete, rep.Endless
	a.Foreseen = rep.Foreseen
	a.Forgot = rep.Forgot
	a.Outcomes = nil
	for _, f := range rep.Outcomes {
		x.add(&a, f, f.Count, 0)
	}
	a.Broken = different(a.Outcomes)
	return a
}

// searchAll tries for a short time whether there are so few schedules that all can be tried. It begins with the fewest
// preemptions again, as its outcomes have to say how many they need.
func (x *exploring) searchAll(o *search.Options) *search.Report {
	all := *o
	all.Report, all.Unbounded, all.Time = nil, true, time.Duration(float64(o.Time)*allShare/searchShare)
	return search.Search(&all, x.program)
}

// sample samples the schedules that were too many to try.
func (x *exploring) sample(d time.Duration) {
	o := x.options()
	o.Time, o.Schedules = d, searchSamples
	got := search.Sample(o, x.q.Seed, x.program)
	s := &link.Sample{Runs: got.Runs, Uniform: got.Uniform, Hits: got.Hits, Low: got.Low, High: got.High}
	for _, f := range got.Outcomes {
		x.add(&x.answer, f, 0, f.Count)
		if f.Err != nil {
			s.Broken += f.Count
		}
	}
	x.answer.Sample = s
}

// text returns a schedule as %%replay takes it.
func (x *exploring) text(s search.Schedule) string { return x.version + "/" + s.String() }

// parse reads a schedule from the text that %%replay takes.
func (x *exploring) parse(text string) (version string, s search.Schedule, err error) {
	version, rest, ok := strings.Cut(text, "/")
	if !ok {
		return "", nil, fmt.Errorf("%.60q is no schedule: one begins with a version of Python, as in 3.9/2:k3f>3", text)
	}
	profile, err := gil.ProfileOf(version)
	if err != nil || version == "" {
		return "", nil, fmt.Errorf("%.60q is no schedule: it begins with %.60q, and that is no version of Python", text,
			version)
	}
	s, err = search.ParseSchedule(rest)
	return profile.Version, s, err
}

// replay runs the cell under the schedule of the request.
func (x *exploring) replay() error {
	version, s, err := x.parse(x.q.Schedule)
	if err != nil {
		return err
	}
	x.version, x.answer.Python = version, version
	out, followed := x.show(s)
	out.Schedule = x.text(s[:followed])
	x.answer.Outcomes = []link.Outcome{out}
	if out.Kind != view.Value {
		x.answer.Broken = 0
	}
	switch {
	case followed < len(s):
		x.answer.Differs = x.differs(s[followed])
	case out.Kind == view.Value:
		x.replayRaces(s)
	}
	return nil
}

// place returns what stands for the statement at which a thread is.
func (x *exploring) place(t *rt.Thread) string {
	if x.run == nil {
		return ""
	}
	text := x.run.statement(t)
	if text == "" {
		return ""
	}
	h, ok := x.hashes[text]
	if !ok {
		f := fnv.New32a()
		_, _ = f.Write([]byte(text))
		h = "000" + strconv.FormatUint(uint64(f.Sum32()), 36)
		h = h[len(h)-3:]
		x.hashes[text] = h
	}
	return h
}

// name is search.Options.Names: a variable of the first process is called by its number.
func (x *exploring) name(key any) uint64 {
	at, ok := key.(unsafe.Pointer)
	if !ok || x.run == nil || x.run.image == nil {
		return 0
	}
	return uint64(x.run.image.Number(at))
}

// note adds something that isn't the same in each run.
func (x *exploring) note(n link.ExploreNote) { x.notes[n] = true }

// stuck reports whether something was found that no run can pass.
func (x *exploring) stuck() bool {
	for n := range x.notes {
		if n.Fatal {
			return true
		}
	}
	return false
}

// printed gets what a run prints.
func (x *exploring) printed(_, text string) {
	if x.shown && len(x.answer.Printed) < maxPrinted {
		x.answer.Printed += text
	}
}

// tell says how far the search is, from time to time.
func (x *exploring) tell() {
	x.answer.Runs++
	if now := time.Now(); now.Sub(x.told) >= tellEvery {
		x.told = now
		a := x.answer
		if x.report != nil {
			a = x.with(x.report)
		}
		x.s.send(&link.Event{Cell: x.r.id, Explored: &a})
	}
}
