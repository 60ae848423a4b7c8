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
// accessed in a line is marked; the sentence, or how the run ended, is the caption. Pages that trust no style element
// keep the colours of the threads, and those that trust no style at all keep what the words and their weight say.
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
	b.WriteString("<div style=\"overflow-x: auto\"><table class=\"gilsteps\">\n")
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
		class := "gilsteps-step"
		if before >= 0 && before != s.Thread {
			class += " gilsteps-switch"
		}
		before = s.Thread
		text := escape(s.Text)
		if s.Op == Wait || s.Op == Panic {
			text = "<b>" + text + "</b>"
		}
		fmt.Fprintf(&b, "<tr class=\"%s\"><th scope=\"row\">%d</th><td class=\"gilsteps-who\" "+
			"style=\"border-left: 5px solid %s\">%s%s</td><td>%s</td><td class=\"gilsteps-source\">%s</td>"+
			"<td class=\"gilsteps-value\">%s</td><td>%s</td>", class, l.step+1, colour(s.Thread),
			escape(names[s.Thread]), switched(l, names), escape(v.where(s)), markup(v.source(s)), escape(value(s)),
			text)
		if withLocks {
			fmt.Fprintf(&b, "<td>%s</td>", escape(locks[l.step]))
		}
		b.WriteString("</tr>\n")
	}
	if v.More > 0 {
		fold("… " + count(v.More, "more step"))
	}
	b.WriteString("</tbody>\n</table>")
	for _, file := range v.files(lines) {
		b.WriteString("<small>" + escape(file) + "</small><br>\n")
	}
	b.WriteString("</div>\n")
	return b.String()
}

// colour returns the colour of a thread, which is seen on light and on dark pages.
func colour(thread int) string {
	colours := [...]string{"#8a8f98", "#1f83c9", "#d98200", "#0a9a72", "#c45fa0", "#7a6be0"}
	return colours[thread%len(colours)]
}

func switched(l line, names []string) string {
	switch {
	case l.sw == Preempts && l.over > 0:
		return " <small><b><i>preempts " + escape(names[l.over-1]) + "</i></b></small>"
	case l.sw == Preempts:
		return " <small><b><i>preempts</i></b></small>"
	case l.sw == Relieves:
		return " <small><i>gets its turn: the thread above has run for long</i></small>"
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
