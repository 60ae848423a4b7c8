// Package interp is the interpreter process, in which cells run.
//
// The path of one run:
//
//	Main             sets the process up, with a guard that ends it with its parent   serve.go, parent_linux.go
//	Serve            reads requests from the kernel process                    serve.go
//	* runner         makes the run                                             runner.go
//	  * ahead        checks its cell while the kernel process does             ahead.go
//	  * ending       waits for it, answers                                     ending.go
//	  * host         has its session check the cell and the engine compile it  host.go
//	    * sources    knows which of the learner's lines a position is          sources.go
//	  * thread       knows which cell a goroutine belongs to                   thread.go
//	  * output       gathers what goroutines print, by cell                    output.go
//	  * interrupt    ends the goroutines of one cell, and of no other          interrupt.go
//	  * failure      turns a panic into a traceback in the learner's lines     failure.go
//	                 from its value and its trace                              panicvalue.go
//	  * value        turns a value into a MIME bundle                          value.go, show.go
//
// What the engine calls of the kernel for a cell is bound in natives.go; what cells may call in
// overrides.go (the functions of the standard library that must know their cell).
package interp
