// Package explored holds tests only: cells that are broken in a way that is known by hand, and what an exploration must
// say of them.
//
// testdata/bugs are the classics of concurrency, testdata/levels are puzzles: each a cell that is broken, the version
// of Python and the fewest preemptions that break it, with the reason, a cell that is right, and the broken one in
// Python. They run after testdata/prelude.cell and testdata/prelude.py.
package explored
