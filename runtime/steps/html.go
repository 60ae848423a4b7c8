package steps

// This file defines the table of a view for pages.

import (
	_ "embed" // the style
	"fmt"
	"html"
	"strings"
)

//go:embed steps.css
var style string

// HTML returns the view as a table, with a style of its own for light and for dark pages, and without a script. What is
// accessed in a line is marked; the sentence, or how the run ended, is the caption.
func (v *View) HTML() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<style>%s</style>\n", style)
	lines := v.shown()
	if len(lines) == 0 {
		b.WriteString("<p class=\"gilsteps-none\">no step: the cell touches nothing that two threads could see</p>\n")
		return b.String()
	}
	locks := v.lockStates()
	withLocks := false
	for _, text := range locks {
		withLocks = withLocks || text != ""
	}
	columns := 6
	b.WriteString("<table class=\"gilsteps\">\n")
	caption := v.Sentence
	if caption != "" {
		caption += "."
	} else {
		caption = "Who did what, in the order in which it happened"
	}
	fmt.Fprintf(&b, "<caption>%s</caption>\n<thead><tr>", escape(caption))
	heads := []string{"step", "thread", "line", "source", "value", "what it does"}
	if withLocks {
		heads = append(heads, "held and waited for")
		columns++
	}
	for _, h := range heads {
		fmt.Fprintf(&b, "<th scope=\"col\">%s</th>", h)
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	names := shortNames(v.Threads)
	fold := func(text string) {
		fmt.Fprintf(&b, "<tr class=\"gilsteps-fold\"><td colspan=\"%d\">%s</td></tr>\n", columns, escape(text))
	}
	before := -1
	for _, l := range lines {
		if l.folded > 0 {
			fold("… " + count(l.folded, "more step") + " of " + l.whom())
			continue
		}
		s := v.Steps[l.step]
		class := fmt.Sprintf("gilsteps-t%d", s.Thread%threadColours)
		if before >= 0 && before != s.Thread {
			class += " gilsteps-switch"
		}
		before = s.Thread
		if s.Op == Wait || s.Op == Panic {
			class += " gilsteps-" + s.Op
		}
		fmt.Fprintf(&b, "<tr class=\"%s\"><th scope=\"row\">%d</th><td class=\"gilsteps-who\">%s%s</td><td>%s</td>"+
			"<td>%s</td><td>%s</td><td>%s</td>", class, l.step+1, escape(names[s.Thread]), switched(l),
			escape(v.where(s)), markup(v.source(s)), escape(value(s)), escape(s.Text))
		if withLocks {
			fmt.Fprintf(&b, "<td>%s</td>", escape(locks[l.step]))
		}
		b.WriteString("</tr>\n")
	}
	if v.More > 0 {
		fold("… " + count(v.More, "more step"))
	}
	b.WriteString("</tbody>\n</table>\n")
	return b.String()
}

// threadColours is how many colours the style has for threads.
const threadColours = 6

func switched(l line) string {
	if l.sw == Preempts {
		return " <small>preempts</small>"
	}
	return ""
}

// value returns the value before and after a step.
func value(s Step) string {
	switch {
	case s.Op == Read:
		return s.Before
	case s.Op != Write || s.Before+s.After == "":
		return ""
	}
	return s.Before + " → " + s.After
}

func markup(p piece) string {
	switch {
	case p.marked != "":
		return "<code>" + escape(p.before) + "<mark>" + escape(p.marked) + "</mark>" + escape(p.after) + "</code>"
	case p.after != "":
		return "<code>" + escape(p.after) + "</code>"
	}
	return "" // an empty code element has a background
}

func escape(s string) string { return html.EscapeString(s) }
