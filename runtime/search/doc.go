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
// What two runs have in common isn't tried twice. If steps touch different things, their order makes no difference, so
// the search comes back to a node only for an order of two accesses to one thing that it hasn't seen (dynamic
// partial-order reduction). And a state is known by what happened to each thing in what order, and by nothing else (the
// happens-before hash of CHESS; Musuvathi and Qadeer, PLDI 2007). Both are sound with a bound on preemptions too: the
// search also comes back to where the thread got the core, and a state counts as known only if it was reached with as
// few preemptions.
//
// Most of the paths that are left lead to what is known all the same. So a search plays a path through from what it
// remembers of threads and states before it makes a run of it, and leaves out the run if that shows nothing new. Where
// values of variables are known (Options.Value), it also leaves out runs whose ends are known from what threads have
// read, and counts their outcomes: see values.go. A run that is made begins as the one before it has, so it is looked
// at only from where the two part.
package search
