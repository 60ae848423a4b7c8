package plot

// This file defines the text twin of the GIL picture.

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gilkernel/runtime/timeline"
)

const (
	columns  = 52 // of time
	textLeft = 18
	textWide = 100
)

// text returns the text twin: at most 100 columns. A small letter is a column with several states, of
// which this one took most.
func (p *panel) text(caption string, also ...string) string {
	var b strings.Builder
	if h := p.tl.Info.Headline(); h != "" {
		b.WriteString(folded(h))
	}
	b.WriteString(folded(caption))
	for _, s := range also {
		if s != "" {
			b.WriteString(folded(s))
		}
	}
	b.WriteByte('\n')
	heads := []any{"held", "waited", "max wait", "turns"}
	if len(p.gils) == 0 {
		heads = []any{"ran", "locks", "no core", ""}
	}
	line := func(name, row string, values ...any) {
		s := pad(short(name, textLeft), textLeft) + " " + pad(row, columns)
		if len(values) > 0 {
			for i, width := range []int{5, 6, 8, 6} {
				s += fmt.Sprintf(" %*s", width, short(fmt.Sprint(values[i]), width))
			}
		}
		b.WriteString(strings.TrimRight(s, " ") + "\n")
	}
	line("", "0 to "+timeline.Nanoseconds(p.tl.Wall()), heads...)
	lane := func(name string, i int, row string) {
		t := p.st.Threads[i]
		if p.tl.Threads[i].Outside {
			v, b := p.outside(i), []byte(row)
			if at, ok := p.moment(i); ok {
				b[min(len(b)-1, int(at/p.end()*float64(len(b))))] = 'g'
				p.used[timeline.Outside] = true
			}
			row = string(b)
			line(name, row, v[0], v[1], v[2], "")
			return
		}
		if len(p.gils) == 0 {
			line(name, row, share(t.Busy, t.Life), share(t.WaitLock, t.Life), share(t.Ready, t.Life), "")
			return
		}
		line(name, row, share(t.Hold, t.Life), share(t.WaitGIL, t.Life),
			timeline.Nanoseconds(t.LongestWait), strconv.Itoa(p.switches(int32(i+1))))
	}
	if families := p.groups(); families != nil {
		p.textFamily(families, line, lane)
		p.textRibbons(p.chosenLocks(), line, columns)
	} else {
		p.textRibbons(p.gils, line, columns)
		p.textRibbons(p.chosenLocks(), line, columns)
		p.textLanes(p.chosen(maxLanes), columns, func(i int, row string) { lane(p.tl.Label(int32(i+1)), i, row) })
		if more := len(p.lanes) - maxLanes; more > 0 {
			fmt.Fprintf(&b, "… and %d more\n", more)
		}
	}
	p.textTasks(line, columns)
	p.textQueues(line, columns)
	line("cores busy", p.textLoad(columns))
	p.more = nil
	b.WriteString("\n" + folded(p.textKey()))
	if p.st.Requests > 0 {
		b.WriteString(plural(p.st.Requests, "request") + " to drop a GIL\n")
	}
	for _, e := range p.events(8) {
		b.WriteString(folded(e))
	}
	if p.tl.Lost > 0 {
		fmt.Fprintf(&b, "%s: what threads did before is not known.\n", timeline.Overwritten(p.tl.Lost))
	}
	return b.String()
}

// pad fills a text with spaces; %-18s counts bytes in some places and letters in others.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s)))
}

// folded breaks a text into lines that fit, each with its end.
func folded(s string) string {
	var b strings.Builder
	line := ""
	for _, w := range strings.Fields(s) {
		w = short(w, textWide)
		if line != "" && utf8.RuneCountInString(line+" "+w) > textWide {
			b.WriteString(line + "\n")
			line = ""
		}
		line = strings.TrimSpace(line + " " + w)
	}
	return b.String() + line + "\n"
}

