// Package exec runs type-checked Go by compiling it to closures.
//
// It is the interpreter's engine. A source is parsed, checked by go/types and turned into Go closures
// over typed memory: a local variable is an offset in its call's frame, an integer expression a
// func(*frame) int64. All values have the memory that compiled Go gives them, and all types are real
// reflect types (package rtype forges those that cells declare), so compiled packages take and return
// them as they are: fmt prints a cell's type by its name and calls its String method, errors.As and
// encoding/json see what they would see in a compiled program.
//
// The rooms of one source:
//
//	Engine.Compile    parse, check                                      engine.go, check.go
//	* declare         types, variables, functions get their places      declare.go, types.go
//	* function        a body becomes a list of operations               function.go, stmt_*.go
//	* expression      a tree of closures, one kind per class of value    expr_*.go
//	Program.Run       package variables, init functions, the entry       engine.go
//
// A second engine can run the bodies of functions instead, with all else as it is: see Bodies.
//
// What was rejected: yaegi alone, for whose 37 known faults the cell compiler would have had to find other
// words (the interfaces' dynamic types, method sets and conversions can't be had from outside of it),
// and which needs 0.9 s for fib(30); a byte code with one big switch, which in Go is slower than
// closures because every operation decodes its operands.
package exec
