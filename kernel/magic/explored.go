package magic

// This file defines what is shown of explorations.

import (
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"gilkernel/kernel/link"
	"gilkernel/runtime/steps"
)

// A report is text in two forms.
type report struct{ text, page strings.Builder }

func (r *report) data() map[string]any {
	return map[string]any{"text/plain": strings.TrimRight(r.text.String(), "\n"), "text/html": r.page.String()}
}

// line adds a paragraph.
func (r *report) line(s string) {
	r.text.WriteString(s + "\n")
	r.page.WriteString("<p>" + html.EscapeString(s) + "</p>\n")
}

// strong adds a paragraph that stands out.
func (r *report) strong(s string) {
	r.text.WriteString(s + "\n")
	r.page.WriteString("<p><b>" + html.EscapeString(s) + "</b></p>\n")
}

// steps adds the steps of a run, if there are any.
func (r *report) steps(raw json.RawMessage) {
	v := new(steps.View)
	if len(raw) == 0 || json.Unmarshal(raw, v) != nil || len(v.Steps) == 0 {
		return
	}
	r.text.WriteString("\n" + v.Text())
	r.page.WriteString(v.HTML())
}

// code adds something to be copied.
func (r *report) code(before, s string) {
	r.text.WriteString(before + "\n    " + strings.ReplaceAll(s, "\n", "\n    ") + "\n")
	r.page.WriteString("<p>" + html.EscapeString(before) + "</p>\n<pre>" + html.EscapeString(s) + "</pre>\n")
}

// table adds rows of cells, the first of which are the headings.
func (r *report) table(rows [][]string) {
	wide := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, s := range row {
			wide[i] = max(wide[i], len([]rune(s)))
		}
	}
	r.page.WriteString("<table>\n")
	for n, row := range rows {
		r.text.WriteString("  ")
		r.page.WriteString("<tr>")
		for i, s := range row {
			if i > 0 {
				r.text.WriteString("  ")
			}
			r.text.WriteString(s)
			if i < len(row)-1 {
				r.text.WriteString(strings.Repeat(" ", wide[i]-len([]rune(s))))
			}
			cell := "td"
			if n == 0 {
				cell = "th"
			}
			r.page.WriteString(`<` + cell + ` style="text-align: left">` + html.EscapeString(s) + "</" + cell + ">")
		}
		r.text.WriteString("\n")
		r.page.WriteString("</tr>\n")
	}
	r.page.WriteString("</table>\n")
}

// exploredData is what a search has shown.
func exploredData(x *link.Explored) map[string]any {
	r := &report{}
	if list := shortened(x.Outcomes); len(list) > 1 {
		y := *x
		y.Outcomes = list
		x = &y
	}
	r.strong(verdict(x))
	if stuck(x) == "" || x.Broken >= 0 {
		r.line(shown(x))
	}
	if len(x.Outcomes) > 1 || x.Broken >= 0 {
		rows := [][]string{{"outcome", "schedules", "preemptions", "one of them"}}
		left := 0
		for i, o := range x.Outcomes {
			if len(rows) > maxRows && i != x.Broken && o.Kind == "value" {
				left++
				continue
			}
			count := number(o.Count)
			if o.Sampled > 0 {
				count = strings.TrimPrefix(fmt.Sprintf("%s and %s sampled", count, number(o.Sampled)), "0 and ")
			}
			if o.Kind == "race" {
				count = "" // it is in all of them
			}
			schedule := o.Schedule
			if len(schedule) > maxSchedule && i != x.Broken {
				schedule = "too long to show"
			}
			rows = append(rows, []string{outcome(&o), count, number(o.Preemptions), schedule})
		}
		r.table(rows)
		if left > 0 {
			r.line("And " + times(left, "more result") + ".")
		}
	}
	unrepeatable(r, x)
	if x.Broken >= 0 && !(x.Varies && x.Outcomes[x.Broken].Kind == "value") {
		r.code("To run it again, put this line above the cell in place of %%explore:",
			"%%replay "+x.Outcomes[x.Broken].Schedule)
		if x.Printed != "" {
			r.code("That run prints:", strings.TrimRight(x.Printed, "\n"))
		}
		r.steps(x.View)
	}
	return r.data()
}

// maxRows is how many results are listed; what breaks the cell is listed always.
const maxRows = 20

// maxSchedule is how many characters a schedule in the list has at most.
const maxSchedule = 160

