package exercise

// This file defines the table from which a learner decides: which means for which work.

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
)

// near is how much longer than the fastest means another one may take and still be a right choice. Less than a quarter
// isn't worth a thread, and may be noise on the real machine.
const near = 1.25

// A Decisions is a table that the learner's own runs fill in: how long each work takes by each means. The learner then
// says which means they would choose for which work, and Decide compares that with the table. All runs of a table are
// on the same machine, real or simulated. It is shown as a table when it is a cell's last expression. Its methods are
// safe for concurrent use; call them on what NewDecisions returns.
type Decisions struct {
	means []string

	mu    sync.Mutex
	works []string
	took  map[string]map[string]time.Duration // by work and means
	where string
}

// NewDecisions returns an empty table. The first of the means is the simplest one, such as "neither": where no other is
// clearly faster, it is the right one. It panics with a ValueError if there are fewer than two means, or two of the
// same name.
func NewDecisions(means ...string) *Decisions {
	if len(means) < 2 {
		panic(exceptions.Value("a decision needs at least two means, such as \"neither\" and \"threads\""))
	}
	for i, name := range means {
		if slices.Contains(means[:i], name) {
			panic(exceptions.Value("the means %q is there twice", name))
		}
	}
	return &Decisions{means: slices.Clone(means), took: map[string]map[string]time.Duration{}}
}

// Run calls body, enters how long it took on the clock of the calling thread's machine, and returns that. A second run
// of the same work by the same means replaces the first. It panics with a ValueError if there is no such means, with a
// RuntimeError in a plain goroutine or if the table's other runs were on another machine, and with what body panics
// with.
func (d *Decisions) Run(work, means string, body func()) time.Duration {
	if !slices.Contains(d.means, means) {
		panic(exceptions.Value("%s", noMeans(means, d.means)))
	}
	t := machine.Current()
	in := gil.Of(t)
	if in == nil {
		panic(exceptions.Runtime("Run is called by a thread of a Python: a cell or a thread that it has started, not " +
			"a plain goroutine"))
	}
	where := place(in)
	began := t.Now()
	body()
	took := t.Now() - began
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.where != "" && d.where != where {
		panic(exceptions.Runtime("this table is about %s, and this run was on %s: make another table with NewDecisions",
			d.where, where))
	}
	d.where = where
	if d.took[work] == nil {
		d.took[work] = map[string]time.Duration{}
		d.works = append(d.works, work)
	}
	d.took[work][means] = took
	return took
}

// place names the machine and the Python of a run.
func place(in *gil.Interpreter) string {
	info := in.Info()
	if !info.Virtual {
		return "this computer, Python " + info.Python
	}
	cores := "one simulated core"
	if info.Cores != 1 {
		cores = fmt.Sprintf("%d simulated cores", info.Cores)
	}
	return cores + ", Python " + info.Python
}

// noMeans says that there is no means of a name.
func noMeans(name string, means []string) string {
	if like := nearest(name, means); like != "" {
		return fmt.Sprintf("There is no means %q. Did you mean %q?", name, like)
	}
	return fmt.Sprintf("There is no means %q. The means are: %s.", name, strings.Join(means, ", "))
}

// Decide compares the learner's choices, by work, with the table, and returns the table with a verdict on each. A
// choice is right if it took at most a quarter longer than the fastest one; where the first means did so too, only that
// one is right, as the others gain nothing. A choice that is no means, such as "?", gets the names of the means.
func (d *Decisions) Decide(choices map[string]string) *Card {
	d.mu.Lock()
	defer d.mu.Unlock()
	var verdicts []string
	marks := map[string]string{}
	right := 0
	for _, work := range d.works {
		choice := strings.ToLower(strings.TrimSpace(choices[work]))
		ok, verdict := d.judge(work, choice)
		marks[work] = "?"
		if slices.Contains(d.means, choice) {
			marks[work] = choice
		}
		if ok {
			marks[work] += " ✓"
			right++
		}
		verdicts = append(verdicts, fmt.Sprintf("- **%s**: %s", work, verdict))
	}
	for _, work := range slices.Sorted(maps.Keys(choices)) {
		if d.took[work] == nil {
			verdicts = append(verdicts, fmt.Sprintf("- **%s**: no run has measured this work.", work))
		}
	}
	return card(fmt.Sprintf("%s\n\n%s\n\n%d of %d decisions match these runs.", d.table(marks),
		strings.Join(verdicts, "\n"), right, len(d.works)))
}

