package interp

// This file defines how a goroutine is known to belong to a cell.
//
// Profiler labels are per goroutine, and a goroutine inherits those of the one that started it, in
// compiled code too: an HTTP server's handlers print into the cell that started the server. Reading
// the pointer to the labels back takes some 10 ns. The alternatives were a parameter through all
// code (compiled packages have none) and parsing the goroutine's number out of its stack (1 µs, and
// who started it isn't there).

import (
	"context"
	"fmt"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
)

// Label keys. The runtime writes them into crash reports, where the kernel process reads them.
const (
	labelCell = "cell" // link.Run.ID
	labelSite = "site" // where the goroutine was started: In[3]:4:2, "" for the cell's own
	// labelImage is that of a goroutine whose package variables aren't the session's.
	labelImage = "image"
)

// profLabel returns the calling goroutine's labels, nil if it has none. The runtime keeps this name
// for packages outside of the standard library, see runtime/proflabel.go.
//
//go:linkname profLabel runtime/pprof.runtime_getProfLabel
func profLabel() unsafe.Pointer

// threads finds the run of a goroutine. Its methods may be called concurrently.
type threads struct {
	byLabel sync.Map // uintptr of a label set → *member; an entry goes when no goroutine has the labels
	latest  atomic.Pointer[run]
}

// current returns the run that the calling goroutine belongs to. A goroutine without labels, which
// only compiled code can start, belongs to the latest run; nil before the first.
func (t *threads) current() *run {
	if p := profLabel(); p != nil {
		if m := t.labelled(p); m != nil {
			return m.run
		}
	}
	return t.latest.Load()
}

// member is current with the image of a plain goroutine.
func (t *threads) member() *member {
	if p := profLabel(); p != nil {
		if m := t.labelled(p); m != nil {
			return m
		}
	}
	return &member{run: t.latest.Load()}
}

// labelled returns what labels stand for, nil if they are none of ours.
func (t *threads) labelled(p unsafe.Pointer) *member {
	if m, ok := t.byLabel.Load(uintptr(p)); ok {
		return m.(*member)
	}
	// A cell set labels of its own on top of ours.
	id, err := strconv.Atoi(readLabel(p, labelCell))
	if err != nil {
		return nil
	}
	return t.find(id, readLabel(p, labelImage))
}

// find returns the member with a run's ID and an image's label if any of its labels is still in use.
func (t *threads) find(id int, image string) (found *member) {
	t.byLabel.Range(func(_, m any) bool {
		if m := m.(*member); m.run.id == id && imageLabel(m.image) == image {
			found = m
		}
		return found == nil
	})
	return found
}

// imageLabel distinguishes images.
func imageLabel(m *exec.Image) string {
	if m == nil {
		return ""
	}
	return fmt.Sprintf("%p", m)
}

// labels makes the labels of goroutines that a run starts at a site, in an image.
func (t *threads) labels(r *run, site string, image *exec.Image) context.Context {
	ctx := newLabels(r, site, image)
	// The set's address is known only to a goroutine that has it.
	done := make(chan struct{})
	go func() { // ends at once
		pprof.SetGoroutineLabels(ctx)
		t.know(r, image)
		close(done)
	}()
	<-done
	return ctx
}

// newLabels makes labels that know must be called for.
func newLabels(r *run, site string, image *exec.Image) context.Context {
	list := []string{labelCell, strconv.Itoa(r.id), labelSite, site}
	if image != nil {
		list = append(list, labelImage, imageLabel(image))
	}
	return pprof.WithLabels(context.Background(), pprof.Labels(list...))
}

// know notes what the labels of the calling goroutine stand for.
func (t *threads) know(r *run, image *exec.Image) {
	p := profLabel()
	key := uintptr(p)
	t.byLabel.Store(key, &member{r, image})
	runtime.AddCleanup((*labelSet)(p), func(key uintptr) { t.byLabel.Delete(key) }, key)
}

