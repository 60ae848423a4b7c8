// Package yaegi is the second engine: function bodies are run by yaegi (github.com/traefik/yaegi), unmodified.
//
// The kernel's types, yaegi's bodies. yaegi decides what a body does next and computes with numbers, strings and slices
// of them; it calls the kernel for what has types that a cell declares: the memory of variables, structs, interfaces,
// maps, calls, channels, go, defer. So yaegi never makes a type, and its known bugs (types, method sets, conversions,
// closures in loops, defer) can't occur.
//
// A body is lowered from checked syntax to Go that yaegi is known to run correctly, which has neither generics nor
// closures nor nested statements: every if, for, range, switch and select becomes conditions and jumps.
//
//	Engine.Compile   a body's text, its symbols, and a yaegi interpreter that compiles it       engine.go
//	* survey         which variables yaegi can keep, and which the kernel's memory must hold    survey.go
//	* statement      control flow as jumps                                                      stmt.go, loop.go, branch.go, assign.go
//	* expression     what yaegi computes; all else is a call of a piece that exec compiles      expr.go
//	representation   the types that yaegi sees: basic ones and slices of them                   repr.go
//
// What stays exec's is what has exec's types or frames. On the 323 programs of Go's own tests that cells can run, with
// 2,505 bodies, yaegi runs all of the control flow and 80 % of the operators of numbers, strings and booleans; the
// other 20 % are operands of pieces, mostly arguments of calls. Of 69,584 expressions, 5,695 are calls, 1,304 select
// fields and 293 index maps. A call between two bodies isn't yaegi's, because defer, recover, Goexit, tracebacks,
// interrupts and the limit of nested calls need one chain of frames for all functions, and a call of yaegi's passes on
// none. Fields and maps would be 2 % more, and nothing that yaegi could judge by itself: where a field lies and how a
// key is hashed come from the types, which are exec's in any case.
//
// What can't be lowered or what yaegi refuses to compile is an error that names it. Nothing falls back silently
// to another engine's control flow.
package yaegi
