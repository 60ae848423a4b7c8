package worker

// This file defines the Supervisor's goroutine: what happens when a process says something, or dies.

import (
	"time"

	"gilkernel/kernel/link"
)

// markerTime is how long after Done a run waits for its markers: a cell may have closed or
// redirected descriptors 1 and 2.
const markerTime = 500 * time.Millisecond

// killsEvery is how often outOfMemoryKills is asked between runs: it makes the system write out all counters of its
// memory, which takes as long as the compilation of a small cell.
const killsEvery = time.Second

// dispatch handles items until the Supervisor is closed and the last process has exited. It has one
// timer, which is set only while something is waited for; an idle Supervisor sleeps.
func (e *Supervisor) dispatch() {
	d := &dispatcher{e: e}
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()
	var set time.Time
	for {
		if next := d.next(); next.IsZero() {
			timer.Stop()
			set = time.Time{}
		} else if !next.Equal(set) {
			timer.Reset(time.Until(next))
			set = next
		}
		select {
		case it := <-e.items:
			d.handle(it)
		case <-e.poke:
		case <-timer.C:
			set = time.Time{}
			d.tick(time.Now())
		}
		if d.finished() {
			return
		}
	}
}

// A dispatcher is the state of dispatch that nobody else sees.
type dispatcher struct {
	e       *Supervisor
	spareAt time.Time // when to start a spare
	killsAt time.Time // when outOfMemoryKills was last asked
}

func (d *dispatcher) finished() bool {
	d.e.mu.Lock()
	defer d.e.mu.Unlock()
	return d.e.closed && d.e.live == 0
}

// next returns when tick has something to do; zero: never.
func (d *dispatcher) next() (next time.Time) {
	e := d.e
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return time.Time{}
	}
	times := []time.Time{d.spareAt, e.killAt}
	if p := e.current; p != nil {
		times = append(times, p.errText.due(p.holds()))
		if !p.crashAt.IsZero() {
			times = append(times, p.crashAt.Add(crashTime))
		}
	}
	if r := e.run; r != nil && r.done != nil {
		times = append(times, r.doneAt.Add(markerTime))
	}
	for _, t := range times {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}

// tick does what is due.
func (d *dispatcher) tick(now time.Time) {
	e := d.e
	e.mu.Lock()
	p, r := e.current, e.run
	if r != nil && r.p != nil && !e.killAt.IsZero() && !now.Before(e.killAt) {
		r.forced = true
		r.p.kill(byInterrupt)
		e.killAt = time.Time{}
	}
	if p != nil && !p.crashAt.IsZero() && !now.Before(p.crashAt.Add(crashTime)) {
		p.kill(byCrash)
		p.crashAt = time.Time{}
	}
	if !d.spareAt.IsZero() && !now.Before(d.spareAt) {
		d.spareAt = time.Time{}
		if e.spare == nil && !e.closed {
			if s, err := e.startLocked(); err != nil {
				e.opts.Logf("starting a spare interpreter: %v", err)
			} else {
				e.spare = s
			}
		}
	}
	e.mu.Unlock()
	if p != nil {
		if due := p.errText.due(p.holds()); !due.IsZero() && !now.Before(due) {
			d.stream("stderr", p.errText.take())
		}
	}
	d.finish(now)
}

func (d *dispatcher) handle(it item) {
	d.e.mu.Lock()
	stale := d.e.closed || it.p != d.e.current
	d.e.mu.Unlock()
	switch {
	case it.exit != nil:
		d.exited(it.p, it.exit)
	case stale:
		if it.raw != nil && it.raw.text != "" {
			d.e.opts.Logf("interpreter %d, which isn't in use, wrote: %s", it.p.pid, it.raw.text)
		}
	case it.raw != nil:
		d.raw(it.p, *it.raw)
	case it.crash:
		it.p.crashAt = time.Now()
	default:
		d.event(it.p, it.event)
	}
}

func (d *dispatcher) event(p *process, ev *link.Event) {
	e := d.e
	e.mu.Lock()
	r := e.run
	mine := r != nil && r.p == p && ev.Cell == r.id
	dropped := mine && r.replay
	switch {
	case ev.Ready != nil:
		if !p.isReady {
			p.isReady = true
			close(p.ready)
		}
		dropped = true
	case ev.Taken != nil:
		if mine {
			r.taken = true
		}
		dropped = true
	case ev.Started != nil:
		if mine {
			r.taken, r.started = true, true
		}
		dropped = true
	case ev.Done != nil:
		if mine && r.done == nil {
			r.done, r.doneAt = ev.Done, time.Now()
			e.followLocked(ev.Done.World)
		} else {
			e.opts.Logf("interpreter %d: the end of run %d, which doesn't go on", p.pid, ev.Cell)
		}
		dropped = true
	}
	e.mu.Unlock()
	if !dropped {
		e.handler.Event(*ev)
	}
	if ev.Done != nil {
		d.finish(time.Now())
	}
}

