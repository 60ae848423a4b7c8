// Package linear checks that objects that processes share behave as if operations happened one after the other: tests
// only.
//
// Several processes, real and simulated ones, work on one object and record when each of their operations began and
// ended, and its result. Porcupine, a linearizability checker, then looks for an order of all operations in which a
// single process could have executed them with these results, and in which no operation comes after one that began
// after its end. Each history is also damaged, as a lost or a duplicated item would damage it, and the checker must
// reject it.
package linear
