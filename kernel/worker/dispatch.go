package worker

// This file defines the Supervisor's goroutine: what happens when a process sends something, or dies.

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
func (s *Supervisor) dispatch() {
	d := &dispatcher{s: s}
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
		case it := <-s.items:
			d.handle(it)
		case <-s.poke:
		case <-timer.C:
			set = time.Time{}
			d.tick(time.Now())
		}
		if d.finished() {
			return
		}
	}
}

// A dispatcher is the state of dispatch alone.
type dispatcher struct {
	s       *Supervisor
	spareAt time.Time // when to start a spare
	killsAt time.Time // when outOfMemoryKills was last asked
}

func (d *dispatcher) finished() bool {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.s.closed && d.s.live == 0
}

// next returns when tick has something to do; zero: never.
func (d *dispatcher) next() (next time.Time) {
	s := d.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return time.Time{}
	}
	times := []time.Time{d.spareAt, s.killAt}
	if p := s.current; p != nil {
		times = append(times, p.errText.due(p.holds()))
		if !p.crashAt.IsZero() {
			times = append(times, p.crashAt.Add(crashTime))
		}
	}
	if r := s.run; r != nil && r.done != nil {
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
	s := d.s
	s.mu.Lock()
	p, r := s.current, s.run
	if r != nil && r.p != nil && !s.killAt.IsZero() && !now.Before(s.killAt) {
		r.forced = true
		r.p.kill(byInterrupt)
		s.killAt = time.Time{}
	}
	if p != nil && !p.crashAt.IsZero() && !now.Before(p.crashAt.Add(crashTime)) {
		p.kill(byCrash)
		p.crashAt = time.Time{}
	}
	if !d.spareAt.IsZero() && !now.Before(d.spareAt) {
		d.spareAt = time.Time{}
		if s.spare == nil && !s.closed {
			if spare, err := s.startLocked(); err != nil {
				s.opts.Logf("starting a spare interpreter: %v", err)
			} else {
				s.spare = spare
			}
		}
	}
	s.mu.Unlock()
	if p != nil {
		if due := p.errText.due(p.holds()); !due.IsZero() && !now.Before(due) {
			d.stream("stderr", p.errText.take())
		}
	}
	d.finish(now)
}

func (d *dispatcher) handle(it item) {
	d.s.mu.Lock()
	stale := d.s.closed || it.p != d.s.current
	d.s.mu.Unlock()
	switch {
	case it.exit != nil:
		d.exited(it.p, it.exit)
	case stale:
		if it.raw != nil && it.raw.text != "" {
			d.s.opts.Logf("interpreter %d, which isn't in use, wrote: %s", it.p.pid, it.raw.text)
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
	s := d.s
	s.mu.Lock()
	r := s.run
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
			s.followLocked(ev.Done.World)
		} else {
			s.opts.Logf("interpreter %d: the end of run %d, which isn't the current one", p.pid, ev.Cell)
		}
		dropped = true
	}
	s.mu.Unlock()
	if !dropped {
		s.handler.Event(*ev)
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
		d.s.mu.Lock()
		if r := d.s.run; r != nil && r.p == p && (x.end || x.marker == r.id) {
			r.marked[x.fd] = true
		}
		d.s.mu.Unlock()
		d.finish(time.Now())
	}
}

// stream passes on text of descriptors 1 and 2, as output of the current run or else of the last one. Output of a
// replay is discarded up to its marker; text after the marker isn't the replay's, even if the replay hasn't ended yet.
func (d *dispatcher) stream(name, text string) {
	if text == "" {
		return
	}
	s := d.s
	s.mu.Lock()
	cell, fd := s.last, 0
	if name == "stderr" {
		fd = 1
	}
	dropped := s.closed || s.run != nil && s.run.p != nil && s.run.replay && !s.run.marked[fd]
	s.mu.Unlock()
	if !dropped {
		s.handler.Event(link.Event{Cell: cell, Stream: &link.Stream{Name: name, Text: text}})
	}
}

// finish ends the run if all has come that belongs to it.
func (d *dispatcher) finish(now time.Time) {
	s := d.s
	s.mu.Lock()
	r := s.run
	if r == nil || r.done == nil || r.forced || s.closed ||
		!(r.marked[0] && r.marked[1]) && now.Before(r.doneAt.Add(markerTime)) {
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	if !r.p.crashing.Load() {
		d.stream("stderr", r.p.errText.take())
	}
	s.mu.Lock()
	s.run, s.killAt = nil, time.Time{}
	d.wantSpareLocked(now)
	s.mu.Unlock()
	r.result <- Result{Done: *r.done, Started: r.started}
	if now.Sub(d.killsAt) >= killsEvery { // behind the answer, which must not wait for it
		d.killsAt = now
		r.p.oomKills.Store(outOfMemoryKills())
	}
}

// wantSpareLocked makes sure that there will be a spare soon.
func (d *dispatcher) wantSpareLocked(now time.Time) {
	if d.s.opts.Spare && d.s.spare == nil && d.spareAt.IsZero() {
		d.spareAt = now.Add(spareDelay)
	}
}

// exited handles the end of a process: its last output is passed on, another takes its place, and the goroutines that
// wait for it are woken.
func (d *dispatcher) exited(p *process, x *exit) {
	s := d.s
	s.mu.Lock()
	s.live--
	if p != s.current {
		if p == s.spare {
			s.spare = nil
			s.opts.Logf("the spare interpreter %d ended: code %d %s\n%s", p.pid, x.code, x.signal, x.report)
		}
		s.mu.Unlock()
		close(p.dead)
		return
	}
	s.mu.Unlock()

	tail, exitLine := cutExitLine(x.report)
	text, report := cutReport(p.errText.take(), tail, x.cut, x.code)
	if !p.isReady {
		d.neverReady(p, x, report, text)
		return
	}
	d.stream("stderr", text)
	crash := explain(x, report, exitLine, p.why.Load(), s.memoryLimit())

	s.mu.Lock()
	if id, ok := s.labels[crash.label()]; ok && crash.Cell == 0 {
		crash.Cell = id
	} else if crash.Cell == 0 {
		crash.Cell = s.last
	}
	r, wasClosed := s.run, s.closed
	s.current, s.run, s.killAt = nil, nil, time.Time{}
	if !wasClosed {
		if _, err := s.processLocked(); err != nil {
			s.opts.Logf("replacing the interpreter: %v", err) // the next run tries again
		}
	}
	// A run that was sent but not read before the process died isn't the cause, unless we killed the process.
	guilty := r != nil && r.p == p && (r.taken || p.why.Load() != byNobody)
	s.replaced = r == nil && !wasClosed
	s.mu.Unlock()
	close(p.dead)
	switch {
	case wasClosed && r != nil:
		r.result <- closed()
	case guilty:
		r.result <- crashed(crash, r.started)
	case !wasClosed:
		s.handler.Died(crash.Cell, crash)
		if r != nil { // it waited for the interpreter, which died of something else
			r.result <- replaced()
		}
	}
}

// neverReady handles the end of a process that couldn't be used. It starts no other, which could loop forever: the next
// run tries again.
func (d *dispatcher) neverReady(p *process, x *exit, report, text string) {
	s := d.s
	s.mu.Lock()
	r := s.run
	s.current, s.run, s.killAt = nil, nil, time.Time{}
	s.mu.Unlock()
	close(p.dead)
	crash := explainStart(x, report, text, p.why.Load())
	s.opts.Logf("interpreter %d: %s\n%s%s", p.pid, crash.Reason, text, report)
	if r != nil {
		r.result <- crashed(crash, false)
	}
}
