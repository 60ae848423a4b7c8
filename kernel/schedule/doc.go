// Package schedule is the game of %%schedule: the learner chooses which thread goes next.
//
// A Game is its state, which all forms share: questions as text, a widget, a page that needs no kernel. What a form
// shows is a State; what it takes is a choice, an undo or a reset. Each is a new run of the cell under a list of
// choices, which a Provider makes.
package schedule
