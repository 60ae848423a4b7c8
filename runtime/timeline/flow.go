package timeline

// This file defines connections as events name them.

import "strings"

// A Flow says of an event of a connection which one it is, in which direction, and what was said. It is the event's
// Object, as text: so the timelines of two processes that talk to each other agree on it.
type Flow struct {
	Client, Server string // addresses, such as "127.0.0.1:40001"
	// ByClient says that the thread is the client: it connects, writes to the server, or reads what the server has
	// written.
	ByClient bool
	Text     string // what was said, if anything was
}

const (
	byClient = " → "
	byServer = " ← "
)

// String returns the text of Event.Object.
func (f Flow) String() string {
	arrow := byServer
	if f.ByClient {
		arrow = byClient
	}
	s := f.Client + arrow + f.Server
	if f.Text != "" {
		s += " " + f.Text
	}
	return s
}

// ParseFlow reads the text of a Flow, and reports whether it is one.
func ParseFlow(s string) (f Flow, ok bool) {
	rest := ""
	if f.Client, rest, ok = strings.Cut(s, byClient); ok {
		f.ByClient = true
	} else if f.Client, rest, ok = strings.Cut(s, byServer); !ok {
		return Flow{}, false
	}
	f.Server, f.Text, _ = strings.Cut(rest, " ")
	return f, f.Client != "" && f.Server != ""
}
