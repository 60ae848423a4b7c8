package machine

// This file defines the text and the picture of a deadlock.

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Error says which thread waits for what, on a line each: first those that wait for each other.
func (d *Deadlock) Error() string {
	var b strings.Builder
	circle, after, others := d.parts()
	order := slices.Concat(circle, after, others)
	switch head, named := d.headline(circle, after, others); {
	case d.Asleep:
		b.WriteString("all goroutines are asleep - deadlock!")
		slices.Sort(order)
	case named || len(circle) == 0:
		b.WriteString("deadlock: " + head)
		slices.Sort(order)
	default:
		b.WriteString("deadlock: " + head)
	}
	for _, i := range order {
		w := d.Waits[i]
		line := fmt.Sprintf("  %s waits for %s%s", w.Thread, w.For, at(" at ", w.At))
		for i, h := range w.HeldBy {
			if w.Join {
				break
			}
			held := fmt.Sprintf("held by %s%s", h, at(" since ", w.Held[i]))
			if line += ","; utf8.RuneCountInString(line[strings.LastIndexByte(line, '\n')+1:]+held) > errorWidth {
				line += "\n   "
			}
			line += " " + held
		}
		b.WriteString("\n" + line)
	}
	return b.String()
}

// parts returns the indexes in Waits of the threads that wait for each other, of those that wait for them, and of the
// others, which wait for what no thread can give.
func (d *Deadlock) parts() (circle, after, others []int) {
	index := map[any]int{}
	for i, w := range d.Waits {
		index[sameOr(w.Same.Thread, w.Thread)] = i
	}
	next := make([][]int, len(d.Waits))
	for i, w := range d.Waits {
		for k := range w.HeldBy {
			if j, ok := index[w.holder(k)]; ok {
				next[i] = append(next[i], j)
			}
		}
	}
	reach := make([]map[int]bool, len(d.Waits))
	for i := range reach {
		reach[i] = map[int]bool{}
		for todo := slices.Clone(next[i]); len(todo) > 0; todo = todo[1:] {
			if j := todo[0]; !reach[i][j] {
				reach[i][j] = true
				todo = append(todo, next[j]...)
			}
		}
		if reach[i][i] {
			circle = append(circle, i)
		}
	}
	for i := range reach {
		switch {
		case reach[i][i]:
		case slices.ContainsFunc(circle, func(j int) bool { return reach[i][j] }):
			after = append(after, i)
		default:
			others = append(others, i)
		}
	}
	return circle, after, others
}

// holder returns what tells the holder with an index in HeldBy from other threads.
func (w *Waiting) holder(i int) any {
	var same any
	if i < len(w.Same.HeldBy) {
		same = w.Same.HeldBy[i]
	}
	return sameOr(same, w.HeldBy[i])
}

// sameOr returns what tells a thing from others: its name if there is nothing else.
func sameOr(same any, name string) any {
	if same == nil {
		return name
	}
	return same
}

// namedMost is how many threads a headline names at most of each kind.
const namedMost = 3

// headline says in a line which threads wait for which. It names the threads if not all of them wait for each other,
// and if there are few; named says that it does.
func (d *Deadlock) headline(circle, after, others []int) (text string, named bool) {
	n := len(d.Waits)
	switch {
	case n == 1:
		return "the only thread waits, and no other thread can wake it", false
	case len(circle) == 0:
		return fmt.Sprintf("%d threads wait, and no other thread can wake them", n), false
	case len(circle) == n && n > 1:
		return fmt.Sprintf("%d threads wait for each other", n), false
	}
	compose := func(who func(list []int) string) string {
		text, them := who(circle)+" wait for each other", "them"
		if len(circle) == 1 {
			text, them = who(circle)+" waits for itself", "it"
		}
		if len(after) > 0 {
			text += ", and " + who(after) + " for " + them
		}
		switch len(others) {
		case 0:
			return text
		case 1:
			return text + "; " + who(others) + " waits, too"
		}
		return text + "; " + who(others) + " wait, too"
	}
	short := d.shortNames()
	text = compose(func(list []int) string {
		var names []string
		for _, i := range list {
			names = append(names, short[i])
		}
		last := len(names) - 1
		if last == 0 {
			return names[0]
		}
		return strings.Join(names[:last], ", ") + " and " + names[last]
	})
	if max(len(circle), len(after), len(others)) <= namedMost &&
		utf8.RuneCountInString("deadlock: "+text) <= errorWidth {
		return text, true
	}
	return compose(func(list []int) string {
		if len(list) == 1 {
			return "1 thread"
		}
		return fmt.Sprintf("%d threads", len(list))
	}), false
}

// errorWidth is how long a line of an error may be: a notebook that is no wider than a small laptop's breaks longer
// ones within a word.
const errorWidth = 82

func at(word string, s Site) string {
	if s == (Site{}) {
		return ""
	}
	return word + s.String()
}

// Mermaid draws the wait-for graph as a Mermaid flowchart: threads are boxes, what they wait for is round. A small
// graph runs from left to right, a larger one downwards: a page would make it too small to read.
func (d *Deadlock) Mermaid() string {
	var b strings.Builder
	type thing struct {
		kind string
		same any // a name if nothing else tells it
	}
	ids := map[thing]string{}
	node := func(kind, name string, same any, open, shut string) string {
		key := thing{kind, sameOr(same, name)}
		if ids[key] == "" {
			ids[key] = fmt.Sprintf("%s%d", kind, len(ids)+1)
			fmt.Fprintf(&b, "    %s%s\"%s\"%s\n", ids[key], open, mermaidText(name), shut)
		}
		return ids[key]
	}
	for _, w := range d.Waits {
		holder := func(i int) string { return node("t", w.HeldBy[i], w.holder(i), "[", "]") }
		t := node("t", w.Thread, w.Same.Thread, "[", "]")
		if w.Join && len(w.HeldBy) > 0 {
			fmt.Fprintf(&b, "    %s -->|\"%s\"| %s\n", t, mermaidText("joins"+at(" at ", w.At)), holder(0))
			continue
		}
		r := node("r", w.For, w.Same.For, "([", "])")
		fmt.Fprintf(&b, "    %s -->|\"%s\"| %s\n", t, mermaidText("waits"+at(" at ", w.At)), r)
		for i := range w.HeldBy {
			u := holder(i)
			fmt.Fprintf(&b, "    %s -.->|\"%s\"| %s\n", r, mermaidText("held"+at(" since ", w.Held[i])), u)
		}
	}
	direction := "LR"
	if len(ids) > 3 {
		direction = "TD"
	}
	return "flowchart " + direction + "\n" + b.String()
}

// mermaidText makes a string fit for a quoted Mermaid label.
func mermaidText(s string) string {
	return strings.NewReplacer(`"`, "#quot;", "\n", " ", "<", "#lt;", ">", "#gt;").Replace(s)
}

// shortNames returns the threads' names without the names of their functions, where they differ then.
func (d *Deadlock) shortNames() []string {
	names, times := make([]string, len(d.Waits)), map[string]int{}
	for i, w := range d.Waits {
		names[i], _, _ = strings.Cut(w.Thread, " (")
		times[names[i]]++
	}
	for i, w := range d.Waits {
		if times[names[i]] > 1 {
			names[i] = w.Thread
		}
	}
	return names
}
