package plot

// This file defines processes in the GIL picture: groups of lanes, each under the ribbon of its own GIL.

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gilkernel/runtime/timeline"
)

const (
	maxGroups  = 24 // processes that are drawn
	fullGroups = 9  // of more than so many each has one row
	groupLanes = 18 // lanes of all processes that are drawn
	allLanes   = 9  // of more lanes than that, only those that did something are drawn
	groupGap   = 9.0
	laneStep   = 23.0
	wideRibbon = 13.0
	thinRibbon = 5.0
)

// A group is a process with its lanes.
type group struct {
	pid      int
	name     string
	lanes    []int // all of them
	shown    []int
	gil      int // of p.gils; -1: none
	from, to int64
	how      string // it was ended by; "" if it wasn't
}

// label is what is written beside a group.
func (g group) label() string {
	if g.pid == 0 {
		return g.name
	}
	return strings.TrimPrefix(g.name+" · pid "+strconv.Itoa(g.pid), " · ")
}

// groups returns the processes in the order of their first lanes, nil if there is one only.
func (p *panel) groups() []group {
	if p.tl.Processes() < 2 {
		return nil
	}
	var out []group
	at := map[string]int{}
	for i, t := range p.tl.Threads {
		k := strconv.Itoa(t.PID) + t.Process
		n, ok := at[k]
		if !ok {
			n = len(out)
			at[k] = n
			out = append(out, group{pid: t.PID, name: t.Process, gil: -1, from: p.tl.End, to: p.tl.Start})
		}
		out[n].lanes = append(out[n].lanes, i)
		if lane := p.lanes[i]; len(lane) > 0 {
			out[n].from, out[n].to = min(out[n].from, lane[0].From), max(out[n].to, lane[len(lane)-1].To)
		}
	}
	for k, g := range p.gils {
		for n := range out {
			if out[n].gil < 0 && len(g.Threads) > 0 && slices.Contains(out[n].lanes, int(g.Threads[0]-1)) {
				out[n].gil = k
			}
		}
	}
	for _, e := range p.tl.Events {
		if e.Kind != timeline.Failed {
			continue
		}
		for n := range out {
			if out[n].lanes[0] == int(e.Thread-1) {
				out[n].how = strings.TrimPrefix(p.tl.Name(e.Object), "ended by ")
			}
		}
	}
	return out
}

// own is a lane's name within its process.
func (p *panel) own(i int) string {
	return strings.TrimSpace("T" + strconv.Itoa(i+1) + " " + p.tl.Threads[i].Name)
}

// groupNames returns how much room the names at the left need.
func (p *panel) groupNames(groups []group) float64 {
	w := measure("cores busy", "regular")
	for _, g := range groups {
		w = max(w, measure(g.label(), "bold"))
		for _, i := range g.lanes {
			w = max(w, measure(p.own(i), "regular")+8)
		}
	}
	for _, l := range p.locks[:min(len(p.locks), maxLocks)] {
		w = max(w, measure("who holds "+l.Name, "regular"))
	}
	return w + 12
}

// choose sets which lanes of each group are shown, and reports whether there is room for more than one of each.
func (p *panel) choose(groups []group) (full bool, quiet int) {
	total := 0
	for _, g := range groups {
		total += len(g.lanes)
	}
	for n := range groups {
		g := &groups[n]
		if total <= allLanes {
			g.shown = g.lanes
			continue
		}
		for _, i := range g.lanes {
			t := p.st.Threads[i]
			_, stuck := p.stuck(i)
			if i == g.lanes[0] || stuck || t.Failed && g.how == "" || (t.Busy+t.WaitGIL)*50 > p.tl.Wall() {
				g.shown = append(g.shown, i)
			}
		}
		quiet += len(g.lanes) - len(g.shown)
	}
	rows := 0
	for _, g := range groups {
		rows += len(g.shown)
	}
	if full = len(groups) <= fullGroups && rows <= groupLanes; !full {
		for n := range groups {
			g := &groups[n]
			g.shown = []int{slices.MaxFunc(g.lanes,
				func(a, b int) int { return cmp.Compare(p.st.Threads[a].Busy, p.st.Threads[b].Busy) })}
		}
		quiet = total - len(groups)
	}
	return full, quiet
}

