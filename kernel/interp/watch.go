package interp

// This file watches a run that takes long: it takes the GIL from threads that wait in compiled code, and if all
// goroutines of cells wait for each other, it ends the run with a Deadlock.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gilkernel/kernel/exec"
	rt "gilkernel/runtime/machine"
)

// A watch checks a run periodically: often while the process uses little processor time, because all its goroutines may
// be waiting then, and seldom otherwise, because each check briefly stops the world.
type watch struct {
	s     *runner
	r     *run
	begun time.Time

	next  time.Time     // of the next look
	pause time.Duration // before it
	used  time.Duration // processor time, up to the last turn
	at    time.Time     // of that turn
	asked bool          // the last look found that all goroutines wait
	pulse time.Duration // between two turns
	text  []byte        // reused for the stacks, so that a process that waits for work makes little garbage
}

// The minimum pause between two looks, and the maximum for idle and for busy processes.
const (
	firstLook = pulseTime
	idleLook  = 400 * time.Millisecond
	busyLook  = 3 * time.Second
)

// idlePulse is the maximum pause between two turns of an idle process of package multiprocessing. Each turn wakes up to
// four threads of Go's scheduler, so the 64 idle workers of a pool would use half a core at pulseTime.
const idlePulse = time.Second

func newWatch(s *runner, r *run) *watch {
	now := time.Now()
	return &watch{s: s, r: r, begun: now, next: now.Add(firstLook), pause: firstLook, used: processTime(), at: now,
		pulse: pulseTime}
}

// turn is called at each pulse and returns the time until the next one.
func (w *watch) turn() time.Duration {
	now, used := time.Now(), processTime()
	took, passed := used-w.used, now.Sub(w.at)
	idle := took < passed/5
	w.used, w.at = used, now
	if idle && w.pause > idleLook {
		w.pause = firstLook
		w.next = now
	}
	if w.asked || !now.Before(w.next) {
		w.look()
		limit := busyLook
		if idle {
			limit = idleLook
		}
		w.pause = min(2*w.pause, limit)
		w.next = time.Now().Add(max(w.pause, 20*time.Since(now)))
	}
	return w.after(took, passed)
}

// after returns the time until the next turn. took is the processor time that the process has used since the last turn,
// passed the time since then.
func (w *watch) after(took, passed time.Duration) time.Duration {
	if !w.r.child || w.asked || took > passed/20 {
		return pulseTime
	}
	return min(4*w.pulse, idlePulse)
}

// look reads all stacks, forfeits the GIL of waiting threads, and ends the run at a deadlock.
func (w *watch) look() {
	var all []stack
	all, w.text = stacksInto(w.text)
	threads := w.s.threadsByID()
	lost := false
	for i := range all {
		if y := threads[all[i].id]; y != nil && all[i].native() {
			lost = y.forfeit() || lost
		}
	}
	if lost || w.r.dying.Load() {
		w.asked = false
		return
	}
	waits := w.allWait(all, threads)
	if len(waits) == 0 {
		w.asked = false
		return
	}
	if !w.asked { // only twice in a row: the operating system may be about to wake one
		w.asked = true
		return
	}
	w.s.interruptBy(w.r, &asleep{&rt.Deadlock{Asleep: true, Waits: waits}, w.where(all, threads)})
}

// where returns the frames of the run's own goroutine, nil if it isn't parked.
func (w *watch) where(all []stack, threads map[int64]*pyThread) *exec.Trace {
	w.r.mu.Lock()
	main := w.r.main
	w.r.mu.Unlock()
	for id, y := range threads {
		if main != any(y.Thread) {
			continue
		}
		g := y.g.Load()
		if i := slices.IndexFunc(all, func(g stack) bool { return g.id == id }); i < 0 || g == nil ||
			all[i].state == "running" || all[i].state == "runnable" {
			return nil
		}
		_, calls := g.Parked()
		return &exec.Trace{Frames: calls}
	}
	return nil
}

// forfeitTime is how long the watch waits until another thread has the GIL. Interrupts need the watch, so it can't wait
// longer.
const forfeitTime = 20 * time.Millisecond

// forfeit takes the GIL from a thread that waits in compiled code, and reports whether it has.
func (y *pyThread) forfeit() bool {
	done := make(chan bool, 1)
	go func() { // ends when another thread has the GIL, or when none wants it
		done <- y.Forfeit(func() bool { return parkedNative(y.id.Load()) })
	}()
	select {
	case did := <-done:
		return did
	case <-time.After(forfeitTime):
		return true
	}
}

// parkedNative reports whether a goroutine is waiting in compiled code.
func parkedNative(id int64) bool {
	return slices.ContainsFunc(stacks(), func(g stack) bool { return g.id == id && g.native() })
}

// threadsByID returns the live threads of all pythons, by the numbers of their goroutines.
func (s *runner) threadsByID() map[int64]*pyThread {
	all := map[int64]*pyThread{}
	for _, p := range s.allPythons() {
		p.mu.Lock()
		for _, y := range p.threads {
			if !y.Ended() {
				all[y.id.Load()] = y
			}
		}
		p.mu.Unlock()
	}
	return all
}

