package exec

// This file defines where the frames of calls come from.
//
// Most calls return before their caller calls again, and often they call the same function as the last time: in a loop,
// or in a recursion at each depth. So each frame keeps the frame of the last call that it made, in frame.down. If the
// next call is one of the same code, its frame is there: its caller and its goroutine are set, and no list of free
// frames is touched. A recursion walks down and up the same chain of frames, again and again.
//
// A kept frame is in use from where its first argument is put in place to where its results were read. Between these
// its caller may not take it once more, so that calls whose arguments are calls take frames from the goroutine's lists
// instead (see taking), as do go and defer, whose frames outlive the statement, and a range over a function, whose body
// runs in the frame that makes the call. A recovered panic leaves frames in the middle of their work: the frame that
// recovers forgets the one below.

// taking says where a call takes its frame from.
type taking bool

const (
	pooled  taking = false // the lists of the goroutine
	chained taking = true  // the caller's last one, if it fits
)

// frame returns a frame for a call of k by fr.
func (t taking) frame(fr *frame, k *code) *frame {
	if t == chained {
		if d := fr.down; d != nil && d.code == k && d.g == fr.g {
			return d
		}
		return fr.under(k)
	}
	return fr.g.frame(k)
}

// under returns a frame for a call of k by f, which keeps it. The one that it kept until now isn't in use.
//
//go:noinline
func (f *frame) under(k *code) *frame {
	g := f.g
	d := g.frame(k)
	if k.wipe != 0 {
		return d
	}
	if old := f.down; old != nil && old.g == g {
		old.up = nil
		g.keep(old)
	}
	d.up, f.down = f, d
	return d
}
