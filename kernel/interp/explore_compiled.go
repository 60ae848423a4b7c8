package interp

// This file defines what a run knows of compiled packages: which memory their code touches, and what their variables
// were before the run.

import (
	"reflect"
	"unsafe"

	"gilkernel/kernel/exec"
	rt "gilkernel/runtime/machine"
)

// Compares implements exec.Explored: a GIL orders what compiled code does.
func (y *pyThread) Compares() bool { return y.explored.free && y.Machine().Made() > 1 }

// Turns implements exec.Explored.
func (y *pyThread) Turns() uint64 { return y.Machine().Picked() }

// Touched implements exec.Explored.
func (y *pyThread) Touched(at unsafe.Pointer, how exec.Touch) {
	switch how {
	case exec.Orders:
		y.Also(rt.Atomic{At: at}, true)
	case exec.Wrote:
		y.Also(rt.Compiled{At: at}, true)
	case exec.MayRead:
		y.Also(rt.Compiled{At: at, May: true}, false)
	}
}

// keepForeign keeps what a variable of a compiled package is, which the run is about to write.
func (er *exploredRun) keepForeign(site *exec.Site, at unsafe.Pointer) {
	if _, kept := er.foreign[at]; kept {
		return
	}
	if er.foreign == nil {
		er.foreign = map[unsafe.Pointer]reflect.Value{}
	}
	v := site.At(at)
	was := reflect.New(v.Type()).Elem()
	was.Set(v)
	er.foreign[at] = was
}