// family draws the processes and what passes between them, and returns where the next row begins.
func (p *panel) family(groups []group, y float64) float64 {
	full, quiet := p.choose(groups)
	more := groups[min(len(groups), maxGroups):]
	groups = groups[:min(len(groups), maxGroups)]
	var shown []int
	var mids []float64
	mid := map[int]float64{}   // of each lane, or of the row that stands for it
	heads := map[int]float64{} // the top of its group
	for _, g := range groups {
		top, ribbon := y, wideRibbon
		if !full {
			ribbon = thinRibbon
		}
		p.s.lines = append(p.s.lines, line{points: []point{{p.at(g.from), y + ribbon/2}, {p.at(g.to), y + ribbon/2}},
			color: "#a0a0a0", width: 1, under: true})
		if g.gil >= 0 {
			p.ribbon(p.gils[g.gil], y, ribbon)
		}
		if full {
			p.s.bold(-8, y+ribbon/2, true, "right", fit(g.label(), p.s.left-10, "bold"))
			y += ribbon + 4
		} else {
			p.s.label(-8, y+ribbon+11, true, "right", fit(g.label(), p.s.left-10, "regular"))
			y += ribbon + 1
		}
		if g.how != "" && full {
			p.s.label(p.s.area+8, top+ribbon/2, true, "left", fit(g.how, p.s.right-10, "regular"))
		}
		first := y + 10
		for _, i := range g.shown {
			if full {
				p.s.label(-8, y+10, true, "right", fit(p.own(i), p.s.left-18, "regular"))
			}
			p.values(i, y+10)
			shown, mids = append(shown, i), append(mids, y+10)
			mid[i] = y + 10
			y += laneStep
		}
		for _, i := range g.lanes {
			if _, ok := mid[i]; !ok {
				mid[i] = first
			}
			heads[i] = top
		}
		if full { // the bracket that holds the group together
			p.s.lines = append(p.s.lines,
				line{points: []point{{-4, top}, {-4, y - 3}}, px: true, color: "#808080", width: 2})
		}
		y += groupGap
		if !full {
			y -= groupGap - 2
		}
	}
	if len(more) > 0 {
		p.s.label(-8, y+6, true, "right", fmt.Sprintf("… and %d more", len(more)))
		y += 20
	}
	p.pieces(shown, mids)
	p.births(mid, heads)
	p.messages(mid)
	p.signs(mids, shown)
	p.brief(mids, shown)
	switch {
	case !full:
		p.notes = append(p.notes, "Each process has one row, that of its busiest thread, under the ribbon of its GIL.")
	case quiet > 0:
		p.notes = append(p.notes, fmt.Sprintf("%s that did little %s not drawn.", plural(quiet, "thread"),
			map[bool]string{true: "is", false: "are"}[quiet == 1]))
	}
	return y
}

// births draws a line from the thread that starts a process to that process.
func (p *panel) births(mid, heads map[int]float64) {
	for _, e := range p.tl.Events {
		from, ok := mid[int(e.Thread-1)]
		to, also := heads[int(e.Other-1)]
		if e.Kind != timeline.Spawn || !ok || !also || heads[int(e.Thread-1)] == to {
			continue
		}
		p.used[timeline.Spawn] = true
		x := p.at(e.At)
		p.s.lines = append(p.s.lines,
			line{points: []point{{x, from + 10}, {x, to}}, color: "#606060", width: 1, dash: dotted, under: true})
		p.s.marks = append(p.s.marks, mark{x: x, y: to - 2, shape: arrow, radius: 3, color: "#606060",
			tip: p.tip("%s starts %s", p.tl.Label(e.Thread),
				cmp.Or(p.tl.Thread(e.Other).Process, p.tl.Label(e.Other)))})
	}
}

// messages draws the messages between processes, unless there are more than a reader can tell apart.
func (p *panel) messages(mid map[int]float64) {
	var list []timeline.Delivery
	for _, m := range p.tl.Deliveries() {
		a, ok := mid[int(m.From-1)]
		b, also := mid[int(m.To-1)]
		if ok && also && a != b {
			list = append(list, m)
		}
	}
	if len(list) > max(8, p.d.signs/3) {
		p.notes = append(p.notes, fmt.Sprintf("%d messages between processes are too many to draw each.", len(list)))
		return
	}
	for _, m := range list {
		p.used[timeline.Send] = true
		from, to := mid[int(m.From-1)], mid[int(m.To-1)]
		x0, x1 := p.at(m.Sent), p.at(m.Received)
		end, sh := to+9, triangle
		if to > from {
			end, sh = to-9, arrow
		}
		p.s.lines = append(p.s.lines, line{points: []point{{x0, from}, {x1, end}}, width: 1})
		p.s.marks = append(p.s.marks, mark{x: x0, y: from, shape: circle, radius: 2.2},
			mark{
				x:      x1,
				y:      end,
				shape:  sh,
				radius: 3.5,
				tip: p.tip("%s: sent by %s, received by %s %s later", p.tl.Name(m.Object), p.tl.Label(m.From),
					p.tl.Label(m.To), timeline.Nanoseconds(m.Received-m.Sent)),
			})
	}
}

// textFamily writes the processes into the text twin: each under the row of its GIL's holders.
func (p *panel) textFamily(
	groups []group, line func(name, row string, values ...any), lane func(name string, i int, row string),
) {
	full, quiet := p.choose(groups)
	for _, g := range groups[:min(len(groups), maxGroups)] {
		if full {
			row := ""
			if g.gil >= 0 {
				row = p.textHolders(p.gils[g.gil], columns)
			}
			row = pad(row, columns+1)
			if g.pid != 0 {
				row += "pid " + strconv.Itoa(g.pid)
			}
			line(g.name, short(strings.TrimRight(row+map[bool]string{true: " " + g.how}[g.how != ""], " "),
				textWide-textLeft-1))
		}
		p.textLanes(g.shown, columns, func(i int, row string) {
			if full {
				lane(" "+p.own(i), i, row)
				return
			}
			lane(g.name, i, row)
		})
	}
	if more := len(groups) - maxGroups; more > 0 {
		line(fmt.Sprintf("… and %d more", more), "")
	}
	if quiet > 0 && full {
		line("", plural(quiet, "thread")+" that did little: not shown")
	}
}