// textRibbons writes which thread held each GIL.
func (p *panel) textRibbons(gils []timeline.GIL, line func(name, row string, values ...any), n int) {
	if len(gils) > maxLocks {
		return
	}
	for _, g := range gils {
		name := "holds " + g.Name
		if len(gils) > 1 && g.PID != 0 && p.tl.Processes() > 1 {
			name = g.Name + " of " + cmp.Or(g.Process, "pid "+strconv.Itoa(g.PID))
		}
		line(name, p.textHolders(g, n))
	}
}

// textHolders returns which thread held a GIL in each column: the holder's number, or * where several took turns.
func (p *panel) textHolders(g timeline.GIL, n int) string {
	row := slices.Repeat([]byte{' '}, n)
	most, all := make([]int64, n), make([]int64, n)
	byThread := map[int32][]timeline.Interval{}
	for _, h := range g.Holds {
		byThread[h.Thread] = append(byThread[h.Thread], timeline.Interval{State: timeline.Run, From: h.From, To: h.To})
	}
	for _, t := range g.Threads {
		for i, c := range bins(byThread[t], p.tl.Start, p.tl.Wall(), n) {
			all[i] += c[timeline.Run]
			if c[timeline.Run] > most[i] {
				most[i], row[i] = c[timeline.Run], strconv.FormatInt(int64(t)%36, 36)[0]
			}
		}
	}
	for i := range row {
		if most[i]*5 < all[i]*3 {
			row[i] = '*' // none is the column's holder
			p.turns = true
		}
	}
	return string(row)
}

// textLanes calls f with the letters of some lanes.
func (p *panel) textLanes(which []int, n int, f func(i int, row string)) {
	for _, i := range which {
		lane := p.lanes[i]
		row := slices.Repeat([]byte{' '}, n)
		for c, col := range bins(lane, p.tl.Start, p.tl.Wall(), n) {
			var most, all int64
			for k, d := range col {
				if all += d; d > most {
					most, row[c] = d, timeline.Kind(k).Letter()
				}
				if d > 0 && looks(timeline.Kind(k)).height > 0 {
					p.used[timeline.Kind(k)] = true
				}
			}
			if most < all && row[c] != ' ' {
				row[c] |= 0x20
			}
		}
		f(i, string(row))
	}
}

// textLoad returns how many cores were busy in each column: a dot for none, + for more than nine.
func (p *panel) textLoad(n int) string {
	row := make([]float64, n)
	for _, lane := range p.lanes {
		for i, col := range bins(lane, p.tl.Start, p.tl.Wall(), n) {
			row[i] += float64(col[timeline.Run]+col[timeline.Native]+col[timeline.NativeFree]) * float64(n) /
				float64(max(p.tl.Wall(), 1))
		}
	}
	var b strings.Builder
	for _, v := range row {
		b.WriteByte(digit(v))
	}
	return b.String()
}

// textKey explains the letters in use.
func (p *panel) textKey() string {
	var words []string
	seen := map[byte]bool{}
	for k := timeline.Start; k <= timeline.Blocked; k++ {
		if !p.used[k] || seen[k.Letter()] {
			continue
		}
		seen[k.Letter()] = true
		w := string(k.Letter()) + " " + k.String()
		if k.Letter() == 'L' {
			w = "L wait for lock, queue, event, join"
		}
		words = append(words, w)
	}
	if p.used[timeline.Step] {
		words = append(words, "T step of a task")
	}
	words = append(words, "small: not all of the column")
	if p.turns {
		words = append(words, "*: several took turns")
	}
	return strings.Join(words, "; ")
}

// events returns lines for exceptions and the cell's marks, and one for those beyond a number.
func (p *panel) events(most int) (lines []string) {
	more := 0
	for _, e := range p.tl.Events {
		if e.Kind != timeline.Failed && e.Kind != timeline.Mark {
			continue
		}
		if len(lines) == most {
			more++
			continue
		}
		what := "mark “" + p.tl.Name(e.Object) + "”"
		if e.Kind == timeline.Failed {
			what = "ended by " + cmp.Or(strings.TrimPrefix(p.tl.Name(e.Object), "ended by "), "an exception")
		}
		lines = append(lines, timeline.Nanoseconds(e.At-p.tl.Start)+": "+p.tl.Label(e.Thread)+" "+what)
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more marks and exceptions", more))
	}
	return lines
}
