// Package assist answers questions while a cell is being typed: what may stand at the cursor, and what a name means.
//
//	Complete, Inspect   what is Go in the cell, and the word at the cursor     complete.go, inspect.go, text.go
//	* survey            go/types over the broken cell and the session          survey.go
//	* names, members    what can stand there                                   complete_name.go
//	* about             what there is to say of an object                      inspect_about.go
//	* magics            their names, arguments and files                       complete_magic.go
//
// It reads a session.View, and compiles and runs no cells.
package assist

import "gilkernel/kernel/session"

// An Assistant answers questions about cells of a session. Its methods are safe for concurrent use.
type Assistant struct {
	session *session.Session
	pythons func() []string // nil: none are known
}

// New returns an assistant for cells of s. pythons returns the versions of the Pythons to offer, the likeliest first;
// nil offers none.
func New(s *session.Session, pythons func() []string) *Assistant { return &Assistant{s, pythons} }
