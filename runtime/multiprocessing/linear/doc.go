// Package linear checks that what processes share behaves as if one operation happened after the other: tests only.
//
// Several processes, real ones and simulated ones, work on one object and note when each of their operations began and
// ended, and what came out. A checker of linearizability, porcupine, then looks for an order of all operations that a
// single process could have seen, in which none comes after one that began later than it ended. Each history is also
// damaged, as a lost or a doubled item would damage it, and the checker must refuse that.
package linear
