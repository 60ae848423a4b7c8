package plot

// This file defines sequence diagrams: the messages between processes in the order of their arrival.

import (
	"fmt"
	"strings"

	"gilkernel/runtime/timeline"
)

// maxMessages is how many arrows a diagram has at most: more can't be read.
const maxMessages = 40

// A Diagram is a sequence diagram in Mermaid's language, with a twin in text. It never changes. The zero Diagram is
// empty.
type Diagram struct {
	mermaid, text string
}

// Sequence draws what went through the sockets of a run: an arrow for each connection that was accepted and for all
// that was received, with its first letters. It has at most 40 arrows, and says how many it leaves out. Where one
// receive got what several sends had sent, the arrow says so. A nil timeline is one in which nothing happened.
func Sequence(tl *timeline.Timeline) *Diagram {
	if tl == nil {
		tl = &timeline.Timeline{}
	}
	messages := tl.Messages()
	if len(messages) == 0 {
		return &Diagram{text: "No message went through a socket.\n"}
	}
	more := len(messages) - maxMessages
	messages = messages[:min(len(messages), maxMessages)]
	var order []int32
	seen := map[int32]bool{}
	for _, m := range messages {
		for _, t := range []int32{m.From, m.To} {
			if !seen[t] {
				seen[t] = true
				order = append(order, t)
			}
		}
	}
	name := func(t int32) string {
		if t == 0 {
			return "outside"
		}
		return tl.Label(t)
	}
	var b, txt strings.Builder
	title := fmt.Sprintf("%d messages between %d threads", len(messages), len(order))
	b.WriteString("sequenceDiagram\n    accTitle: " + title + "\n    accDescr: The messages of the run in the order " +
		"in which they were received; the text form lists them.\n")
	txt.WriteString(title + ", in the order in which they were received\n")
	for _, t := range order {
		fmt.Fprintf(&b, "    participant p%d as %s\n", t, mermaidWords(name(t)))
	}
	start := messages[0].At
	for _, m := range messages {
		arrow, words := "->>", m.Text
		switch {
		case m.Kind == timeline.Accept:
			arrow, words = "-->>", "connects"
		case m.Kind == timeline.Hangup:
			arrow, words = "--x", "closes"
		case m.Sends > 1:
			words += fmt.Sprintf(" (%d sends in one)", m.Sends)
		}
		fmt.Fprintf(&b, "    p%d%sp%d: %s\n", m.From, arrow, m.To, mermaidWords(words))
		fmt.Fprintf(&txt, "%10s  %s → %s: %s\n", timeline.Nanoseconds(m.At-start), name(m.From), name(m.To), words)
	}
	if more > 0 {
		words := fmt.Sprintf("… and %d more messages", more)
		fmt.Fprintf(&b, "    Note over p%d: %s\n", order[0], words)
		txt.WriteString(words + "\n")
	}
	return &Diagram{b.String(), txt.String()}
}

// mermaidWords makes a text fit for a diagram: Mermaid takes a semicolon and a line's end for the end of a message, #
// for a letter's number, and some words for its own.
func mermaidWords(s string) string {
	s = strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;", "\n", " ", "\r", " ", "%",
		"#37;").Replace(s)
	if strings.EqualFold(strings.TrimSpace(s), "end") {
		return s + " "
	}
	return s
}

// String returns the text twin.
func (d *Diagram) String() string { return d.text }

// Mermaid returns the diagram in Mermaid's language, "" if there is nothing to draw.
func (d *Diagram) Mermaid() string { return d.mermaid }

// MIMEBundle returns the diagram as Markdown, and the text twin.
func (d *Diagram) MIMEBundle() map[string]any {
	if d.mermaid == "" {
		return map[string]any{"text/plain": d.text}
	}
	return map[string]any{"text/markdown": "```mermaid\n" + d.mermaid + "```\n", "text/plain": d.text}
}
