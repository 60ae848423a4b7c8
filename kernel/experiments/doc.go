// Package experiments holds programs in Python and in Go that do the same, and figures of them that were recorded
// earlier.
//
// An experiment is a text like the body of a %%twin cell: lines such as "threads: 1,2,4", then "--- python" and
// Python's text, then "--- go" and Go's. Without such settings, the line "--- python" can be left out. Both find the
// number of threads in the variable threads; with a line "names: one thread, two processes" it is the number of one of
// the names, from 1. What is measured is how long they take, or the last number that they print.
package experiments
