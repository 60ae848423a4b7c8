package plot

// This file defines the sentence that says what a timeline means.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gilkernel/runtime/timeline"
)

// sentence returns what a reader should see first.
func (p *panel) sentence() string {
	st := p.st
	var runs, stuck, waiters int
	var life, wait int64
	var worst timeline.ThreadStats
	for i, t := range st.Threads {
		if _, ok := p.stuck(i); ok {
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
	alone := "no thread waited long for a GIL"
	switch {
	case len(p.gils) == 0:
		alone = "there is no GIL to wait for"
	case p.tl.Processes() > 1 && len(p.gils) > 1:
		alone = "none waited long for a GIL, because each process has its own"
	}
	busy, waited := p.averageBusy(fmt.Sprintf("%.2f", st.Overlap)), share(wait, life)
	if life == 0 {
		waited = p.waitShare()
	}
	switch {
	case stuck > 0:
		return p.deadlock(stuck)
	case convoy(st, worst):
		return fmt.Sprintf("%s ran for %s of its life and waited %s of it for the GIL, behind threads that keep it: "+
			"a convoy.",
			p.tl.Label(worst.Thread), share(worst.Busy, worst.Life), share(worst.WaitGIL, worst.Life))
	case runs <= 1 && waiters == 0 && st.Overlap < 0.2 && p.waiting() != "":
		return p.waiting() + ": " + busy + ", and " + alone + "."
	case runs <= 1 && waiters == 0 && p.many() > 1 && len(p.gils) == 1 && st.Parallel*10 < st.Wall:
		return fmt.Sprintf("%s ran one after the other or for short times: %s, and %s.", p.counted(), busy, alone)
	case runs <= 1 && p.many() <= 1:
		return "At most one thread had work at a time: " + busy + ", and " + alone + "."
	case waiters > 1 && len(p.gils) == 1 && st.Parallel*10 < st.Wall:
		return fmt.Sprintf("%s took turns: at any moment at most one held the GIL, and %s waited for it %s of the "+
			"time.",
			counted(max(waiters, p.many()), "thread"), theyOf(waiters, p.many()), share(wait, life))
	case st.Parallel*10 < st.Wall && st.WaitGIL > 0:
		return fmt.Sprintf("%s ran one at a time: %s, and those that waited for a GIL did so %s of the time.",
			p.counted(), busy, waited)
	case wait == 0 && st.Parallel*10 < st.Wall:
		return fmt.Sprintf("%s took turns: at any moment at most one ran, though %s.", p.counted(), alone)
	case wait == 0:
		return fmt.Sprintf("%s ran side by side: %s, and %s.", p.counted(), busy, alone)
	}
	return fmt.Sprintf("%s ran side by side: %s, and those that waited for a GIL did so %s of the time.",
		p.counted(), busy, share(wait, life))
}

// waiting says which threads slept or waited for a device, if they did hardly anything else, or returns "".
func (p *panel) waiting() string {
	var some []int
	var waited int64
	for i, t := range p.st.Threads {
		if w := t.Sleep + t.IO; w*4 > t.Life && w*10 > p.st.Wall && t.Busy*10 < t.Life {
			some = append(some, i)
			waited += w
		}
	}
	switch {
	case len(some) == 0:
		return ""
	case len(some) == 1:
		return p.tl.Label(int32(some[0]+1)) + " mostly waited"
	case waited*2 > 3*p.st.Wall:
		return counted(len(some), "thread") + " mostly waited, several at a time"
	}
	return counted(len(some), "thread") + " mostly waited"
}

// theyOf is the subject of a sentence about some of all threads.
func theyOf(some, all int) string {
	if some >= all {
		return "they"
	}
	return fmt.Sprintf("%d of them", some)
}

// counted says how many threads the sentence is about, or how many processes, where each has one of them.
func (p *panel) counted() string {
	n, processes := 0, map[string]bool{}
	for i, t := range p.st.Threads {
		if p.matters(t) {
			n++
			processes[strconv.Itoa(p.tl.Threads[i].PID)+p.tl.Threads[i].Process] = true
		}
	}
	switch {
	case len(processes) < 2:
		return counted(n, "thread")
	case len(processes) == n:
		return counted(n, "process")
	}
	return counted(n, "thread") + " of " + strings.ToLower(counted(len(processes), "process"))
}

// many returns how many threads the sentence is about: those that ran for a twentieth of the time of the one that ran
// most, or waited for a GIL for a tenth of the whole time. A MainThread that starts the others and then waits for their
// ends isn't one.
func (p *panel) many() (n int) {
	for _, t := range p.st.Threads {
		if p.matters(t) {
			n++
		}
	}
	return n
}

// matters reports whether the sentence is about a thread.
func (p *panel) matters(t timeline.ThreadStats) bool {
	var most int64
	for _, t := range p.st.Threads {
		most = max(most, t.Busy)
	}
	waits := t.WaitLock*2 > t.Life || t.Busy*4 < most && t.Life > p.st.Wall*9/10 && t.WaitGIL*10 < p.st.Wall
	return t.WaitGIL*10 > p.st.Wall || t.Busy > 0 && t.Busy*20 >= most && !(waits && t.Busy*2 < most)
}

// best returns the sentence that says how fast the same work could be, on as many of the cores as there are threads, or
// "".
func (p *panel) best() string {
	cores, threads, most := int64(p.tl.Info.Cores), int64(0), int64(0)
	for _, t := range p.st.Threads {
		most = max(most, t.Busy)
		if _, ok := p.stuck(int(t.Thread - 1)); ok {
			return "" // it took forever
		}
	}
	for _, t := range p.st.Threads {
		if t.Busy > 0 && t.Busy*20 >= most { // not a MainThread that starts the others and joins them
			threads++
		}
	}
	n := min(cores, threads)
	if n < 2 || p.st.Busy <= 0 {
		return ""
	}
	over := fmt.Sprintf("%d cores", n)
	if n < cores {
		over = fmt.Sprintf("%d of the %d cores, one for each thread,", n, cores)
	}
	return fmt.Sprintf("All work (%s) spread evenly over %s would take %s at best; it took %s.",
		timeline.Nanoseconds(p.st.Busy), over, timeline.Nanoseconds((p.st.Busy+n-1)/n),
		timeline.Nanoseconds(p.tl.Wall()))
}

// stuck returns what a thread waits for that will never come, if it is blocked forever: its last wait.
func (p *panel) stuck(i int) (wait timeline.Interval, stuck bool) {
	for _, iv := range slices.Backward(p.lanes[i]) {
		switch {
		case iv.State == timeline.Blocked && !stuck:
			wait, stuck = iv, true
		case iv.State.IsWait() && iv.State != timeline.WaitGIL:
			if stuck && iv.Object == wait.Object && iv.Other == wait.Other {
				wait = iv // it says how the thread waits, too
			}
			return wait, stuck
		}
	}
	return wait, stuck
}

// deadlock says what the first few threads of a deadlock wait for, and which threads hold it.
func (p *panel) deadlock(n int) string {
	var words []string
	for i := range p.st.Threads {
		iv, ok := p.stuck(i)
		if !ok {
			continue
		}
		if len(words) == 3 {
			words = append(words, fmt.Sprintf("%d more wait", n-3))
			break
		}
		what, holder := p.tl.Name(iv.Object), p.holder(iv)
		switch {
		case iv.State == timeline.WaitJoin && holder > 0:
			what = "the end of " + p.tl.Label(holder)
		case what == "" && holder == 0:
			what = "what will not come"
		case what == "":
			what = p.tl.Label(holder)
		case holder > 0:
			what += ", which " + p.tl.Label(holder) + " holds"
		}
		words = append(words, p.tl.Label(int32(i+1))+" waits for "+what)
	}
	return counted(n, "thread") + " will never run again: " + strings.Join(words, "; ") + "."
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
	words := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven",
		"Twelve"}
	if n == 1 {
		return "One " + what
	}
	if strings.HasSuffix(what, "s") {
		what += "e"
	}
	if n < len(words) {
		return words[n] + " " + what + "s"
	}
	return fmt.Sprintf("%d %ss", n, what)
}
