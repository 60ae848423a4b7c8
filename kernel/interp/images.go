package interp

// This file defines which package variables a goroutine sees: those of the session, or those of its own interpreter.
// Simulated processes and sub-interpreters run in this process, on the same compiled code, and have an image of the
// engine each.

import (
	"runtime/pprof"
	"sync/atomic"

	"gilkernel/kernel/exec"
	"gilkernel/runtime/gil"
	rt "gilkernel/runtime/machine"
	"gilkernel/runtime/pickle"
	"gilkernel/runtime/process"
	"gilkernel/runtime/threading"
)

// imageKey is where an interpreter keeps its image.
type imageKey struct{}

// imageRoom returns the room of an interpreter's image, which is empty for the session's own variables.
func imageRoom(in *gil.Interpreter) *atomic.Pointer[exec.Image] {
	return in.State(imageKey{}, func() any { return new(atomic.Pointer[exec.Image]) }).(*atomic.Pointer[exec.Image])
}

// imageOf returns the image of an interpreter, nil for the session's own variables.
func imageOf(in *gil.Interpreter) *exec.Image {
	if in == nil {
		return nil
	}
	return imageRoom(in).Load()
}

// image returns the image of the calling goroutine: that of its thread's interpreter, or the image that its labels give
// a plain goroutine.
func (s *runner) image() *exec.Image {
	if in := gil.Of(rt.Current()); in != nil {
		return imageOf(in)
	}
	return s.threads.member().image
}

// enterImage gives an interpreter variables of its own. The calling goroutine is one of its threads.
func (p *python) enterImage(in *gil.Interpreter) *exec.Image {
	m := p.s.host.engine.NewImage()
	imageRoom(in).Store(m)
	p.known(rt.Current()).enter(m)
	return m
}

// enter gives the calling thread an image, and the goroutines that compiled code starts in it.
func (y *pyThread) enter(m *exec.Image) {
	y.image = m
	if r := y.s.threads.current(); r != nil {
		pprof.SetGoroutineLabels(r.labels(&y.s.threads, "", m))
	}
}

// subInterpreter gives the calling thread the variables of its interpreter if that is a sub-interpreter, as one that
// gil.NewInterpreter made.
func (s *runner) subInterpreter(y *pyThread) {
	in := gil.Of(y.Thread)
	if in == nil || in.ID() == 0 {
		return
	}
	if m := imageOf(in); m != nil {
		y.enter(m)
		return
	}
	for _, p := range s.allPythons() {
		if p.m == y.Machine() {
			siblings{p}.Enter(in)
		}
	}
}

// siblings implements process.Siblings: what the sub-interpreters of a Python get.
type siblings struct{ p *python }

// Codec implements process.Siblings.
func (b siblings) Codec() *pickle.Codec { return b.p.s.codec() }

// Enter implements process.Siblings.
func (b siblings) Enter(sub *gil.Interpreter) {
	s := b.p.s
	threading.SetHost(sub, threading.Host{Stderr: s.stderr, Describe: s.describe, FuncName: s.pythonName})
	process.ProvideSiblings(sub, b)
	g := &globals{s, b.p.enterImage(sub)}
	g.Initialize(nil)
}

// Image implements exec.Imaged.
func (y *pyThread) Image() *exec.Image { return y.image }

// A member is what a goroutine belongs to: a run and, in an interpreter that has one, an image.
type member struct {
	run   *run
	image *exec.Image
}

// Image implements exec.Imaged.
func (m *member) Image() *exec.Image { return m.image }
