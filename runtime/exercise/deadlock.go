package exercise

// This file defines what a check says about threads that wait forever.

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gilkernel/runtime/machine"
)

// named is how many threads that wait for the same thing are named one by one.
const named = 2

// sentence says which threads of a deadlock wait for what. It omits the check's own thread. Where threads wait in a
// cycle, it only counts those that wait behind it.
func sentence(d *machine.Deadlock) string {
	type wait struct{ what, holder string }
	threads := map[wait][]string{}
	var order []wait
	ring := cycle(d)
	behind := 0
	for _, w := range d.Waits {
		if w.Join {
			continue
		}
		if len(ring) > 0 && !slices.Contains(ring, w.Thread) {
			behind++
			continue
		}
		k := wait{what: w.For}
		switch {
		case len(w.HeldBy) == 1 && w.HeldBy[0] == w.Thread:
			k.holder = "it holds itself"
		case len(w.HeldBy) > 0:
			k.holder = strings.Join(w.HeldBy, " and ") + " holds"
		}
		if threads[k] == nil {
			order = append(order, k)
		}
		threads[k] = append(threads[k], w.Thread)
	}
	var waits []string
	for _, k := range order {
		text := " waits for " + k.what
		switch who := threads[k]; {
		case len(who) > named:
			text = fmt.Sprintf("%d threads (%s, …) wait for %s", len(who), strings.Join(who[:named], ", "), k.what)
		case len(who) == 1:
			text = who[0] + text
		default:
			text = strings.Join(who, " and ") + " wait for " + k.what
		}
		if k.holder != "" {
			text += ", which " + k.holder
		}
		waits = append(waits, text)
	}
	switch text := strings.Join(waits, "; "); behind {
	case 0:
		return text
	case 1:
		return text + "; one more thread waits behind"
	default:
		return fmt.Sprintf("%s; %d more threads wait behind", text, behind)
	}
}

// upper begins a sentence with a name.
func upper(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}

// cycle returns the threads of a deadlock each of which holds what the one before waits for: one thread if it waits for
// what it holds itself, none if the threads wait for something that no thread holds.
func cycle(d *machine.Deadlock) []string {
	next := map[string]string{}
	for _, w := range d.Waits {
		if !w.Join && len(w.HeldBy) > 0 {
			next[w.Thread] = w.HeldBy[0]
		}
	}
	for _, w := range d.Waits {
		var path []string
		for t := w.Thread; next[t] != ""; t = next[t] {
			if i := slices.Index(path, t); i >= 0 {
				return path[i:]
			}
			path = append(path, t)
		}
	}
	return nil
}
