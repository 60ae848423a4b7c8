// Package pickle converts values to bytes and back, for another process that runs the same program.
//
// It is what Python's pickle is to multiprocessing. It walks the real types, unexported fields included, so a value
// arrives as it was: pointers, maps, closures and slices that share memory still share it, cycles are cycles, nil
// slices stay nil, and an interface holds what it held. encoding/gob does none of that: it silently omits unexported
// fields.
//
//	Codec            keeps what it has learnt about types; one for each interpreter          codec.go
//	Resolver         names types and functions, and finds them by these names                resolve.go
//	Reducer          a type with a form of its own, as __reduce__                            reduce.go
//	Error            what can't be sent, by the path a learner would type                    errors.go
//
// The way of a value out:
//
//	walk             finds every object that the value reaches, breadth first                walk.go
//	* overlap        finds objects that lie within others: fields, elements, subslices       overlap.go
//	write            a table of types, a table of objects, and then what is in them          write.go
//
// and in: the tables are read and checked against the length of the message, all objects are made, and then they are
// filled (read.go). Neither way calls itself for what a pointer refers to, so a list of a million nodes needs no deep
// stack, and a message can't cause allocations much larger than itself.
//
// Bytes that aren't a message, or that were damaged, give an error. Values that other goroutines change while they
// are written are the caller's mistake, as in any other read; a change that is noticed is an error too.
//
//	Python                             Go
//	pickle.dumps(v)                    codec.Dumps(v, nil)
//	pickle.loads(b)                    codec.Loads(b, nil)
//	object.__reduce__                  Reducer, Restorer
//	PicklingError, TypeError           *Error
//	UnpicklingError                    *Malformed
//	reducer_override, find_class       Resolver
package pickle
