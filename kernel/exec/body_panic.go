package exec

// This file defines how a panic leaves bodies that another engine runs. In that engine each call that a panic unwinds
// may be slow, so a piece that calls functions catches the panic, the body returns, and its caller raises the panic
// again.

// thrown is the panic because of which a body is being left.
type thrown struct {
	is    bool
	value any
}

// throws calls f, a part of a piece that calls functions, and catches what it panics with.
func (fr *frame) throws(f func(fr *frame)) {
	g, depth := fr.g, fr.g.depth
	if g.thrown.is {
		return // an earlier part of the same statement has panicked
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		if v == nil {
			return // runtime.Goexit
		}
		p := &panicking{}
		p.caught(g, v)
		g.depth, g.cur, fr.down = depth, fr, nil
		g.thrown = thrown{true, p.value}
	}()
	f(fr)
	returned = true
}

// rethrow raises the panic because of which the body was left.
func (fr *frame) rethrow() {
	if g := fr.g; g.thrown.is {
		v := g.thrown.value
		g.thrown = thrown{}
		panic(v)
	}
}

// Thrown returns the address of the value that says whether a piece has panicked. If one has, the body must return
// before it does anything else.
func (b *Body) Thrown(fr *Frame) *bool { return &fr.g.thrown.is }

// Throwing returns f, a piece that calls functions, as one that doesn't panic but sets what Thrown returns.
func (b *Body) Throwing(f func(fr *Frame)) func(fr *Frame) {
	return func(fr *Frame) { fr.throws(f) }
}

// ThrowingInt is Throwing for a piece that returns a number.
func (b *Body) ThrowingInt(f func(fr *Frame) int) func(fr *Frame) int {
	return func(fr *Frame) (n int) {
		fr.throws(func(fr *frame) { n = f(fr) })
		return n
	}
}
