// Package exercises holds tests only: the course's exercises, solved as cells of a real kernel.
//
// Right solutions must pass in a thousand runs, likely wrong ones must get the words that name their mistake, and
// checks are themselves checked: each solution is mutated, and the check must see it.
package exercises
