// Package exec runs type-checked Go by compiling it to closures.
//
// It is the interpreter's engine. A source that go/types has checked is turned into Go closures
// over typed memory: a local variable is an offset in its call's frame, an integer expression a
// func(*frame) int64. All values have the memory that compiled Go gives them, and all types are real
// reflect types (package rtype forges those that cells declare), so compiled packages take and return
// them as they are: fmt prints a cell's type by its name and calls its String method, errors.As and
// encoding/json see what they would see in a compiled program.
//
// The rooms of one source:
//
//	Engine.CompileUnit  a cell, which its session has checked           engine.go
//	Engine.Compile      a whole file, which is parsed and checked here  engine.go, check.go
//	* declare           types, variables, functions get their places    declare.go, types.go
//	* cell              a cell's statements become those of a function  cell.go
//	* function          a body becomes a list of operations             function.go, stmt_*.go
//	* expression        a tree of closures, one kind per class of value expr_*.go
//	Program.Init        runs the package variables and init functions   run.go
//	Program.Call        runs the cell's statements                      run.go
//
// A second engine can run the bodies of functions instead, with all else as it is here: see Bodies. Package
// kernel/yaegi is one.
//
// What was rejected: types, method sets and conversions that yaegi makes, whose known faults can't be mended from
// outside of it, so that its part is the bodies; and a byte code with one big switch, which in Go is slower than
// closures because every operation decodes its operands.
package exec
