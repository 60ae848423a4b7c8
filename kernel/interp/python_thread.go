package interp

// This file defines what the engine knows of a thread, and what it reports to it.

import (
	"math/bits"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/std/frees"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// A pyThread is a thread of a python as the engine sees it. It implements exec.Thread; Flag, Check, Step, Spend,
// Attached, Attach and Detach are the machine's.
type pyThread struct {
	*rt.Thread
	s                           *runner
	image                       *exec.Image // of its interpreter; only its own goroutine reads and writes it
	steps, simulated, recording bool
	begun                       time.Time              // of the machine
	id                          atomic.Int64           // of its goroutine; MainThread's changes from cell to cell
	g                           atomic.Pointer[exec.G] // what it executes
	run                         atomic.Pointer[run]
	explored                    *exploredRun   // nil: its machine isn't explored
	owed                        time.Duration  // there, what native calls have taken since it last asked for the time
	site                        *exec.Site     // there, of the variable that it is about to access; nil: it is none
	stepped                     unsafe.Pointer // and where that is
	file                        string         // where site was last: the same string
	at                          rt.Site        // and what that is, without a line
}

// Steps implements exec.Thread: where the version of Python releases the GIL between a read and a write, or
// where a simulated thread has none. Real threads without a GIL need no help to lose updates.
func (y *pyThread) Steps() bool { return y.steps }

// Attached implements exec.Thread: code that gil.AllowThreads calls runs without the GIL.
func (y *pyThread) Attached() bool { return y.Thread.Attached() || y.Freed() }

// Runs implements exec.Thread.
func (y *pyThread) Runs(g *exec.G) *exec.G {
	return y.g.Swap(g)
}

// Blocking implements exec.Thread.
func (y *pyThread) Blocking(what frees.How, name string, fn func()) {
	if y.explored != nil {
		y.blockExplored(what, name, fn)
		return
	}
	kind := timeline.IO
	switch what {
	case frees.Work:
		kind = timeline.NativeFree
	case frees.Event:
		kind = timeline.WaitEvent
	}
	y.Thread.Blocking(kind, name, fn)
}

// Elsewhere implements exec.Thread.
func (y *pyThread) Elsewhere() bool { return y.simulated }

// Watches implements exec.Thread.
func (y *pyThread) Watches() bool { return y.simulated || y.recording }

// shownNative is how long a native call has to take to be worth an event.
const shownNative = 100 * time.Microsecond

// Holding implements exec.Thread. A simulated call takes what its arguments let expect; a real one is recorded if it
// took long.
func (y *pyThread) Holding(name string, work int, fn func()) {
	if y.simulated {
		fn()
		switch d := nativeTime(name, work); {
		case d >= shownNative:
			y.Native(name, d)
		case y.explored != nil: // time that passes orders what all threads do, and most calls don't matter to it
			y.owed += d
		default:
			y.Work(d)
		}
		return
	}
	began := y.Now()
	fn()
	switch {
	case y.Now()-began < shownNative:
	case y.Freed():
		y.Span(timeline.NativeFree, name, began)
	case y.Attached():
		y.Span(timeline.Native, name, began)
	}
}

// nativeTime is how long a compiled function takes on a simulated machine: a tenth of a microsecond, a nanosecond for
// each byte of its arguments, and for sorts what comparisons take. It is a rough model, but the same in each run.
func nativeTime(name string, work int) time.Duration {
	d := 100*time.Nanosecond + time.Duration(work)
	if strings.HasPrefix(name, "sort.") {
		n := work / 8
		d += time.Duration(n*bits.Len(uint(n))) * 5
	}
	return d
}

// site says where in a cell a thread is. It is called on the thread's own goroutine, before each wait: so each thread
// that waits is known to the watch, one that never runs a cell's code too, such as an idle worker of a pool.
func (p *python) site(t *rt.Thread) rt.Site {
	y := p.known(t)
	g := y.g.Load()
	if g == nil {
		return rt.Site{}
	}
	file, line := g.Where()
	if file != y.file {
		y.file, y.at = file, siteAt(file, 0)
	}
	site := y.at
	site.Line = uint16(min(line, 1<<16-1))
	return site
}

// siteAt makes a site of a file and a line, as the engine gives them.
func siteAt(file string, line int) rt.Site {
	site := rt.Site{Line: uint16(min(line, 1<<16-1))}
	if n, ok := strings.CutPrefix(file, "In["); ok {
		if n, err := strconv.Atoi(strings.TrimSuffix(n, "]")); err == nil && n < 1<<16 {
			site.Cell = uint16(n)
			return site
		}
	}
	site.File = file
	return site
}
