// Package yaegi is the second engine: function bodies are run by yaegi (github.com/traefik/yaegi), unmodified.
//
// The kernel's types, yaegi's bodies. yaegi decides what a body does next and computes with numbers, strings and slices
// of them; it calls the kernel for what has types that a cell declares: the memory of variables, structs, interfaces,
// maps, calls, channels, go, defer. So yaegi never makes a type, and each of its known faults (types, method sets,
// conversions, closures in loops, defer) has no place to happen in.
//
// A body is lowered from checked syntax to Go that yaegi is known to run right, which has neither generics nor closures
// nor nested statements: every if, for, range, switch and select becomes conditions and jumps.
//
//	Engine.Compile   a body's text, its symbols, and a yaegi interpreter that compiles it       engine.go
//	* survey         which variables yaegi can keep, and which the kernel's memory must hold    survey.go
//	* statement      control flow as jumps                                                      stmt.go, loop.go, branch.go, assign.go
//	* expression     what yaegi computes; all else is a call of a piece that exec compiles      expr.go
//	representation   the types that yaegi sees: basic ones and slices of them                   repr.go
//
// What can't be lowered or what yaegi refuses to compile is an error that names it. Nothing falls back silently
// to another engine's control flow.
package yaegi
