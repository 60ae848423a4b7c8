// Package explore is what a cell says to those that explore it: what must hold under every schedule of its threads.
//
// The cell runs without an explorer too: an assertion that fails is Python's AssertionError then.
package explore
