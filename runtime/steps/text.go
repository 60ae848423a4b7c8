package steps

// This file defines the table of a view for consoles.

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// textWidth is how many columns a table has at most.
const textWidth = 100

// Columns of a table.
const (
	mostWho    = 22
	mostWhere  = 18
	mostSource = 32
	leastWhat  = 30
)

// Text returns the view as a table of at most 100 columns: each step with its thread, its line, in which «» mark what
// is accessed, and what it does. A "!" before a thread says that it preempted the one above, a "~" that it got its turn
// because the one above had run for long.
func (v *View) Text() string {
	var b strings.Builder
	if v.Sentence != "" {
		b.WriteString(wrap(v.Sentence+".", textWidth, "") + "\n\n")
	}
	lines := v.shown()
	if len(lines) == 0 {
		b.WriteString("no step: the cell touches nothing that two threads could see\n")
		return b.String()
	}
	names := shortNames(v.Threads)
	who, where, source := len("thread"), len("line"), len("source")
	for _, l := range lines {
		s := v.Steps[l.step]
		who = max(who, utf8.RuneCountInString(names[s.Thread]))
		where = max(where, utf8.RuneCountInString(v.where(s)))
		source = max(source, utf8.RuneCountInString(marks(v.source(s))))
	}
	const between = 4 + 2 + 2 + 2 + 2 + 2 // the step's number, the "!", and blanks
	who, where = min(who, mostWho), min(where, mostWhere)
	source = min(source, mostSource, textWidth-between-who-where-leastWhat)
	what := textWidth - between - who - where - source
	row := func(n, switched, w, at, src, text string) {
		indent := strings.Repeat(" ", textWidth-what)
		text = wrap(text, what, indent)
		line := fmt.Sprintf("%4s  %1s %s  %s  %s  %s", n, switched, pad(w, who), pad(tail(at, where), where),
			pad(src, source), text)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	row("step", "", "thread", "line", "source", "what it does")
	preempted, relieved := false, false
	for _, l := range lines {
		if l.folded > 0 {
			row("…", "", "", "", "", fmt.Sprintf("%s of %s", count(l.folded, "more step"), l.whom()))
			continue
		}
		s := v.Steps[l.step]
		switched, text := "", s.Text
		switch {
		case l.sw == Preempts && l.over > 0:
			switched, text = "!", text+", preempting "+names[l.over-1]
		case l.sw == Preempts:
			switched, preempted = "!", true
		case l.sw == Relieves:
			switched, relieved = "~", true
		}
		p := v.source(s)
		src := marks(p)
		if utf8.RuneCountInString(src) > source {
			src = cut(p, source)
		}
		row(itoa(l.step+1), switched, names[s.Thread], v.where(s), src, text)
	}
	if v.More > 0 {
		row("…", "", "", "", "", count(v.More, "more step"))
	}
	if preempted {
		b.WriteString("! preempts the thread above\n")
	}
	if relieved {
		b.WriteString("~ gets its turn because the thread above has run for long, which counts as no preemption\n")
	}
	for _, file := range v.files(lines) {
		b.WriteString(file + "\n")
	}
	b.WriteString(v.rest())
	return b.String()
}

// rest says who holds and waits for what where the run ended.
func (v *View) rest() string {
	if len(v.Steps) == 0 {
		return ""
	}
	text := v.lockStates()[len(v.Steps)-1]
	if text == "" {
		return ""
	}
	return wrap("at the end "+text, textWidth, "  ") + "\n"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return itoa(n) + " " + what + "s"
}

// marks returns a line with «» around what is accessed.
func marks(p piece) string {
	if p.marked == "" {
		return p.after
	}
	return p.before + "«" + p.marked + "»" + p.after
}

// cut shortens a line so that what is accessed stays.
func cut(p piece, width int) string {
	text := []rune(marks(p))
	from := 0
	if end := utf8.RuneCountInString(p.before+p.marked) + 3; end > width {
		from = min(end-width+1, len(text)-width+1, utf8.RuneCountInString(p.before)+1)
		text = append([]rune{'…'}, text[max(from, 1):]...)
	}
	if len(text) > width {
		text = append(text[:width-1:width-1], '…')
	}
	return string(text)
}

// pad makes a text as wide as a column, shortening it if it must.
func pad(s string, width int) string {
	n := utf8.RuneCountInString(s)
	if n > width {
		return string([]rune(s)[:width-1]) + "…"
	}
	return s + strings.Repeat(" ", width-n)
}

// tail returns the end of a text that is too wide.
func tail(s string, width int) string {
	if text := []rune(s); len(text) > width {
		return "…" + string(text[len(text)-width+1:])
	}
	return s
}

// wrap breaks a text between words; the second line on begin with an indent. A word that is too long is broken too.
func wrap(s string, width int, indent string) string {
	var b strings.Builder
	n := 0
	for i, word := range strings.Fields(s) {
		w := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case n+1+w > width:
			b.WriteString("\n" + indent)
			n = 0
		default:
			b.WriteByte(' ')
			n++
		}
		for ; w > width; w -= width {
			r := []rune(word)
			b.WriteString(string(r[:width]) + "\n" + indent)
			word = string(r[width:])
			n = 0
		}
		b.WriteString(word)
		n += w
	}
	return b.String()
}
