package exec

// This file defines how statements without jumps become one operation.
//
// A body is a list of operations, and the loop in frame.call asks each which one is next. The statements break,
// continue, goto and return need that, and so do iterators; most statements don't: an assignment is always followed by
// the next operation. So the compiler notes for each operation whether it is straight, that is an action behind which a
// known operation follows, see act. When a loop or an if whose parts are all straight is complete, its operations are
// fused: the first one is replaced by an action that runs the others, and that is straight again, so that loops in
// loops fuse from the inside outwards. A fused loop costs one closure call for each statement and one comparison for
// each turn.
//
// What must stay as it is:
//
//   - frame.pc says where a call is: tracebacks, the place of a check and of a blocked goroutine are read from it. The
//     operations that are absorbed keep their places, and a fused action sets frame.pc before it runs a part.
//   - A loop has one check for each turn and one at its entry or end, where it was: simulated runs count them. See
//     forStmt and rangeStmt.
//   - Nothing jumps into the middle of what is fused: Go has no jumps into blocks, and jumps within it make it not
//     straight.
//
// Fused loops whose counter is an int in the frame, and whose end and step are constants or such variables too, run
// without a closure for the comparison and the step: see counter.

import (
	"go/ast"
	"go/token"
	"unsafe"
)

// act is what the compiler knows of an operation: run, which is nil if it may jump, and the index of the operation that
// follows.
type act struct {
	run func(fr *frame)
	end int
}

// part is a straight operation of a fused one.
type part struct {
	pc  int
	run func(fr *frame)
}

// straight returns the operations between two indexes as parts. ok is false if one of them may jump.
func (c *fn) straight(from, to int) (parts []part, ok bool) {
	for from < to {
		a := c.acts[from]
		if a.run == nil {
			return nil, false
		}
		parts = append(parts, part{from, a.run})
		from = a.end
	}
	return parts, true
}

// fuse replaces the operations from an index on by one that does what run does.
func (c *fn) fuse(from int, run func(fr *frame)) {
	end := len(c.code.ops)
	c.replace(from, func(fr *frame) int {
		run(fr)
		return end
	})
	c.acts[from] = act{run, end}
}

// replace replaces the operations from an index on by one.
func (c *fn) replace(from int, o op) {
	c.code.ops[from] = o
	clear(c.code.ops[from+1:]) // nothing jumps there
	clear(c.acts[from:])
}

// bound reports whether a label is bound to one of these operations, so that the last may jump there.
func (c *fn) bound(from, last int) bool {
	for i := len(c.binds) - 1; i >= 0 && c.binds[i] >= from; i-- {
		if c.binds[i] <= last {
			return true
		}
	}
	return false
}

// all returns what runs parts in turn.
func all(parts []part) func(fr *frame) {
	switch len(parts) {
	case 0:
		return func(*frame) {}
	case 1:
		run, pc := parts[0].run, parts[0].pc
		return func(fr *frame) {
			fr.pc = pc
			run(fr)
		}
	case 2:
		run, pc, run2, pc2 := parts[0].run, parts[0].pc, parts[1].run, parts[1].pc
		return func(fr *frame) {
			fr.pc = pc
			run(fr)
			fr.pc = pc2
			run2(fr)
		}
	}
	return func(fr *frame) {
		for i := range parts {
			p := &parts[i]
			fr.pc = p.pc
			p.run(fr)
		}
	}
}

// fuseIf fuses an if statement without else, whose first operation is the test.
func (c *fn) fuseIf(from int, cond *expr) {
	if cond.cv != nil {
		return
	}
	b, end := cond.b, len(c.code.ops)
	if parts, ok := c.straight(from+1, end); ok {
		run := all(parts)
		c.fuse(from, func(fr *frame) {
			if b(fr) {
				run(fr)
			}
		})
		return
	}
	// A body that ends in a jump: if n < 2 { return n }
	last := end - 1
	if c.acts[last].run != nil || c.code.ops[last] == nil || c.bound(from+1, last) {
		return
	}
	parts, ok := c.straight(from+1, last)
	if !ok {
		return
	}
	jump := c.code.ops[last]
	if len(parts) > 0 {
		run := all(parts)
		c.replace(from, func(fr *frame) int {
			if b(fr) {
				run(fr)
				fr.pc = last
				return jump(fr)
			}
			return end
		})
		return
	}
	if x, k, want, ok := cond.lessConst(); ok {
		c.replace(from, func(fr *frame) int {
			if (*(*int64)(unsafe.Add(unsafe.Pointer(fr), x)) < k) == want {
				fr.pc = last
				return jump(fr)
			}
			return end
		})
		return
	}
	c.replace(from, func(fr *frame) int {
		if b(fr) {
			fr.pc = last
			return jump(fr)
		}
		return end
	})
}