// verdict is the answer in a sentence.
func verdict(x *link.Explored) string {
	python := "Under Python " + x.Python
	if x.Broken < 0 {
		switch {
		case stuck(x) != "":
			return "This cell can't be explored: " + stuck(x) + "."
		case x.Schedules == 0 && x.Sample == nil:
			return "Nothing was tried yet."
		case x.Complete && len(x.Notes) == 0:
			return python + " no schedule breaks this cell."
		}
		return python + " nothing that was tried breaks this cell."
	}
	o := &x.Outcomes[x.Broken]
	what := strings.TrimSuffix(outcome(o), ".")
	if o.Kind == "endless" && o.Possible {
		return fmt.Sprintf("%s it isn't known whether this cell ends: %s.", python, strings.TrimPrefix(what, noEndYet))
	}
	with := "without any preemption"
	if o.Preemptions > 0 {
		with = "with " + times(o.Preemptions, "preemption")
	}
	switch o.Kind {
	case "value":
		if x.Varies {
			return fmt.Sprintf("%s the result differs from run to run, under one schedule too: %s, or %s.", python,
				result(x.Outcomes[0].Text), result(o.Text))
		}
		return fmt.Sprintf("%s the result depends on the schedule: %s, or %s %s.", python, result(x.Outcomes[0].Text),
			with, result(o.Text))
	case "race":
		return fmt.Sprintf("%s this cell has a %s.", python, what)
	}
	if x.Varies {
		with = "in some runs"
	}
	return fmt.Sprintf("%s this cell breaks %s: %s.", python, with, what)
}

// stuck says what no run can pass, "" if there is nothing.
func stuck(x *link.Explored) string {
	for _, n := range x.Notes {
		if n.Fatal && x.Schedules == 0 {
			return note(&n)
		}
	}
	return ""
}

func note(n *link.ExploreNote) string {
	if n.Line > 0 {
		return fmt.Sprintf("in %s, line %d, %s", n.Label, n.Line, n.Text)
	}
	return n.Text
}

// unrepeatable lists what isn't repeatable.
func unrepeatable(r *report, x *link.Explored) {
	for _, n := range x.Notes {
		if text := note(&n); text != stuck(x) {
			r.line("Not repeatable: " + text + ".")
		}
	}
}

// shown says exactly what was tried.
func shown(x *link.Explored) string {
	var b strings.Builder
	all := times(x.Schedules, "schedule")
	switch {
	case x.Schedules == 1 && x.Complete:
		b.WriteString("It has one schedule")
	case x.Complete:
		b.WriteString("Tried: all " + all)
	case x.Broken >= 0 && x.Sample == nil && ends(&x.Outcomes[x.Broken]):
		does := "breaks it"
		if x.Outcomes[x.Broken].Possible {
			does = "didn't end"
		}
		fmt.Fprintf(&b, "Tried: %s, the last of which %s", all, does)
		if n := x.Outcomes[x.Broken].Preemptions; n > 0 && !x.Varies {
			fmt.Fprintf(&b, "; none with fewer than %s does", times(n, "preemption"))
		}
	case x.Bound >= 0 && (x.Sample != nil || x.Interrupted):
		fmt.Fprintf(&b, "Tried: %s, among them all %s", all, upTo(x.Bound))
	case x.Bound >= 0 && x.Schedules == 1:
		fmt.Fprintf(&b, "Tried: the one schedule %s", upTo(x.Bound))
	case x.Bound >= 0:
		fmt.Fprintf(&b, "Tried: all %s %s", all, upTo(x.Bound))
	default:
		fmt.Fprintf(&b, "Tried: %s, not even all of those without a preemption", all)
	}
	if x.Forgot {
		b.WriteString("; some are counted more than once, because they are more than the search remembers")
	}
	b.WriteString(sampled(x))
	if x.Endless > 0 && x.Schedules > 1 {
		fmt.Fprintf(&b, "; %s had no end", number(x.Endless)+" of them")
	}
	if x.Interrupted {
		b.WriteString("; then it was interrupted")
	}
	b.WriteByte('.')
	if x.Broken < 0 && len(x.Outcomes) == 1 && x.Outcomes[0].Text != "" {
		fmt.Fprintf(&b, " The result is %s.", always(x))
	}
	return b.String()
}

// always returns the one result.
func always(x *link.Explored) string {
	text := result(x.Outcomes[0].Text)
	if x.Schedules > 1 {
		return "always " + text
	}
	return text
}

// upTo is a bound of preemptions.
func upTo(n int) string {
	if n == 0 {
		return "without a preemption"
	}
	return "with up to " + times(n, "preemption")
}

