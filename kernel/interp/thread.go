package interp

// This file defines how the cell of a goroutine is known.
//
// Each goroutine has profiler labels, which it inherits from the goroutine that started it, also in compiled code: an
// HTTP server's handlers print into the cell that started the server. Reading the pointer to the labels takes some 10
// ns. The alternatives were a parameter through all code, which compiled packages don't have, and parsing the
// goroutine's number from its stack, which takes 1 µs and doesn't say which goroutine started it.

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
	// labelImage is the image of a goroutine whose package variables aren't the session's.
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
	live    atomic.Int64 // goroutines of all runs that haven't ended
}

// current returns the run to which the calling goroutine belongs. A goroutine without labels, which only compiled code
// can start, belongs to the latest run. current returns nil before the first run.
func (t *threads) current() *run {
	if p := profLabel(); p != nil {
		if m := t.labelled(p); m != nil {
			return m.run
		}
	}
	return t.latest.Load()
}

// member returns the run to which the calling goroutine belongs, and its image.
func (t *threads) member() *member {
	if p := profLabel(); p != nil {
		if m := t.labelled(p); m != nil {
			return m
		}
	}
	return &member{run: t.latest.Load()}
}

// labelled returns the member that labels stand for, nil if they aren't ours.
func (t *threads) labelled(p unsafe.Pointer) *member {
	if m, ok := t.byLabel.Load(uintptr(p)); ok {
		return m.(*member)
	}
	// A cell has added labels of its own to ours.
	id, err := strconv.Atoi(readLabel(p, labelCell))
	if err != nil {
		return nil
	}
	return t.find(id, readLabel(p, labelImage))
}

// find returns the member with a run's ID and an image's label, nil if none of its labels is in use any more.
func (t *threads) find(id int, image string) (found *member) {
	t.byLabel.Range(func(_, m any) bool {
		if m := m.(*member); m.run.id == id && imageLabel(m.image) == image {
			found = m
		}
		return found == nil
	})
	return found
}

// imageLabel returns the label of an image, "" for nil.
func imageLabel(m *exec.Image) string {
	if m == nil {
		return ""
	}
	return fmt.Sprintf("%p", m)
}

// labels makes the labels of goroutines that a run starts at a site, in an image.
func (t *threads) labels(r *run, site string, image *exec.Image) context.Context {
	ctx := newLabels(r, site, image)
	// Only a goroutine that has the labels can read their address.
	done := make(chan struct{})
	go func() { // ends at once
		pprof.SetGoroutineLabels(ctx)
		t.know(r, image)
		close(done)
	}()
	<-done
	return ctx
}

// newLabels makes labels for which a goroutine that has them must call know.
func newLabels(r *run, site string, image *exec.Image) context.Context {
	list := []string{labelCell, strconv.Itoa(r.id), labelSite, site}
	if image != nil {
		list = append(list, labelImage, imageLabel(image))
	}
	return pprof.WithLabels(context.Background(), pprof.Labels(list...))
}

// know records what the labels of the calling goroutine stand for.
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

// A run is a cell that is or was executed, with all goroutines that it has started. Its methods may be called
// concurrently.
type run struct {
	id    int
	label string // "In[3]"
	out   *output
	input bool        // it may ask for input
	value string      // link.Run.Value
	test  *link.Test  // link.Run.Test
	twin  bool        // it is measured, and its machine has no figure
	child bool        // it is the only run of a process of package multiprocessing
	steps *stepping   // nil: no steps are recorded; set before its cell begins
	notes []link.Note // about its threads; used only by the cell's own goroutine

	// exploring is the exploration that the run executes, in a process that explores; nil in others.
	exploring atomic.Pointer[exploring]

	standard standard // when it began

	cancel chan struct{} // closed when the run is interrupted; waiting channel operations select on it, too
	dying  atomic.Bool   // true from then on; set with mu held
	over   chan struct{} // closed when the Done was sent; its goroutines may continue
	ran    atomic.Bool   // the cell's own code has ended
	panics atomic.Int64  // goroutines whose panic was reported
	// showing says that an interrupted run will soon end by itself, so it must not be abandoned: it draws the figure of
	// the cell's machine, has interrupted a real Python, or restores definitions.
	showing atomic.Bool

	all       *atomic.Int64              // threads.live; nil: they are not counted
	mu        sync.Mutex                 // protects the fields below
	live      int                        // goroutines that haven't ended, including the cell's own
	idle      chan struct{}              // closed when live becomes 0; nil while no goroutine waits
	sites     map[string]context.Context // the labels for each go statement
	unwinding map[any]*unwinding         // by goroutine or thread, while dying
	closers   []func()                   // called by an interrupt, see onInterrupt
	again     func()                     // called by a second interrupt; nil: nothing
	result    *link.Display              // for link.Run.Value "return"
	tested    *link.Tested               // for link.Run.Test
	zeroed    []link.Note                // about variables that are zero in its processes
	lost      string                     // why output was lost; "" if none was
	main      any                        // the MainThread that executes the cell, nil before
	outside   *outside                   // records goroutines that aren't on the cell's own machine; nil: nothing does
	cause     *asleep                    // why the run was ended, nil for an interrupt
}

func newRun(id int, label string, out *output) *run {
	return &run{id: id, label: label, out: out, cancel: make(chan struct{}), over: make(chan struct{})}
}

// enter adds a goroutine to the count, before it is started.
func (r *run) enter() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live++
	if r.all != nil {
		r.all.Add(1)
	}
}

// leave removes it from the count, and reports whether it was the last.
func (r *run) leave() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live--
	if r.all != nil {
		r.all.Add(-1)
	}
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

// labels returns the labels for goroutines that are started at a site; a loop that starts thousands makes only one set.
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
