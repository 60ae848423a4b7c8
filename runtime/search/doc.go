// Package search runs a program under every schedule of its threads until one breaks it.
//
// A program is whatever makes an explored machine (machine.Options.Explorer) with the Explorer that it is handed, and
// runs on it; it must begin from the same state each time. Search tries schedules in the order of their preemptions, so
// the first that fails has the fewest:
//
//	Search ─► for 0, 1, 2 … preemptions ─► walk: one run ─► machine asks Next at each Point ─► a node of the tree, or a new one
//	                                         ▲                                                   │
//	                                         └──────────── the next branch, depth first ◄────────┘
//
// What two runs have in common isn't tried twice: if steps touch different things, their order makes no difference, so
// a state is known by what happened to each thing in what order, and by nothing else (the happens-before hash of CHESS;
// Musuvathi and Qadeer, PLDI 2007). That is sound with a bound on preemptions too, because a state counts as known only
// if it was reached with as few of them.
package search
