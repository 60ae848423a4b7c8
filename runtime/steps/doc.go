// Package steps shows a run as a list of steps: who did what in which line, what it changed, what it waited for.
//
// A Recorder hears of accesses to variables from the engine that runs a cell, and of locks, waits, starts and ends from
// the machine; its View is data, which Explain, Text and HTML make a sentence and tables of:
//
//	engine ── Step ──►  Recorder ──► View ──► sentence, text, HTML, a widget
//	machine ─ Observe ─►
package steps
