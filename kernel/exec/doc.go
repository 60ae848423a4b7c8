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
// Two designs were rejected. Types, method sets and conversions made by yaegi have known bugs that can't be fixed from
// outside, so yaegi runs only bodies. A byte code with one big switch is slower in Go than closures, because every
// operation decodes its operands.
//
// # Function bodies
//
// A body becomes a slice of operations, each a Go closure of type op that does one statement, or a part of one, and
// returns the index of the next operation; a negative one ends the body. So a jump is a number, and if, for, switch and
// goto need nothing else: a label is bound to the index of the operation that follows it, and the closures read it
// through the label, since most jumps are compiled before their target. Within an operation there is no dispatch: an
// expression is a tree of closures, of the Go type that its class has (func(*frame) int64 for all integers), which the
// compiler has chosen and nested. Decisions that types or constants allow are made while compiling, by choosing another
// closure, and operations of loops that can't jump are fused into one, see fuse.go.
//
// A call is a frame: one piece of memory with a header, the parameters, the results and the local variables. Its type
// is forged, so that the garbage collector knows which words are pointers. A frame is allocated at the first call and
// kept by its caller's frame or its goroutine for the next call of the same function. Before that, its pointers are
// cleared: otherwise a function that has returned would keep its values alive.
//
// # Escape and boxing
//
// A frame is used again, so a variable may live in it only if nothing can refer to it once its call is over. A variable
// that a function literal captures, whose address is taken, that is an array and sliced, or that is the receiver of a
// method with a pointer receiver gets memory of its own, and its slot in the frame holds a pointer: it is boxed. (In a
// generic function, where the instance decides which method is called, each method call boxes its receiver.) So is a
// variable of more than a kilobyte, which would make every frame large. The decision is by declaration and not by flow:
// one escape in a branch that is never taken boxes the variable. It may box a variable that needn't be, but never
// leaves out one that must be. A boxed variable that is declared in a loop gets new memory in each turn, which is how
// closures get variables of their own.
//
// Interfaces box too: the data word of an interface points to a copy of the value, except for pointers, maps, channels
// and functions, which are the word. Small integers and values without a size share memory, as in Go's own runtime.
//
// # Range over functions
//
// The body of a range over a function becomes a function that the iterator calls, in Go as here; but here the body runs
// in the frame of the function that it stands in, so that its variables, its return and its defer are those of that
// function. The function value that the iterator gets (yield) is a small one: it moves its arguments into that frame,
// and runs the frame's operations from the beginning of the body on. At the end of the body opYield tells it to return
// true. A break, a return, a goto or a continue of an outer loop is opLeave: it notes the label in the loop's
// yieldState and makes yield return false; once the iterator has returned, the loop goes to that label, or passes it on
// to the next range over a function around it. The state also finds iterators that break the rules: one that calls
// yield after it returned false, after the loop is over, or that recovers a panic of the body, gets Go's own error.
//
// # Types in two phases
//
// Types refer to each other and to themselves, and compiled code wants a reflect.Type that is complete. So a named type
// first becomes a shell, an address without a structure, which is enough for pointers, slices, channels and functions
// that mention it; what holds it by value, such as a map, needs its layout as well. Then shells are completed, which
// may make further shells, until none is left; and last they get their methods, whose code depends on the memory of
// arguments, and so on types that are complete. No other goroutine makes types meanwhile: reflectMu is held through all
// phases. A typ is marked ready when its structure is complete. Methods that a later cell adds are given to a type that
// compiled code may know already: its methods are set anew, and it gets another hash, so that the runtime no longer
// finds what it has cached about the type. Package rtype says how types are forged.
package exec
