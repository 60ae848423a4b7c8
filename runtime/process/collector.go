package process

// This file defines how often the garbage of messages is collected, and collects that of a full arena.

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// A family of processes may have this much garbage together, and each of them between the two bounds.
const (
	familyGarbage = 64 << 20
	leastGarbage  = 4 << 20 // Go's own least
	mostGarbage   = 32 << 20
)

// collector sets how much the program may allocate between two collections.
type collector struct {
	s       *System
	percent int // GOGC while there is much
	now     int // 0: not set yet
}

// EaseCollection makes a real process that communicates with others collect its garbage less often while its heap is
// small. percent is GOGC, which counts alone as soon as the heap is larger. Go collects a small heap every 4 MB, so a
// process that receives messages of 1 MB spends more time on that than on the messages. Call it once in a process.
func (s *System) EaseCollection(percent int) {
	if s.arena.collect {
		(&collector{s: s, percent: percent}).tune(nil)
	}
}

// tune sets GOGC and calls itself after the next collection.
func (c *collector) tune(*byte) {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	live := max(sample[0].Value.Uint64(), leastGarbage)
	garbage := min(max(familyGarbage/uint64(max(c.s.arena.u32(atLive).Load(), 1)), leastGarbage), mostGarbage)
	if sample[1].Value.Uint64() == 0 {
		// Go collects a first time at 4 MB, times GOGC: what is there now doesn't count. It takes whole spans for
		// objects, in each P, so a process whose threads have just begun has much less garbage than it seems to have;
		// 64 of them would collect it in the first tasks of a pool.
		live, garbage = leastGarbage, sample[2].Value.Uint64()+2*garbage
	}
	want := max(c.percent, int(100*garbage/live))
	if diff := want - c.now; diff > c.now/8 || diff < -c.now/8 { // a change stops the program for a moment
		debug.SetGCPercent(want)
		c.now = want
	}
	runtime.AddCleanup(new([24]byte), c.tune, nil)
}

// cleanupTime is how long collectGarbage waits for what the collection has found.
const cleanupTime = 100 * time.Millisecond

// collectGarbage collects garbage and waits until the cleanups of what it has found have probably run: Go runs them in
// goroutines of its own, in no order, so it waits for several of its own that were registered last.
func collectGarbage() {
	var left atomic.Int32
	for range 8 {
		left.Add(1)
		runtime.AddCleanup(new([24]byte), func(n *atomic.Int32) { n.Add(-1) }, &left)
	}
	runtime.GC()
	for late := time.Now().Add(cleanupTime); left.Load() > 0 && time.Now().Before(late); {
		time.Sleep(time.Millisecond)
	}
}
