package exec

// This file defines how a function runs: its code, the frames of its calls, and the goroutine that they
// belong to.

import (
	"go/token"
	"go/types"
	"sync"
	"sync/atomic"
	"unsafe"

	"gilkernel/kernel/exec/rtype"
)

// frame is one call. The function's variables lie behind it in the same piece of memory.
type frame struct {
	g      *G         // the goroutine that the call is of
	code   *code      // the function that is called
	up     *frame     // the caller
	clo    *closure   // of a function value: it has the captured variables
	defer_ *deferred  // the last deferred call of this frame
	panic_ *panicking // what its deferred functions may recover from
	next   *frame     // in the goroutine's list of free frames
	down   *frame     // the frame of the last call from here, kept for the next one, see under
	pc     int        // the operation that runs, or ran last
	place  token.Pos  // of the part of the operation that is computed, 0: the operation's own
	flags  uintptr    // frameDeferred, frameRecovering
}

const (
	frameDeferred   = 1 << iota // called by defer: recover works here
	frameRecovering             // its own deferred calls are run
)

const frameSize = unsafe.Sizeof(frame{})

// framePointers says which words of a frame are pointers.
var framePointers = []bool{true, true, true, true, true, true, true, true, false, false, false}

// op is one operation. It returns the index of the next one; negative: the function is done.
type op func(fr *frame) int

// What an op returns instead of an index.
const (
	opReturn = -1 - iota // the results are in their places
	opYield              // the body of a range over a function has come to its end
	opLeave              // … was left: frame.leave says to where
)

// slot is a place in a frame.
type slot struct {
	off uintptr
	t   *typ
}

// code is a compiled function.
type code struct {
	id       int       // its number in the engine
	name     string    // as a learner knows it
	src      *source   // where it is declared
	pos      token.Pos // of the declaration
	ops      []op
	places   []token.Pos       // of each operation
	mem      *rtype.Descriptor // of a frame
	params   []slot            // where a caller puts the arguments
	recv     slot              // of a method
	results  []slot            // where a caller finds the results
	passing  []uint64          // which bits of each word of a frame no statement needs that another one has left
	clears   []uintptr         // offsets of pointers that a finished call must not keep
	wipe     uintptr           // size of the block to wipe at once instead; 0: none
	prelude  []func(fr *frame) // boxes parameters, and takes the captured variables
	epilogue []func(fr *frame) // brings named results to their places
	defers   bool              // it may defer or be a range body's home
	plain    bool              // it has no prelude, no epilogue and doesn't defer
	hidden   bool              // not a learner's function: not in tracebacks
	assigned string            // the variable that a function literal was assigned to
	typ      *typ              // of a function literal
	env      *env              // what its type parameters stand for
	caps     []captured        // the variables that a function literal has captured
	bound    *boundTo          // of a method as a value
	scan     *scan             // of a declared function
	uses     uses              // the definitions that it refers to
	lines    atomic.Pointer[lines]
	hears    atomic.Pointer[[]*Site] // see given

	statements sync.Map // token.Pos → text, see G.Statement
}

// funcRef is the place of a function that may not be compiled yet, or be compiled again.
type funcRef struct {
	code    atomic.Pointer[code]
	eng     *Engine
	compile func() *code // called with compileMu held
	name    string
	decl    *funcDecl // of a declared function, with the type arguments
	targs   []types.Type
	native  string // of a compiled function that has another memory: what Identify calls it
}

// funcRefs are the places of a declared function: one, or one for each set of type arguments.
type funcRefs struct {
	plain     *funcRef
	instances map[string]*funcRef // by the key of the type arguments
}

// at returns the place for a key, "" without type arguments; nil if there is none yet.
func (rs *funcRefs) at(key string) *funcRef {
	if key == "" {
		return rs.plain
	}
	return rs.instances[key]
}

func (rs *funcRefs) add(key string, r *funcRef) {
	if key == "" {
		rs.plain = r
		return
	}
	if rs.instances == nil {
		rs.instances = map[string]*funcRef{}
	}
	rs.instances[key] = r
}

// again makes the next calls compile the function again.
func (rs *funcRefs) again() {
	if rs.plain != nil {
		rs.plain.code.Store(nil)
	}
	for _, ref := range rs.instances {
		ref.code.Store(nil)
	}
}

// get returns the function's code. It may not be called by the compiler.
func (r *funcRef) get() *code {
	if k := r.code.Load(); k != nil {
		return k
	}
	r.eng.compileMu.Lock()
	defer r.eng.compileMu.Unlock()
	if k := r.code.Load(); k != nil {
		return k
	}
	defer func() {
		switch v := recover().(type) {
		case nil:
		case limit: // an instance that can't be compiled
			panic(&Error{Msg: r.within(v), Limit: true})
		default:
			panic(v)
		}
	}()
	k := r.compile()
	r.code.Store(k)
	return k
}

