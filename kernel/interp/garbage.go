package interp

// This file defines when garbage is collected between cells, beside what Go's collector does.

import (
	"runtime"
	"runtime/metrics"
)

// garbageShare is the part of the memory limit that may be garbage when a cell begins.
const garbageShare = 5

// garbage collects what earlier cells have left, before it makes the next cell exceed the memory limit. Go's collector
// by itself works beside the cell: on a busy computer, short cells that each make a large slice exceeded the limit
// before its first round ended, though no two of the slices were in use.
type garbage struct {
	limit uint64 // of memory, in bytes; 0: there is none
}

// collect is called when a cell begins. It does nothing without a limit.
func (g *garbage) collect() {
	if g.limit == 0 {
		return
	}
	samples := [...]metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples[:])
	objects, live := samples[0].Value.Uint64(), samples[1].Value.Uint64()
	if objects > live && objects-live > g.limit/garbageShare {
		runtime.GC()
	}
}
