package interp

// This file defines threads: what is known of a goroutine that runs a cell's code. Go has no
// thread-locals; profiler labels are inherited by the goroutines that a goroutine starts, and the
// label set's address, which costs ten nanoseconds to read, is the key.

import (
	"context"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe"
)

// getProfLabel is the runtime's own accessor; the runtime keeps this name linkable.
//
//go:linkname getProfLabel runtime/pprof.runtime_getProfLabel
func getProfLabel() unsafe.Pointer

// cell is one run: what its goroutines share. They outlive it.
type cell struct {
	id    int
	label string // "In[3]"
	key   int    // of its positions
	input bool   // stdin requests are allowed
	quiet bool   // a replay: output is dropped
	value string // link.Run.Value
	out   int    // n of Out[n]

	done  chan struct{} // closed when the run is to end: wakes whatever waits on it
	dying atomic.Bool   // set before done is closed
	live  atomic.Int64  // goroutines that run the cell's code

	mu     sync.Mutex // protects the field below
	result *value     // what __rt.Result was given last
}

// thread is a goroutine of a cell.
type thread struct {
	cell   *cell
	number int64
	site   string // where the go statement is, "" for the cell's own goroutine
	main   bool
	// interrupted is when the thread was first told to end, in nanoseconds of the process's clock.
	interrupted atomic.Int64

	mu     sync.Mutex              // protects the fields below
	frames []frame                 // of the panic that is unwinding, innermost first
	deep   uintptr                 // stack address at which the last frame was noted
	failed int                     // the position register when that panic began
	noted  struct{ line, pos int } // see session.note
}

// threads finds the thread of the calling goroutine.
type threads struct {
	byLabel sync.Map // unsafe.Pointer of a label set → *thread
	number  atomic.Int64

	mu    sync.Mutex       // protects the field below
	ended []unsafe.Pointer // labels of cells' own threads that have ended, the oldest first
}

// remembered is how many cells back the output of native goroutines finds its cell.
const remembered = 200

// do runs f as the thread's goroutine, and everything that f starts belongs to its cell.
func (ts *threads) do(t *thread, f func()) {
	t.number = ts.number.Add(1)
	t.cell.live.Add(1)
	pprof.Do(context.Background(), pprof.Labels("gilkernel", strconv.FormatInt(t.number, 10)), func(context.Context) {
		key := getProfLabel()
		ts.byLabel.Store(key, t) // the key keeps the label set alive: its address can't be another's
		defer func() {
			t.cell.live.Add(-1)
			ts.retire(t, key)
		}()
		f()
	})
}

// retire forgets a thread that has ended. Goroutines that native code started for it (timers, servers)
// carry its label on; once it is forgotten, what they print belongs to whatever cell runs. The cells'
// own threads are therefore remembered for a while; other threads are not, so that a million of them
// leave nothing behind.
func (ts *threads) retire(t *thread, key unsafe.Pointer) {
	if !t.main {
		ts.byLabel.Delete(key)
		return
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.ended = append(ts.ended, key)
	if len(ts.ended) > remembered {
		ts.byLabel.Delete(ts.ended[0])
		ts.ended = append(ts.ended[:0], ts.ended[1:]...)
	}
}

// current returns the calling goroutine's thread, nil when it has none.
func (ts *threads) current() *thread {
	p := getProfLabel()
	if p == nil {
		return nil
	}
	t, _ := ts.byLabel.Load(p)
	if t == nil {
		return nil
	}
	return t.(*thread)
}
