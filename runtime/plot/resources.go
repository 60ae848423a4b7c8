package plot

// This file defines the rows of what threads share besides the GIL: which thread holds which lock, and how full queues
// are.

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gilkernel/runtime/timeline"
)

const (
	maxLocks   = 4
	maxQueues  = 3
	queueStrip = 26 // height
)

// chosenLocks returns the locks worth a row: those that threads waited for, and those that were held for a fiftieth of
// the time or more.
func (p *panel) chosenLocks() []timeline.GIL {
	var out []timeline.GIL
	more := 0
	for _, l := range p.locks {
		var held int64
		for _, h := range l.Holds {
			held += h.Duration()
		}
		if l.Waits == 0 && held*50 < p.tl.Wall() || len(l.Holds) == 0 {
			more++
			continue
		}
		if len(out) == maxLocks {
			more++
			continue
		}
		out = append(out, timeline.GIL{Name: l.Name, Threads: l.Threads, Holds: l.Holds, Switches: turnsOf(l.Holds)})
	}
	if more > 0 {
		p.more = append(p.more, plural(more, "more lock"))
	}
	return out
}

// turnsOf counts the holds that follow another thread's.
func turnsOf(holds []timeline.Hold) (n int) {
	for i := 1; i < len(holds); i++ {
		if holds[i].Thread != holds[i-1].Thread {
			n++
		}
	}
	return n
}

// chosenQueues returns the queues worth a strip: those in which there was something for a while.
func (p *panel) chosenQueues() []timeline.Queue {
	var out []timeline.Queue
	more := 0
	for _, q := range p.queues {
		if q.Most == 0 || q.Mean == 0 || len(out) == maxQueues {
			more++
			continue
		}
		out = append(out, q)
	}
	if more > 0 {
		p.more = append(p.more, plural(more, "more queue"))
	}
	return out
}

// lockRows draws a row for each lock that matters, and returns where the next row begins.
func (p *panel) lockRows(y, step float64) float64 {
	for _, l := range p.chosenLocks() {
		p.s.label(-8, y+9, true, "right", fit("who holds "+l.Name, p.s.left-10, "regular"))
		p.ribbon(l, y, ribbonHeight)
		y += step
	}
	return y
}

// queueStrips draws how full the queues that matter are, and returns where the next row begins.
func (p *panel) queueStrips(y float64) float64 {
	for _, q := range p.chosenQueues() {
		bottom := y + queueStrip
		for _, l := range p.levels(q) {
			if l.size > 0 {
				h := (queueStrip - 4) * l.size / float64(q.Most)
				p.s.boxes = append(p.s.boxes, box{x0: p.at(l.from), x1: p.at(l.to), y0: bottom - h, y1: bottom,
					fill: "#808080",
					tip:  p.tip("%.3g in %s", l.size, q.Name)})
			}
		}
		p.s.label(-8, y+queueStrip/2, true, "right", fit("items in "+q.Name, p.s.left-10, "regular"))
		p.s.lines = append(p.s.lines,
			line{points: []point{{p.s.from, bottom}, {p.end(), bottom}}, width: 1, under: true})
		p.s.label(p.s.area+8, y+7, true, "left", fmt.Sprintf("at most %d", q.Most))
		p.s.label(p.s.area+8, bottom-5, true, "left", fmt.Sprintf("%.2f on average", q.Mean))
		y = bottom + 8
	}
	return y
}