// labelSet is the memory of a goroutine's labels: it mirrors runtime/pprof.LabelSet.
type labelSet struct {
	list []struct{ key, value string }
}

func readLabel(p unsafe.Pointer, key string) string {
	for _, l := range (*labelSet)(p).list {
		if l.key == key {
			return l.value
		}
	}
	return ""
}

// A run is one cell that is or was executed, with all the goroutines that it started. Its methods
// may be called concurrently.
type run struct {
	id    int
	label string // "In[3]"
	out   *output
	input bool        // it may ask for input
	value string      // link.Run.Value
	test  *link.Test  // link.Run.Test
	twin  bool        // it is measured; there is no figure of its machine
	child bool        // it is all that a process of package multiprocessing does
	steps *stepping   // nil: it isn't stepped through; set before its cell begins
	notes []link.Note // of its threads; the cell's own goroutine's

	// exploring is the exploration of which the run consists, in a process that explores; nil in others.
	exploring atomic.Pointer[exploring]

	standard standard // when it began

	cancel chan struct{} // closed when the run is interrupted; channel operations that wait watch it too
	dying  atomic.Bool   // true from then on; set with mu held
	over   chan struct{} // closed when the run was answered; its goroutines may continue
	ran    atomic.Bool   // the cell's own code has ended
	// showing says that what ends the run ends by itself, soon: the figure of the cell's machine is drawn, a real
	// Python has been interrupted, or definitions are brought back.
	showing atomic.Bool

	mu        sync.Mutex                 // protects the fields below
	live      int                        // goroutines that were started and haven't ended, the cell's own too
	idle      chan struct{}              // closed when live becomes 0; nil while no goroutine waits
	sites     map[string]context.Context // the labels for each go statement
	unwinding map[any]*unwinding         // by goroutine or thread, while dying
	closers   []func()                   // what an interrupt has to close, see onInterrupt
	again     func()                     // what a second interrupt does; nil: nothing
	result    *link.Display              // for link.Run.Value "return"
	tested    *link.Tested               // for link.Run.Test
	zeroed    []link.Note                // of variables that are zero in its processes
	lost      string                     // why output went nowhere; "" if none did
	main      any                        // the MainThread that executes the cell, nil before
	outside   *outside                   // what is recorded beside the cell's own machine; nil: nothing
	cause     *asleep                    // why it is ended, nil for an interrupt
}

func newRun(id int, label string, out *output) *run {
	return &run{id: id, label: label, out: out, cancel: make(chan struct{}), over: make(chan struct{})}
}

// enter counts a goroutine, before it is started.
func (r *run) enter() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live++
}

// leave uncounts it, and reports whether it was the last.
func (r *run) leave() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live--
	if r.live > 0 {
		return false
	}
	r.sites = nil
	if r.idle != nil {
		close(r.idle)
		r.idle = nil
	}
	return true
}

// ended returns a channel that is closed when no goroutine of the run is left.
func (r *run) ended() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.idle == nil {
		r.idle = make(chan struct{})
		if r.live == 0 {
			c := r.idle
			close(c)
			r.idle = nil
			return c
		}
	}
	return r.idle
}

// ownLabels returns the labels for the run's own goroutine, which must call know.
func (r *run) ownLabels() context.Context {
	ctx := newLabels(r, "", nil)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sites = map[string]context.Context{"": ctx}
	return ctx
}

// labels returns the labels for goroutines that are started at a site; a loop that starts thousands
// makes one set.
func (r *run) labels(t *threads, site string, image *exec.Image) context.Context {
	if image != nil { // the run may outlive it
		return t.labels(r, site, image)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	ctx, ok := r.sites[site]
	if !ok {
		if r.sites == nil {
			r.sites = map[string]context.Context{}
		}
		ctx = t.labels(r, site, nil)
		r.sites[site] = ctx
	}
	return ctx
}
