package timeline

// This file defines the recorder: a ring of events that many threads write at once.

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// DefaultEvents is how many events a Recorder keeps by default: 64 Ki, in 2.5 MB.
const DefaultEvents = 1 << 16

// Info is what a picture must know of the machine. The zero Info is a machine about which nothing is
// known.
type Info struct {
	Title    string // what was run, for a headline; may be empty
	Model    string // the GIL: "legacy", "modern", "per interpreter", "free-threaded"; may be empty
	Python   string // the version whose rules hold, such as "3.13"; may be empty
	Cores    int    // how many threads can run at once; 0 is unknown
	Interval int64  // the switch interval in nanoseconds; 0 if there is none
	Virtual  bool   // whether times are those of a simulation's clock
	Outside  string // what ran beside the machine, such as "2 goroutines and a timer"; empty if nothing did
}

// A Thread is a lane of the timeline: a thread, a process or a goroutine.
type Thread struct {
	Name    string // as in Python, such as "Thread-1 (worker)"
	Process string // as in Python, such as "MainProcess"; may be empty
	PID     int    // distinguishes processes; may be 0 if there is one
	TID     int64  // the native id; may be 0
	// GIL names the GIL without which the thread runs no interpreted code: the same string for all
	// threads of an interpreter, "" for goroutines and free-threaded Pythons. Threads of different
	// processes never share one, whatever it is called.
	GIL string
	CPU int64 // how long it has used a core, ns, as far as is known; 0 if it isn't
	// Outside marks a goroutine, which is no thread of the machine. If the machine is simulated, its events are at the
	// machine's times, and Real is how long it took on the real clock, in ns.
	Outside bool
	Real    int64
}

// A Recorder keeps the last events of a machine. All methods may be called concurrently, and do nothing on a
// nil Recorder, which is one that is off.
//
// Why not one ring, or one lock: two threads that meet at a cache line wait for it ten times as long as
// the event takes, and recording must not make a GIL of its own. So threads that really run at the same time
// have rings of their own, up to a number; those of a simulation, whose order at one time matters and
// which run one by one, share one.
type Recorder struct {
	rings []ring // a power of two of them; the first has slots from the beginning
	size  int    // of a ring, in slots: a power of two

	mu      sync.Mutex // protects the fields below
	info    Info
	names   []string // names[0] is ""
	ids     map[string]Name
	threads []Thread
}

// A ring is overwritten from its beginning when it is full.
type ring struct {
	slots atomic.Pointer[[]slot] // nil until a lane needs it
	next  atomic.Uint64
	base  atomic.Uint64 // what next was at the last Reset: earlier events are forgotten
	_     [104]byte     // its neighbour's writers are elsewhere
}

// maxRings is how many threads can write at once without meeting, and how much memory many threads
// take at most, in rings.
const maxRings = 8

// A slot holds one event. turn is twice the number of events written until it was, plus one while it is being written:
// the lock and the order in one word. 0 is empty.
type slot struct {
	turn  atomic.Uint64
	event Event
}

// NewRecorder returns a Recorder that keeps at least the last events events of each thread, rounded up
// to a power of two; 0 or less is DefaultEvents. What info says of the clock stays: the events of a
// virtual one are kept in the order in which they are added, and share the room.
func NewRecorder(events int, info Info) *Recorder {
	if events <= 0 {
		events = DefaultEvents
	}
	size := 1
	for size < events {
		size *= 2
	}
	rings := maxRings
	if info.Virtual {
		rings = 1
	}
	r := &Recorder{rings: make([]ring, rings), size: size, info: info, names: []string{""}, ids: map[string]Name{"": 0}}
	r.rings[0].make(size)
	return r
}

// On reports whether events are kept. Check it before building an event that is expensive to build.
func (r *Recorder) On() bool { return r != nil }

// Add keeps an event. It takes about 20 ns and allocates nothing; what it overwrites is counted.
// Events may come in any order of time, each thread's own in theirs.
func (r *Recorder) Add(e Event) {
	if r != nil {
		r.add(e)
	}
}

func (r *Recorder) add(e Event) {
	ring := &r.rings[uint(e.Thread-1)&uint(len(r.rings)-1)]
	slots := ring.slots.Load()
	if slots == nil { // no lane has this number
		ring = &r.rings[0]
		slots = ring.slots.Load()
	}
	n := ring.next.Add(1)
	s := &(*slots)[(n-1)&uint64(len(*slots)-1)]
	if !s.lock(n) {
		return // a whole round overtook this event before it was written: it counts as overwritten
	}
	s.event = e
	s.turn.Store(2 * n)
}

func (r *ring) make(size int) {
	slots := make([]slot, size)
	r.slots.Store(&slots)
}