// fuseElse fuses an if statement whose first operation is the test. jump is the index of that which ends its body.
func (c *fn) fuseElse(from, jump int, cond *expr) {
	if cond.cv != nil {
		return
	}
	then, ok := c.straight(from+1, jump)
	if !ok {
		return
	}
	otherwise, ok := c.straight(jump+1, len(c.code.ops))
	if !ok {
		return
	}
	b, yes, no := cond.b, all(then), all(otherwise)
	c.fuse(from, func(fr *frame) {
		if b(fr) {
			yes(fr)
		} else {
			no(fr)
		}
	})
}

// fuseFor fuses a for statement with a condition. from is the index of the jump to the test, which is the last
// operation. The check is before the test.
func (c *fn) fuseFor(from int, s *ast.ForStmt, cond *expr) {
	test := len(c.code.ops) - 1
	parts, ok := c.straight(from+1, test)
	if !ok {
		return
	}
	if n := c.counter(s.Post, cond); n != nil {
		n.parts, n.test = parts[:len(parts)-1], test
		c.fuse(from, n.loop())
		return
	}
	b, run := cond.b, all(parts)
	c.fuse(from, func(fr *frame) {
		for {
			fr.pc = test
			if fr.g.flag.Load() != 0 {
				fr.tick()
			}
			if !b(fr) {
				return
			}
			run(fr)
		}
	})
}

// counter is a fused loop that counts: for ; a < b; i += step. One of a and b is i.
type counter struct {
	a, b  operand
	want  bool // the loop runs while a < b is this
	i     uintptr
	step  operand
	parts []part
	test  int
}

// counter returns what a loop counts by, nil if it doesn't. The step must be the last of the loop's parts.
func (c *fn) counter(post ast.Stmt, cond *expr) *counter {
	a, b, want, ok := cond.less()
	if !ok {
		return nil
	}
	n := &counter{a: a, b: b, want: want}
	var x ast.Expr
	switch s := post.(type) {
	case *ast.IncDecStmt:
		x, n.step.k = s.X, 1
		if s.Tok == token.DEC {
			n.step.k = -1
		}
	case *ast.AssignStmt:
		if s.Tok != token.ADD_ASSIGN {
			return nil
		}
		x = s.Lhs[0]
		y := c.localOf(s.Rhs[0])
		if y == nil {
			return nil
		}
		if n.step, ok = y.operand(); !ok {
			return nil
		}
	default:
		return nil
	}
	v := c.localOf(x)
	if v == nil || !v.is64() || v.t.class != classInt {
		return nil
	}
	n.i = v.off
	return n
}

// localOf returns the expression of a constant or of an unboxed variable of this function, nil for others.
func (c *fn) localOf(e ast.Expr) *expr {
	if tv, ok := c.src.info.Types[e]; ok && tv.Value != nil {
		if t := c.typ(tv.Type); t.class == classInt {
			return c.constExpr(t, tv.Value)
		}
		return nil
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	if v := c.vars[c.object(id)]; v != nil && !v.boxed && v.global == nil {
		return loadLocal(v.t, v.off)
	}
	return nil
}

func (n *counter) loop() func(fr *frame) {
	want, i, test := n.want, n.i, n.test
	// What is compared and added is read by pointers, so that constants and variables need no loops of their own.
	switch len(n.parts) {
	case 0:
		return func(fr *frame) {
			a, b, step, p := n.a.in(fr), n.b.in(fr), n.step.in(fr), (*int64)(fr.at(i))
			for {
				if fr.g.flag.Load() != 0 {
					fr.pc = test
					fr.tick()
				}
				if (*a < *b) != want {
					return
				}
				*p += *step
			}
		}
	case 1:
		run, pc := n.parts[0].run, n.parts[0].pc
		return func(fr *frame) {
			a, b, step, p := n.a.in(fr), n.b.in(fr), n.step.in(fr), (*int64)(fr.at(i))
			for {
				if fr.g.flag.Load() != 0 {
					fr.pc = test
					fr.tick()
				}
				if (*a < *b) != want {
					return
				}
				fr.pc = pc
				run(fr)
				*p += *step
			}
		}
	}
	run, pc, rest := n.parts[0].run, n.parts[0].pc, n.parts[1:]
	return func(fr *frame) {
		a, b, step, p := n.a.in(fr), n.b.in(fr), n.step.in(fr), (*int64)(fr.at(i))
		for {
			if fr.g.flag.Load() != 0 {
				fr.pc = test
				fr.tick()
			}
			if (*a < *b) != want {
				return
			}
			fr.pc = pc
			run(fr)
			for i := range rest {
				q := &rest[i]
				fr.pc = q.pc
				q.run(fr)
			}
			*p += *step
		}
	}
}
