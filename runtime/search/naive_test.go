package search_test

// This file holds Search against a search without any reduction, on the same machine.

import (
	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
)

// naive is an Explorer that takes every path with so many preemptions, depth first, and knows nothing of states.
type naive struct {
	bound  int
	path   []naiveNode
	at     int
	cost   int
	points int // of this run
}

type naiveNode struct {
	ways, chosen, ready, before int
	goes                        bool
}

func (n *naiveNode) costs(i int) int {
	if i > 0 && n.goes || i >= n.ready && n.ready > 0 {
		return 1
	}
	return 0
}

func (n *naive) Checked(*machine.Thread) bool              { return true }
func (n *naive) Accessing(*machine.Thread, any, bool) bool { return true }
func (n *naive) Accessed(*machine.Thread, any, bool)       {}

func (n *naive) Next(p *machine.Point) int {
	n.points++
	if n.at == len(n.path) {
		n.path = append(n.path, naiveNode{ways: len(p.Threads), ready: p.Ready, goes: p.Goes, before: n.cost})
	}
	x := &n.path[n.at]
	n.at++
	n.cost += x.costs(x.chosen)
	return x.chosen
}

func (n *naive) next() bool {
	n.at, n.cost, n.points = 0, 0, 0
	for i := len(n.path) - 1; i >= 0; i-- {
		x := &n.path[i]
		for x.chosen++; x.chosen < x.ways; x.chosen++ {
			if x.before+x.costs(x.chosen) <= n.bound {
				n.path = n.path[:i+1]
				return true
			}
		}
	}
	return false
}

// all returns the outcomes of all runs with up to bound preemptions, each with its fewest, and how many runs there
// were.
func all(bound int, run search.Program, most int) (found map[string]int, runs int) {
	found = map[string]int{}
	n := &naive{bound: bound}
	for more := true; more && runs < most; more = n.next() {
		out := run(n)
		runs++
		key := out.Value
		if out.Err != nil {
			key = out.Err.Error()
		}
		if least, ok := found[key]; !ok || n.cost < least {
			found[key] = n.cost
		}
	}
	return found, runs
}