// allWait returns what the goroutines and threads of cells wait for, if all of them wait, including the run's own
// goroutine, and only one of them could wake another; otherwise nil.
func (w *watch) allWait(all []stack, threads map[int64]*pyThread) []rt.Waiting {
	if len(all) == 0 || w.r.ran.Load() || w.s.timers.pending() {
		return nil
	}
	byID := map[int64]*stack{}
	for i := range all {
		g := &all[i]
		byID[g.id] = g
		switch g.wakeable() {
		case byAnything:
			return nil
		case byMachine:
			if g.state != "syscall" { // the driver of a simulated machine, or a thread of one that stands still
				continue
			}
			y := threads[g.id]
			if y == nil {
				return nil
			}
			if wait, ok := y.Stuck(); !ok || wait.Beyond { // package process looks for deadlocks of several processes
				return nil
			}
		}
	}
	var waits []rt.Waiting
	for _, y := range threads {
		if wait, ok := y.Stuck(); ok {
			waits = append(waits, wait)
		}
	}
	for i := range all {
		if g := &all[i]; g.wakeable() == byGoroutine {
			if wait, ok := w.waiting(g, byID, threads); ok {
				waits = append(waits, wait)
			}
		}
	}
	slices.SortFunc(waits, func(a, b rt.Waiting) int { return strings.Compare(a.Thread, b.Thread) })
	return waits
}

// waiting returns what a goroutine waits for. ok is false if another goroutine reports the wait, or if the run was
// abandoned.
func (w *watch) waiting(g *stack, all map[int64]*stack, threads map[int64]*pyThread) (wait rt.Waiting, ok bool) {
	id := g.id
	switch at := g.outer(); {
	case strings.HasPrefix(at, testFrame), strings.HasPrefix(at, testingFrame): // for the thread of a test
		return wait, false
	case strings.HasPrefix(g.by, syncsFrame): // it waits on behalf of another
		id = g.parent
		if p := all[id]; p == nil || !strings.HasPrefix(p.outer(), syncsFrame) {
			return wait, false
		}
	case strings.HasPrefix(g.by, machineFrame) &&
		strings.HasPrefix(g.frames[len(g.frames)-1], machineFrame+"(*simulator)"):
		if id = g.parent; threads[id] == nil {
			return wait, false
		}
	case strings.HasPrefix(at, syncsFrame):
		return wait, false
	}
	wait.Thread = fmt.Sprintf("goroutine %d", id)
	wait.Same.For = id // unique, because the channel or mutex isn't known
	var x *exec.G
	var r *run
	if y := threads[id]; y != nil {
		wait.Thread, x, r = y.Name(), y.g.Load(), y.run.Load()
		wait.Same.Thread = y.Thread
	} else if o := w.s.goroutines.find(id); o != nil {
		x, r = o.g.Load(), o.run
	}
	if r != nil && r.dying.Load() || x == nil && g.runs() {
		return wait, false // it was abandoned
	}
	var calls []exec.TraceFrame
	if x != nil {
		wait.For, calls = x.Parked()
	}
	if wait.For == "" {
		wait.For = g.waitsFor()
	}
	for _, c := range calls {
		if at := w.s.host.sources.parse(c.Pos); at.label != "" {
			wait.At = siteAt(at.label, at.line)
			break
		}
	}
	return wait, true
}

// waitsFor names what a goroutine waits for, by the compiled code in which it waits.
func (g *stack) waitsFor() string {
	for _, f := range g.frames {
		switch {
		case strings.HasPrefix(f, "sync.(*RWMutex)"):
			return "a sync.RWMutex"
		case strings.HasPrefix(f, "sync.(*WaitGroup)"):
			return "a sync.WaitGroup"
		case strings.HasPrefix(f, "sync.(*Cond)"):
			return "a sync.Cond"
		case strings.HasPrefix(f, "sync.(*Once)"), strings.HasPrefix(f, "sync.Once"):
			return "a sync.Once"
		case strings.HasPrefix(f, pipeFrame+"read"), strings.HasPrefix(f, "io.(*PipeReader)"):
			return "a write to its io.Pipe"
		case strings.HasPrefix(f, pipeFrame), strings.HasPrefix(f, "io.(*PipeWriter)"):
			return "a read from its io.Pipe"
		case strings.HasPrefix(f, runtimeFrame):
			return g.waitsForOurs()
		case strings.HasPrefix(f, ourFrame):
			if g.state == "sync.Mutex.Lock" {
				return "a sync.Mutex"
			}
			return "something"
		}
	}
	return "something"
}

// waitsForOurs names the library's type whose method the cell has called: the outermost one, because a queue waits for
// a condition, which waits for a lock.
func (g *stack) waitsForOurs() string {
	name := "something"
	for _, f := range g.frames {
		pkg, method, ok := strings.Cut(strings.TrimPrefix(f, runtimeFrame), ".(*")
		if kind, _, isMethod := strings.Cut(method, ")"); ok && isMethod && strings.HasPrefix(f, runtimeFrame) {
			name = "a " + pkg + "." + kind
		}
		if strings.HasPrefix(f, execFrame) {
			break
		}
	}
	return name
}

// asleep is the panic that ends the goroutine of a run in which all goroutines wait. It can't be recovered, because Go
// would end the program.
type asleep struct {
	*rt.Deadlock
	trace *exec.Trace // of the run's own goroutine, where it waited
}

// Uncatchable keeps recover from returning it.
func (asleep) Uncatchable() {}

// Unwrap returns the Deadlock.
func (a asleep) Unwrap() error { return a.Deadlock }
