package worker

// This file defines what happens when a process sends something or dies, and the Supervisor's goroutine.

import (
	"strings"
	"time"

	"gilkernel/kernel/link"
)

// killsEvery is the minimum time between two calls of outOfMemoryKills between runs: each makes the system write out
// all its memory counters, which takes as long as compiling a small cell.
const killsEvery = time.Second

// dispatch does what is due until the Supervisor is closed and the last process has exited. Its only timer is set only
// while something is going to be due: an idle Supervisor sleeps.
func (s *Supervisor) dispatch() {
	d := &s.dispatcher
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()
	for {
		s.turn.Lock()
		next, finished := d.next(), d.finished()
		d.set = next
		s.turn.Unlock()
		switch {
		case finished:
			return
		case next.IsZero():
			timer.Stop()
		default:
			timer.Reset(time.Until(next))
		}
		select {
		case <-s.poke:
		case <-timer.C:
			s.turn.Lock()
			d.tick(time.Now())
			s.turn.Unlock()
		}
	}
}

// post handles an item in the goroutine of the reader that has read it, because waking another goroutine would delay
// it. It wakes dispatch if there is something new to wait for.
func (s *Supervisor) post(it item) {
	s.turn.Lock()
	defer s.turn.Unlock()
	d := &s.dispatcher
	d.handle(it)
	if next := d.next(); it.exit != nil || !next.IsZero() && (d.set.IsZero() || next.Before(d.set)) {
		d.set = next
		s.wake()
	}
}

// A dispatcher is the state of handling items. It belongs to the holder of Supervisor.turn.
type dispatcher struct {
	s       *Supervisor
	set     time.Time // when dispatch's timer wakes it; zero: never
	spareAt time.Time // when to start a spare
	killsAt time.Time // when outOfMemoryKills was last asked
}

func (d *dispatcher) finished() bool {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.s.closed && d.s.live == 0
}

// next returns when something will be due; zero: nothing will.
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
}

func (d *dispatcher) handle(it item) {
	d.s.mu.Lock()
	stale := d.s.closed || it.p != d.s.current
	d.s.mu.Unlock()
	switch {
	case it.exit != nil:
		d.exited(it.p, it.exit)
	case stale:
		if it.raw != nil && len(it.raw.bytes) > 0 {
			it.p.handled[it.raw.fd] += int64(len(it.raw.bytes)) // the process may be in use later
			d.s.opts.Logf("interpreter %d, which isn't in use, wrote: %s", it.p.pid, it.raw.bytes)
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
		if !p.isReady.Swap(true) {
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
			r.done, r.started = ev.Done, r.started || p.ledger.Started(r.id)
			for i, raw := range p.raw { // everything that the run wrote is in the pipe or was read
				r.due[i] = raw.due()
			}
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
		d.finish()
	}
}

func (d *dispatcher) raw(p *process, x piece) {
	text := p.spell[x.fd].add(x.bytes)
	if x.end {
		text += p.spell[x.fd].take()
	}
	d.written(p, x.fd, text)
	p.handled[x.fd] += int64(len(x.bytes))
	p.ended[x.fd] = x.end
	d.finish()
}

// written passes on text of descriptor 1+fd; text of descriptor 2 is held until it can't be part of a crash report.
// Output of a replay is discarded; text that arrives after it isn't the replay's.
func (d *dispatcher) written(p *process, fd int, text string) {
	d.s.mu.Lock()
	r := d.s.run
	dropped := r != nil && r.p == p && r.replay && !(r.done != nil && p.settled(fd, r.due[fd]))
	d.s.mu.Unlock()
	switch {
	case text == "" || dropped:
	case fd == 0:
		d.stream("stdout", text)
	default:
		d.stream("stderr", p.errText.add(time.Now(), text, p.holds()))
	}
}

// stream passes on text of descriptors 1 and 2 as output of the current run, or of the last one.
func (d *dispatcher) stream(name, text string) {
	if text == "" {
		return
	}
	s := d.s
	s.mu.Lock()
	cell, dropped := s.last, s.closed
	s.mu.Unlock()
	if !dropped {
		s.handler.Event(link.Event{Cell: cell, Stream: &link.Stream{Name: name, Text: text}})
	}
}

// finish ends the run if everything that belongs to it has arrived.
func (d *dispatcher) finish() {
	s := d.s
	s.mu.Lock()
	r := s.run
	if r == nil || r.done == nil || r.forced || s.closed || !r.p.settled(0, r.due[0]) || !r.p.settled(1, r.due[1]) {
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	for i, due := range r.due {
		if r.p.handled[i] == due && !r.replay { // else the rest is the beginning of later text
			d.written(r.p, i, r.p.spell[i].take())
		}
	}
	now := time.Now()
	if !r.p.crashing.Load() {
		d.stream("stderr", r.p.errText.take())
	}
	s.mu.Lock()
	s.run, s.killAt = nil, time.Time{}
	d.wantSpareLocked(now)
	s.mu.Unlock()
	r.result <- Result{Done: *r.done, Started: r.started}
	if now.Sub(d.killsAt) >= killsEvery { // after the result, which must not wait for it
		d.killsAt = now
		r.p.oomKills.Store(outOfMemoryKills())
	}
}

// wantSpareLocked schedules the start of a spare if there is none.
func (d *dispatcher) wantSpareLocked(now time.Time) {
	if d.s.opts.Spare && d.s.spare == nil && d.spareAt.IsZero() {
		d.spareAt = now.Add(spareDelay)
	}
}

// exited handles the end of a process: it passes on the last output, replaces the process, and wakes the goroutines
// that wait for it.
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
		p.closeLedger()
		close(p.dead)
		return
	}
	if r := s.run; r != nil && r.p == p {
		r.started = r.started || p.ledger.Started(r.id)
		r.taken = r.taken || r.started || p.ledger.Taken(r.id)
	}
	s.mu.Unlock()
	p.closeLedger()

	tail, exitLine := cutExitLine(x.report)
	text, report := cutReport(p.errText.take(), tail, x.cut, x.code)
	if strings.Contains(x.signal+report, "SIGABRT") && !strings.Contains(report, p.errText.native) {
		report = p.errText.native + report
	}
	if !p.isReady.Load() {
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
		if r != nil { // the run wasn't the cause
			r.result <- replaced()
		}
	}
}

// neverReady handles the end of a process that never became ready. It starts no other process, because that could loop
// forever: the next run tries again.
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
