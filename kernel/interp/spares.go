package interp

// This file defines spares: processes that are started, have all definitions and wait, so that a cell's next process
// begins immediately.

import "time"

const (
	// minSpares is the number of spares after a cell has used processes; maxSpares is the maximum, for cells that start
	// many at a time. Each spare takes some 9 MB of memory.
	minSpares = 2
	maxSpares = 8
	// burstTime is the time without a start after which a burst of starts has ended.
	burstTime = time.Second
	// calmTime is the time without a start after which more than minSpares are made: processes that were just started
	// need the cores.
	calmTime = 150 * time.Millisecond
	// fewTime and noneTime are the times without a start after which only minSpares are kept, or none.
	fewTime  = 30 * time.Second
	noneTime = 10 * time.Minute
	// coresTime is the time during which half a core must be idle before spares are made while a cell runs; coresLooks
	// is how often that is checked at most.
	coresTime  = 50 * time.Millisecond
	coresLooks = 60
	// crowdLooks is how often in a row half a core must be idle after the start of more than maxSpares processes: all
	// processes of a large pool have begun when the last one is started, and their first tasks must not wait for spares
	// that nothing needs.
	crowdLooks = 10
)

// spares holds the processes that wait for a target. All fields are protected by processes.mu.
type spares struct {
	idle     []*child
	starting int
	want     int         // how many there should be
	burst    int         // the number of starts in the present burst
	timer    *time.Timer // of the next tend; nil before the first
	last     time.Time   // the last start
	soon     bool        // refill waits for cores
}

// take returns a spare, or a new process if there is none.
func (ps *processes) take(s *runner) (*child, error) {
	ps.mu.Lock()
	sp := &ps.spares
	now := time.Now()
	if now.Sub(sp.last) > burstTime {
		sp.burst = 0
	}
	sp.last = now
	sp.burst++
	sp.want = max(sp.want, minSpares, min(sp.burst, maxSpares))
	var c *child
	for len(sp.idle) > 0 && c == nil {
		c = sp.idle[0]
		sp.idle = sp.idle[1:]
		select {
		case <-c.over:
			c = nil
		default:
			ps.took(c)
		}
	}
	few := len(sp.idle) < minSpares && !sp.soon
	sp.soon = sp.soon || few
	ps.laterLocked(s, calmTime)
	ps.mu.Unlock()
	if few {
		go ps.refill(s) // ends when there are enough
	}
	if c == nil {
		return ps.start(s, false)
	}
	return c, nil
}

// laterLocked schedules tend after d. The caller holds mu.
func (ps *processes) laterLocked(s *runner, d time.Duration) {
	if ps.spares.timer == nil {
		ps.spares.timer = time.AfterFunc(d, func() { ps.tend(s) })
		return
	}
	ps.spares.timer.Reset(d)
}

// tend makes spares after a burst of starts, and kills spares that have been unused for long.
func (ps *processes) tend(s *runner) {
	ps.mu.Lock()
	sp := &ps.spares
	quiet := time.Since(sp.last)
	next := time.Duration(0)
	switch {
	case quiet >= noneTime:
		sp.want = 0
	case quiet >= fewTime:
		sp.want = min(sp.want, minSpares)
		next = noneTime - quiet
	default:
		next = fewTime - quiet
	}
	var surplus []*child
	if n := len(sp.idle) - sp.want; n > 0 {
		surplus, sp.idle = sp.idle[:n:n], sp.idle[n:]
	}
	if next > 0 {
		ps.laterLocked(s, next+time.Millisecond)
	}
	refill := !sp.soon
	sp.soon = true
	ps.mu.Unlock()
	for _, c := range surplus {
		c.leader.kill()
	}
	if refill {
		ps.refill(s)
	}
}

// refill makes spares when cores are idle: while a cell runs, its processes may need all of them, and starting an
// interpreter takes some 100 ms of one core. It waits for some seconds at most. Only one call runs at a time, see
// spares.soon.
func (ps *processes) refill(s *runner) {
	before, ok := coresIdle()
	for idle, looks := 0, 0; looks < coresLooks; looks++ {
		s.mu.Lock()
		running := s.current != nil
		s.mu.Unlock()
		if !ok || !running {
			break
		}
		time.Sleep(coresTime)
		var now time.Duration
		if now, ok = coresIdle(); now-before < coresTime/2 {
			idle = 0
		} else if idle++; idle >= ps.patience() {
			break
		}
		before = now
	}
	ps.mu.Lock()
	ps.spares.soon = false
	enough := min(ps.spares.want, minSpares)
	if time.Since(ps.spares.last) >= calmTime {
		enough = ps.spares.want
	}
	ps.mu.Unlock()
	ps.prepare(s, enough)
}

// patience returns how often in a row half a core must be idle before spares are made while a cell runs.
func (ps *processes) patience() int {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.spares.burst > maxSpares {
		return crowdLooks
	}
	return 1
}

// prepare starts spares until there are enough or spares.want, which may decrease while it runs: on a loaded computer a
// start takes seconds.
func (ps *processes) prepare(s *runner, enough int) {
	for {
		ps.mu.Lock()
		full := len(ps.spares.idle)+ps.spares.starting >= min(enough, ps.spares.want)
		if !full {
			ps.spares.starting++
		}
		ps.mu.Unlock()
		if full {
			return
		}
		_, err := ps.start(s, true)
		ps.mu.Lock()
		ps.spares.starting--
		var late *child
		if n := len(ps.spares.idle); n > ps.spares.want { // want has decreased, and no tend will come
			late, ps.spares.idle = ps.spares.idle[n-1], ps.spares.idle[:n-1]
		}
		ps.mu.Unlock()
		if late != nil {
			late.leader.kill()
		}
		if err != nil {
			return // the next start of a process reports it
		}
	}
}

// start starts a process and sends it all definitions; a spare is added to those that wait.
func (ps *processes) start(s *runner, spare bool) (*child, error) {
	c, err := s.newChild()
	if err != nil {
		return nil, err
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, d := range ps.defined {
		c.define(d.request())
	}
	if spare {
		ps.spares.idle = append(ps.spares.idle, c) // from now on log sends it the sources
	} else {
		ps.took(c)
	}
	return c, nil
}