// sampled says what a sample has shown. A share is known of its uniform walks alone: its other runs look for what is
// rare. Where results differ, these are in the table, and what breaks a cell here is an error.
func sampled(x *link.Explored) string {
	s := x.Sample
	if s == nil || s.Runs == 0 {
		return ""
	}
	text := fmt.Sprintf("; none of %s breaks it", times(s.Runs, "sample"))
	switch {
	case s.Broken > 0:
		text = fmt.Sprintf("; %s of %s break it", number(s.Broken), times(s.Runs, "sample"))
	case x.Broken >= 0 && x.Outcomes[x.Broken].Kind == "value":
		return fmt.Sprintf("; then %s by chance", times(s.Runs, "sample"))
	}
	switch {
	case s.Uniform == 0:
		return text
	case s.Hits == 0:
		return text + fmt.Sprintf(". Of random walks, of which %s were among the samples, fewer than %s break it, at "+
			"95 %% confidence", number(s.Uniform), percent(s.High))
	}
	return text + fmt.Sprintf(". Of random walks, of which %s of %s among the samples break it, from %s to %s do, at "+
		"95 %% confidence", number(s.Hits), number(s.Uniform), percent(s.Low), percent(s.High))
}

// ends reports whether a search ends at an outcome.
func ends(o *link.Outcome) bool { return o.Kind != "value" && o.Kind != "race" }

// replayedData is what a replay has shown.
func replayedData(x *link.Explored) map[string]any {
	r := &report{}
	if why := stuck(x); why != "" {
		r.strong("This cell can't be replayed: " + why + ".")
	} else if len(x.Outcomes) > 0 {
		o := &x.Outcomes[0]
		if o.Kind == "value" {
			r.strong(fmt.Sprintf("Under Python %s this schedule gives %s.", x.Python, result(o.Text)))
		} else {
			r.strong(fmt.Sprintf("Under Python %s this schedule breaks the cell: %s.", x.Python,
				strings.TrimSuffix(outcome(o), ".")))
		}
		for i := range x.Outcomes[1:] {
			r.line("It has a " + outcome(&x.Outcomes[1+i]) + ".")
		}
	}
	if d := x.Differs; d != nil && stuck(x) == "" {
		where := ""
		if d.Line > 0 {
			where = fmt.Sprintf(" at step %d, line %d", d.Step, d.Line)
		}
		r.line("The run differs from the schedule" + where + ": " + d.Turn + " didn't come. The cell, or " +
			"something that it calls, isn't the one that was explored.")
	}
	unrepeatable(r, x)
	r.steps(x.View)
	return r.data()
}

// noEndYet is what is said of a run that may only be long.
const noEndYet = "no end yet: "

// outcome is an outcome in a line.
func outcome(o *link.Outcome) string {
	text, more, long := strings.Cut(o.Text, "\n")
	if long && strings.TrimSpace(more) != "" && o.Kind != "deadlock" { // whose steps say the rest
		text += " …"
	}
	switch o.Kind {
	case "value":
		return result(o.Text)
	case "assertion":
		text = "an assertion fails: " + text
	case "deadlock":
		return "deadlock: " + strings.TrimSuffix(strings.TrimSuffix(text, " …"), ":")
	case "race":
		if o.Possible {
			return "possible data race: " + text
		}
		return "data race: " + text
	case "endless":
		if _, after, ok := strings.Cut(text, ": "); ok && o.Possible {
			return noEndYet + after
		}
	}
	switch {
	case o.Line > 0 && o.Label != "":
		text += fmt.Sprintf(" (%s, line %d)", o.Label, o.Line)
	case o.Line > 0:
		text += fmt.Sprintf(" (line %d)", o.Line)
	}
	return text
}

// shortened returns outcomes whose values, if they are long, begin shortly before the first difference between any two:
// what is shown of them would be the same otherwise.
func shortened(list []link.Outcome) []link.Outcome {
	same := -1 // how many runes are
	var first []rune
	for i := range list {
		if list[i].Kind != "value" {
			continue
		}
		r := []rune(list[i].Text)
		if same < 0 {
			first, same = r, len(r)
		}
		n := 0
		for n < min(same, len(r)) && r[n] == first[n] {
			n++
		}
		same = n
	}
	if same <= maxResult/2 {
		return list
	}
	list = slices.Clone(list)
	for i := range list {
		if o := &list[i]; o.Kind == "value" && len([]rune(o.Text)) > maxResult {
			o.Text = "…" + string([]rune(o.Text)[same-maxResult/4:])
		}
	}
	return list
}

// maxResult is how many characters of a value are shown.
const maxResult = 60

// result is a value in a line.
func result(text string) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if r := []rune(text); len(r) > maxResult {
		return string(r[:maxResult-1]) + "…"
	}
	if text == "" {
		return "no result"
	}
	return text
}

// number writes a number with commas.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// times is a number of things.
func times(n int, what string) string {
	switch {
	case n == 0:
		return "no " + what
	case n == 1:
		return "1 " + what
	}
	return number(n) + " " + what + "s"
}

// percent writes a share.
func percent(x float64) string {
	x *= 100
	switch {
	case x >= 10 || x == 0:
		return fmt.Sprintf("%.0f %%", x)
	case x >= 1:
		return fmt.Sprintf("%.1f %%", x)
	}
	return fmt.Sprintf("%.2g %%", x)
}