// lock takes the slot for the n-th event. It fails if a later one is there already.
func (s *slot) lock(n uint64) bool {
	for {
		old := s.turn.Load()
		if old > 2*n {
			return false
		}
		if old&1 == 0 && s.turn.CompareAndSwap(old, 2*n+1) {
			return true
		}
		runtime.Gosched() // only if the writer a whole ring ago, or a Snapshot, is here this very moment
	}
}

// Name returns the number of a string for Event.Object. The same string has the same number. It locks:
// ask once for each lock, not for each event. On a nil Recorder it is 0.
func (r *Recorder) Name(s string) Name {
	if r == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	id, ok := r.ids[s]
	if !ok {
		id = Name(len(r.names))
		r.names = append(r.names, s)
		r.ids[s] = id
	}
	return id
}

// Thread adds a lane and returns its number for Event.Thread: 1 for the first, 2 for the next. Lanes
// are drawn in the order in which they were added. On a nil Recorder it is 0.
func (r *Recorder) Thread(t Thread) int32 {
	if r == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	// Here, and not at its first event: zeroing the memory takes longer than ten thousand events.
	if ring := &r.rings[len(r.threads)%len(r.rings)]; ring.slots.Load() == nil {
		ring.make(r.size)
	}
	r.threads = append(r.threads, t)
	return int32(len(r.threads))
}

// SetThread replaces what is known of a lane: a thread gets its native id when it starts, and may be renamed at any
// time. A number that isn't a lane's is ignored.
func (r *Recorder) SetThread(id int32, t Thread) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if id > 0 && int(id) <= len(r.threads) {
		r.threads[id-1] = t
	}
}

// SetInfo replaces what is known of the machine.
func (r *Recorder) SetInfo(info Info) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.info = info
}

// Snapshot returns what the Recorder holds, ordered by time, then by when it was written. Its end is
// the last event's time. A nil Recorder has an empty Timeline.
func (r *Recorder) Snapshot() *Timeline { return r.SnapshotAt(0) }

// SnapshotAt is Snapshot on a clock that has gone on since the last event: threads have been in their
// last states until now, in nanoseconds since the machine's start.
func (r *Recorder) SnapshotAt(now int64) *Timeline {
	if r == nil {
		return &Timeline{Names: []string{""}}
	}
	var all []placed
	var lost uint64
	for i := range r.rings {
		var n uint64
		all, n = r.rings[i].read(all)
		lost += n
	}
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.event.At, b.event.At), cmp.Compare(a.turn, b.turn))
	})
	r.mu.Lock()
	tl := &Timeline{Info: r.info, Threads: slices.Clone(r.threads), Names: slices.Clone(r.names)}
	r.mu.Unlock()
	tl.Lost = int64(lost)
	for _, p := range all {
		if e := p.event; e.Thread > 0 && int(e.Thread) <= len(tl.Threads) {
			tl.Events = append(tl.Events, e)
		}
	}
	if len(tl.Events) > 0 {
		tl.Start, tl.End = tl.Events[0].At, tl.Events[len(tl.Events)-1].At
	}
	tl.End = max(tl.End, now)
	return tl
}

// placed is an event with its turn in its ring.
type placed struct {
	turn  uint64
	event Event
}

// read appends a ring's events in no order, and returns how many it has no more.
func (r *ring) read(all []placed) (_ []placed, lost uint64) {
	slots := r.slots.Load()
	if slots == nil {
		return all, 0
	}
	base := r.base.Load()
	all = slices.Grow(all, int(min(uint64(len(*slots)), r.next.Load()-base)))
	for i := range *slots {
		s := &(*slots)[i]
		for {
			turn := s.turn.Load()
			if turn < 2*base+2 {
				break // not written since the last Reset
			}
			if turn&1 == 0 && s.turn.CompareAndSwap(turn, turn+1) {
				e := s.event
				s.turn.Store(turn)
				all = append(all, placed{turn, e})
				break
			}
			runtime.Gosched()
		}
	}
	// An event that is being written has its turn already and is in no slot yet: only a ring that is full loses any.
	if n := r.next.Load() - base; n > uint64(len(*slots)) {
		lost = n - uint64(len(*slots))
	}
	return all, lost
}

// Release frees the memory of the events and keeps only the last one from now on. It is for a machine that has ended
// while its threads are still referred to. A nil Recorder has none. It may be called by any goroutine, more than once.
func (r *Recorder) Release() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.size = 1
	for i := range r.rings {
		if r.rings[i].slots.Load() != nil {
			r.rings[i].make(1)
		}
	}
}

// Reset forgets all events so far; lanes and names stay.
func (r *Recorder) Reset() {
	if r == nil {
		return
	}
	for i := range r.rings {
		r.rings[i].base.Store(r.rings[i].next.Load())
	}
}
