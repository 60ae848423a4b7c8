package plot

// This file defines the sentence that says what a timeline means.

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"gilkernel/runtime/timeline"
)

// sentence returns what a reader should see first.
func sentence(tl *timeline.Timeline, st timeline.Stats, gils []timeline.GIL) string {
	var runs, stuck, waiters int
	var life, wait int64
	var worst timeline.ThreadStats
	for _, t := range st.Threads {
		if t.Blocked > 0 {
			stuck++
		}
		if t.Busy*10 > st.Wall || t.WaitGIL*10 > st.Wall {
			runs++
		}
		if t.WaitGIL*10 > st.Wall {
			waiters++
			life += t.Life
			wait += t.WaitGIL
		}
		if t.WaitGIL > worst.WaitGIL {
			worst = t
		}
	}
	alone := "nobody waited long for a GIL"
	if len(gils) == 0 {
		alone = "there is no GIL to wait for"
	}
	cores := fmt.Sprintf("%.2f", st.Overlap)
	switch {
	case stuck > 0:
		return counted(stuck, "thread") + " will never go on: " + stuckIn(tl, st) + "."
	case convoy(st, worst):
		return fmt.Sprintf("%s ran for %s of its life and waited %s of it for the GIL, behind threads that keep it: a convoy.",
			tl.Label(worst.Thread), share(worst.Busy, worst.Life), share(worst.WaitGIL, worst.Life))
	case runs <= 1:
		return "At most one thread had work at a time: " + cores + " cores were busy on average, and " + alone + "."
	case waiters > 1 && len(gils) == 1 && st.Parallel*10 < st.Wall:
		return fmt.Sprintf("%s took turns: at any moment at most one held the GIL, and they waited for it %s of the time.",
			counted(waiters, "thread"), share(wait, life))
	case st.Parallel*10 < st.Wall && wait > 0:
		return fmt.Sprintf("%s ran one at a time: %s cores were busy on average, and those who waited for a GIL did so %s of the time.",
			counted(runs, "thread"), cores, share(wait, life))
	case wait == 0:
		return fmt.Sprintf("%s ran side by side: %s cores were busy on average, and %s.", counted(runs, "thread"), cores, alone)
	}
	return fmt.Sprintf("%s ran side by side: %s cores were busy on average, and those who waited for a GIL did so %s of the time.",
		counted(runs, "thread"), cores, share(wait, life))
}

// stuckIn says what the first few threads of a deadlock wait for.
func stuckIn(tl *timeline.Timeline, st timeline.Stats) string {
	var words []string
	lanes := tl.Lanes()
	for i, t := range st.Threads {
		if t.Blocked == 0 || len(words) == 3 {
			continue
		}
		what := "for what will not come"
		if lane := lanes[i]; len(lane) > 0 && tl.Name(lane[len(lane)-1].Object) != "" {
			what = "for " + tl.Name(lane[len(lane)-1].Object)
		}
		words = append(words, tl.Label(t.Thread)+" waits "+what)
	}
	return listed(words)
}

// convoy reports whether a thread that mostly does I/O waits for the GIL longer than it runs, behind
// others that hardly ever wait for a device.
func convoy(st timeline.Stats, t timeline.ThreadStats) bool {
	if t.IO+t.Sleep == 0 || t.WaitGIL*5 < t.Life || t.Busy*2 > t.WaitGIL {
		return false
	}
	for _, o := range st.Threads {
		if o.Thread != t.Thread && o.Busy*2 > st.Wall && o.IO+o.Sleep < o.Busy/10 {
			return true
		}
	}
	return false
}

// upper writes a sentence's first letter large.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func counted(n int, what string) string {
	words := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"}
	if n == 1 {
		return "One " + what
	}
	if n < len(words) {
		return words[n] + " " + what + "s"
	}
	return fmt.Sprintf("%d %ss", n, what)
}