// judge says whether a choice is right, and why.
func (d *Decisions) judge(work, choice string) (ok bool, verdict string) {
	took := d.took[work]
	if len(took) < 2 {
		return false, "there is nothing to compare yet: run it by at least two means."
	}
	best := ""
	for _, means := range d.means {
		if t, measured := took[means]; measured && (best == "" || t < took[best]) {
			best = means
		}
	}
	mine, measured := took[choice]
	switch {
	case !slices.Contains(d.means, choice) && (choice == "" || choice == "?"):
		return false, "write " + strings.Join(d.means[:len(d.means)-1], ", ") + " or " + d.means[len(d.means)-1] + "."
	case !slices.Contains(d.means, choice):
		return false, noMeans(choice, d.means)
	case !measured:
		return false, fmt.Sprintf("no run has measured %s.", choice)
	}
	simplest := d.means[0]
	simple, measured := took[simplest]
	gainless := measured && float64(simple) <= near*float64(took[best])
	figures := fmt.Sprintf("%s took %s", choice, span(mine))
	switch {
	case gainless && choice != simplest:
		return false, fmt.Sprintf("%s, and %s %s: nothing is gained.", figures, simplest, span(simple))
	case choice == best:
		return true, fmt.Sprintf("right: %s, and nothing was faster.", figures)
	case gainless:
		return true, fmt.Sprintf("right: %s, and the fastest, %s, %s: nothing is gained.", figures, best,
			span(took[best]))
	case float64(mine) <= near*float64(took[best]):
		return true, fmt.Sprintf("right: %s, nearly as fast as %s, which took %s.", figures, best, span(took[best]))
	}
	return false, fmt.Sprintf("%s, and %s only %s.", figures, best, span(took[best]))
}

// table returns the table as Markdown, with a column for the choices if there are any.
func (d *Decisions) table(choices map[string]string) string {
	var b strings.Builder
	if d.where != "" {
		fmt.Fprintf(&b, "**%s**\n\n", d.where)
	}
	fmt.Fprintf(&b, "| work | %s |", strings.Join(d.means, " | "))
	if choices != nil {
		b.WriteString(" your decision |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(d.means)))
	if choices != nil {
		b.WriteString("---|")
	}
	for _, work := range d.works {
		fmt.Fprintf(&b, "\n| %s |", work)
		for _, means := range d.means {
			figure := "–"
			if took, measured := d.took[work][means]; measured {
				figure = span(took)
			}
			fmt.Fprintf(&b, " %s |", figure)
		}
		if choices != nil {
			fmt.Fprintf(&b, " %s |", choices[work])
		}
	}
	return b.String()
}

// span writes a duration with two digits or more, in the units in which people say it.
func span(d time.Duration) string {
	switch {
	case d >= time.Hour:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	case d >= 10*time.Minute:
		return digits(d.Minutes()) + " min"
	case d >= time.Second:
		return digits(d.Seconds()) + " s"
	case d >= time.Millisecond:
		return digits(d.Seconds()*1e3) + " ms"
	}
	return digits(d.Seconds()*1e6) + " µs"
}

// digits writes a number from 1 to some thousands with two digits or more.
func digits(x float64) string {
	if x < 9.95 {
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// Markdown returns the table as Markdown.
func (d *Decisions) Markdown() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.works) == 0 {
		return "There are no runs in this table yet."
	}
	return d.table(nil)
}

// String returns the table as text.
func (d *Decisions) String() string { return plain(d.Markdown()) }

// MIMEBundle returns the table in both forms.
func (d *Decisions) MIMEBundle() map[string]any {
	return map[string]any{"text/markdown": d.Markdown(), "text/plain": d.String()}
}