// chosen returns the lanes to be drawn, at most n, in order: the first one, which is the MainThread's, and those that
// matter most. These are those that failed or are stuck, then those with the longest waits and the most work in turn.
func (p *panel) chosen(n int) []int {
	all := make([]int, len(p.lanes))
	for i := range all {
		all[i] = i
	}
	if len(all) <= n {
		return all
	}
	by := func(score func(t timeline.ThreadStats) int64) []int {
		return slices.SortedStableFunc(slices.Values(all), func(a, b int) int {
			return cmp.Compare(score(p.st.Threads[b]), score(p.st.Threads[a]))
		})
	}
	waits := by(func(t timeline.ThreadStats) int64 { return max(t.LongestWait, t.WaitLock+t.Ready) })
	runs := by(func(t timeline.ThreadStats) int64 { return t.Busy })
	taken := map[int]bool{0: true}
	for i, t := range p.st.Threads {
		if _, stuck := p.stuck(i); (t.Failed || stuck) && len(taken) < n {
			taken[i] = true
		}
	}
	for i := 0; len(taken) < n; i++ {
		taken[waits[i]] = true
		if len(taken) < n {
			taken[runs[i]] = true
		}
	}
	return slices.Sorted(maps.Keys(taken))
}

// A level is how many items are in a queue, on average from one time to another.
type level struct {
	from, to int64
	size     float64
}

// levels returns a queue's levels, those of columns if there are too many.
func (p *panel) levels(q timeline.Queue) (out []level) {
	if len(q.Levels) <= 3*p.d.cols {
		for _, l := range q.Levels {
			if n := len(out); n > 0 && out[n-1].size == float64(l.Size) {
				out[n-1].to = l.To
			} else {
				out = append(out, level{l.From, l.To, float64(l.Size)})
			}
		}
		return out
	}
	n := 2 * p.d.cols
	for i, mean := range p.means(q, n) {
		from := p.tl.Start + int64(float64(p.tl.Wall())*float64(i)/float64(n))
		to := p.tl.Start + int64(float64(p.tl.Wall())*float64(i+1)/float64(n))
		out = append(out, level{from, to, mean})
	}
	return out
}

// means returns how many items a queue has on average in each of n parts of the time.
func (p *panel) means(q timeline.Queue, n int) []float64 {
	out := make([]float64, n)
	wall := float64(max(p.tl.Wall(), 1))
	for _, l := range q.Levels {
		from, to := float64(l.From-p.tl.Start)/wall*float64(n), float64(l.To-p.tl.Start)/wall*float64(n)
		for i := max(0, int(from)); i < n && float64(i) < to; i++ {
			out[i] += max(0, min(to, float64(i+1))-max(from, float64(i))) * float64(l.Size)
		}
	}
	return out
}

// textQueues writes how many items are in the queues that matter: a dot for none, + for more than nine.
func (p *panel) textQueues(line func(name, row string, values ...any), n int) {
	for _, q := range p.chosenQueues() {
		var b strings.Builder
		for _, v := range p.means(q, n) {
			b.WriteByte(digit(v))
		}
		line("in "+q.Name, b.String())
	}
}

// digit returns a number as one letter.
func digit(v float64) byte {
	switch d := int(math.Round(v)); {
	case d > 9:
		return '+'
	case d <= 0:
		return '.'
	default:
		return '0' + byte(d)
	}
}

// holder returns the thread that holds what another one waits for from a time on, and 0 if that isn't known: what the
// wait's event says, or the thread that acquired the lock last.
func (p *panel) holder(iv timeline.Interval) int32 {
	if iv.Other > 0 {
		return iv.Other
	}
	i := slices.IndexFunc(p.locks, func(l timeline.Lock) bool { return l.Object == iv.Object })
	if i < 0 || iv.Object == 0 {
		return 0
	}
	return p.locks[i].Holder(iv.From)
}

// unseen says what is left out, once.
func (p *panel) unseen() {
	if len(p.more) > 0 {
		p.notes = append(p.notes, upper(listed(p.more))+" mattered little and aren't drawn.")
		p.more = nil
	}
}

// handovers says which hand-overs aren't marked, once for all GILs of a name.
func (p *panel) handovers() {
	for _, name := range slices.Sorted(maps.Keys(p.unmarked)) {
		n := p.unmarked[name]
		p.notes = append(p.notes, fmt.Sprintf("%s of the %s %s too many to mark each.", plural(n, "hand-over"), name,
			map[bool]string{true: "is", false: "are"}[n == 1]))
	}
	clear(p.unmarked)
}
