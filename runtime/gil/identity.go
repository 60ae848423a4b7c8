package gil

// This file defines the addresses in texts such as "<unlocked _thread.lock object at 0x7f3a00000040>".

import (
	"fmt"
	"sync/atomic"

	"gilkernel/runtime/machine"
)

// An Identity is what id() returns of the thing that it is a part of. The zero Identity is ready. Its method may be
// called concurrently.
type Identity struct{ v atomic.Uint64 }

// The made-up addresses of a simulated machine.
const (
	firstAddress = 0x7f3a_0000_0040
	nextAddress  = 0x40
)

type addressKey struct{}

// Address returns the thing's address, which p points to, as texts show it. On a simulated machine it is made up and
// the same in each run: that of the first thing that is asked for is 0x7f3a00000040.
func (i *Identity) Address(p any) string {
	if v := i.v.Load(); v != 0 {
		return fmt.Sprintf("%#x", v)
	}
	t := machine.Current()
	in := Of(t)
	if in == nil || !in.m.Simulated() {
		return fmt.Sprintf("%p", p)
	}
	n := in.State(addressKey{}, func() any { return new(atomic.Uint64) }).(*atomic.Uint64)
	i.v.CompareAndSwap(0, firstAddress+nextAddress*(n.Add(1)-1))
	return fmt.Sprintf("%#x", i.v.Load())
}
