package queue

// This file defines what is less than what, as package builtins has it.

import "gilkernel/runtime/builtins"

// A Lesser is an item that compares itself with another one: __lt__.
type Lesser = builtins.Lesser

// Less reports whether a < b, as builtins.Less does.
func Less(a, b any) bool { return builtins.Less(a, b) }