func (d *dispatcher) raw(p *process, x piece) {
	switch {
	case x.text != "" && x.fd == 0:
		d.stream("stdout", x.text)
	case x.text != "":
		d.stream("stderr", p.errText.add(time.Now(), x.text, p.holds()))
	default:
		if x.fd == 1 && !x.end && !p.crashing.Load() {
			d.stream("stderr", p.errText.take()) // it lived on, so it wasn't its last words
		}
		d.e.mu.Lock()
		if r := d.e.run; r != nil && r.p == p && (x.end || x.marker == r.id) {
			r.marked[x.fd] = true
		}
		d.e.mu.Unlock()
		d.finish(time.Now())
	}
}

// stream passes on text of descriptors 1 and 2, as output of the current run or else of the last one. Output of a
// replay is discarded up to its marker; text after the marker isn't the replay's, even if the replay hasn't ended yet.
func (d *dispatcher) stream(name, text string) {
	if text == "" {
		return
	}
	e := d.e
	e.mu.Lock()
	cell, fd := e.last, 0
	if name == "stderr" {
		fd = 1
	}
	dropped := e.closed || e.run != nil && e.run.p != nil && e.run.replay && !e.run.marked[fd]
	e.mu.Unlock()
	if !dropped {
		e.handler.Event(link.Event{Cell: cell, Stream: &link.Stream{Name: name, Text: text}})
	}
}

// finish ends the run if all has come that belongs to it.
func (d *dispatcher) finish(now time.Time) {
	e := d.e
	e.mu.Lock()
	r := e.run
	if r == nil || r.done == nil || r.forced || e.closed ||
		!(r.marked[0] && r.marked[1]) && now.Before(r.doneAt.Add(markerTime)) {
		e.mu.Unlock()
		return
	}
	e.mu.Unlock()
	if !r.p.crashing.Load() {
		d.stream("stderr", r.p.errText.take())
	}
	e.mu.Lock()
	e.run, e.killAt = nil, time.Time{}
	d.wantSpareLocked(now)
	e.mu.Unlock()
	r.result <- Result{Done: *r.done, Started: r.started}
	if now.Sub(d.killsAt) >= killsEvery { // behind the answer, which must not wait for it
		d.killsAt = now
		r.p.oomKills.Store(outOfMemoryKills())
	}
}

// wantSpareLocked sees to it that there is a spare soon.
func (d *dispatcher) wantSpareLocked(now time.Time) {
	if d.e.opts.Spare && d.e.spare == nil && d.spareAt.IsZero() {
		d.spareAt = now.Add(spareDelay)
	}
}

// exited is the end of a process: its last words are handed on, another takes its place, and those
// who wait for it are told.
func (d *dispatcher) exited(p *process, x *exit) {
	e := d.e
	e.mu.Lock()
	e.live--
	if p != e.current {
		if p == e.spare {
			e.spare = nil
			e.opts.Logf("the spare interpreter %d ended: code %d %s\n%s", p.pid, x.code, x.signal, x.report)
		}
		e.mu.Unlock()
		close(p.dead)
		return
	}
	e.mu.Unlock()

	tail, exitLine := cutExitLine(x.report)
	text, report := cutReport(p.errText.take(), tail, x.cut, x.code)
	if !p.isReady {
		d.neverReady(p, x, report, text)
		return
	}
	d.stream("stderr", text)
	crash := explain(x, report, exitLine, p.why.Load(), e.memoryLimit())

	e.mu.Lock()
	if id, ok := e.labels[crash.label()]; ok && crash.Cell == 0 {
		crash.Cell = id
	} else if crash.Cell == 0 {
		crash.Cell = e.last
	}
	r, wasClosed := e.run, e.closed
	e.current, e.run, e.killAt = nil, nil, time.Time{}
	if !wasClosed {
		if _, err := e.processLocked(); err != nil {
			e.opts.Logf("replacing the interpreter: %v", err) // the next run tries again
		}
	}
	// A run that was sent and not read when the process died, has had no part in it, unless it was we who killed it.
	guilty := r != nil && r.p == p && (r.taken || p.why.Load() != byNobody)
	e.replaced = r == nil && !wasClosed
	e.mu.Unlock()
	close(p.dead)
	switch {
	case wasClosed && r != nil:
		r.result <- closed()
	case guilty:
		r.result <- crashed(crash, r.started)
	case !wasClosed:
		e.handler.Died(crash.Cell, crash)
		if r != nil { // it waited for the interpreter, which died of something else
			r.result <- replaced()
		}
	}
}

// neverReady is the end of a process that couldn't be used. No other is started here, lest this goes
// on for ever: the next run tries again.
func (d *dispatcher) neverReady(p *process, x *exit, report, text string) {
	e := d.e
	e.mu.Lock()
	r := e.run
	e.current, e.run, e.killAt = nil, nil, time.Time{}
	e.mu.Unlock()
	close(p.dead)
	crash := explainStart(x, report, text, p.why.Load())
	e.opts.Logf("interpreter %d: %s\n%s%s", p.pid, crash.Reason, text, report)
	if r != nil {
		r.result <- crashed(crash, false)
	}
}
