// Package interp is the interpreter process, in which cells run.
//
// The path of one run:
//
//	serve            reads requests from the kernel process                    serve.go
//	* session.run    compiles the lowered source, runs its entry function      session.go
//	* thread         knows which cell a goroutine belongs to                   thread.go
//	* output         gathers what goroutines print, by cell                    output.go
//	* interrupt      ends the goroutines of one cell, and of no other          interrupt.go
//	* failure        turns a panic into a traceback in the learner's lines     failure.go
//	* value          turns a value into a MIME bundle                          value.go
//
// What cells may call of the kernel is bound in natives.go (the package __rt of lowered sources) and
// overrides.go (the functions of the standard library that must know their cell).
package interp
