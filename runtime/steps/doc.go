// Package steps shows a run as a list of steps: who did what in which line, what it changed, what it waited for.
package steps