// G is a goroutine's state. It is used by that goroutine alone.
type G struct {
	eng    *Engine
	flag   *atomic.Uint32 // not zero: a check must ask the host; the engine's or the thread's
	thread Thread         // nil: the goroutine is none of a Python's
	steps  bool           // the thread wants to hear of steps
	host   any
	image  *Image // whose package variables it sees; nil: the engine's own
	depth  int
	cur    *frame            // the innermost call
	free   [freeLists]*frame // to be used again, by code.id
	trail  *Trace            // of the panic that is under way
	thrown thrown            // the panic on its way through another engine's body
	// explored is thread, if its machine is explored; nil: it isn't
	explored Explored
	waits    waitKind // the operation on a channel that it waits in
	// announced is the call that is about to begin, if it was a step already; see entered.
	announced *frame
	// ticking is the call that is at a check at its beginning or at a loop back-edge, inner says that compiled code in
	// another call of the goroutine has called this one; see Local.
	ticking *frame
	inner   bool
}

// freeLists is how many functions a goroutine keeps frames for. One list for each function there is would
// cost every goroutine memory by the length of the session.
const freeLists = 32

// maxDepth is how many calls may be open in a goroutine. A call takes about a kilobyte of the
// goroutine's stack, of which Go allows a gigabyte.
const maxDepth = 100_000

// frame returns a frame for a call of c.
func (g *G) frame(c *code) *frame {
	free := &g.free[c.id%freeLists]
	if f := *free; f != nil && f.code == c {
		*free = f.next
		if g.explored != nil {
			typedmemclrTail(c, f) // see Own: what former calls left there isn't the same in each run
		}
		return f
	}
	f := (*frame)(unsafeNew(unsafe.Pointer(c.mem)))
	f.g, f.code = g, c
	return f
}

// release puts a frame, whose results have been read, back among the free ones.
func (g *G) release(f *frame) {
	c := f.code
	if up := f.up; up != nil && up.down == f {
		for _, off := range c.clears {
			*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(f), off)) = nil
		}
		if f.clo != nil {
			f.clo = nil
		}
		return
	}
	if c.wipe != 0 {
		typedmemclrTail(c, f)
	} else {
		for _, off := range c.clears {
			*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(f), off)) = nil
		}
	}
	f.up, f.clo, f.flags, f.place = nil, nil, 0, 0
	g.keep(f)
}

// keep puts a frame that is as good as new in the list of free frames.
func (g *G) keep(f *frame) {
	c := f.code
	free := &g.free[c.id%freeLists]
	if f.next = *free; f.next != nil && f.next.code != c {
		f.next = nil // the list belongs to the function that was called last
	}
	*free = f
}

// typedmemclrTail makes a frame new again.
func typedmemclrTail(c *code, f *frame) {
	g := f.g
	typedmemclr(unsafe.Pointer(c.mem), unsafe.Pointer(f))
	f.g, f.code = g, c
}

// call runs a frame whose arguments are in place. up is the caller's.
func (f *frame) call(up *frame) {
	f.up = up
	f.invoke()
}

// invoke is call for a frame that knows its caller.
func (f *frame) invoke() {
	g := f.g
	g.cur = f
	g.depth++
	if g.depth > g.eng.maxDepth {
		g.depth--
		g.cur = f.up
		panic(recursionError{})
	}
	c := f.code
	if g.flag.Load() != 0 {
		f.pc, f.place = 0, 0 // a frame that was used before is where it ended then
		f.tick()
	}
	if c.plain {
		ops := c.ops
		pc := 0
		for uint(pc) < uint(len(ops)) {
			f.pc = pc
			pc = ops[pc](f)
		}
		g.depth--
		g.cur = f.up
		return
	}
	for _, p := range c.prelude {
		p(f)
	}
	if c.defers {
		runDeferring(f)
	} else {
		f.run(0)
	}
	for _, p := range c.epilogue {
		p(f)
	}
	g.depth--
	g.cur = f.up
}

// run runs operations from pc on, and returns what the last one said.
func (f *frame) run(pc int) int {
	ops := f.code.ops
	for uint(pc) < uint(len(ops)) {
		f.pc = pc
		pc = ops[pc](f)
	}
	return pc
}

// at returns the memory of a frame at an offset.
func (f *frame) at(off uintptr) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(f), off) }

// recursionError is what too deep a recursion panics with, in Python's words.
type recursionError struct{}

func (recursionError) Error() string { return "maximum recursion depth exceeded" }
func (recursionError) RuntimeError() {}

// Recursion says what kind of error this is.
func (recursionError) Recursion() {}
