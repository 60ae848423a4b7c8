package plot

// This file defines the small multiples: several runs of the same code, one under the other.

import (
	"fmt"
	"strings"

	"gilkernel/runtime/timeline"
)

const compareLanes = 8

// Compare draws two to four runs of the same code under each other on one scale of time, such as with the GIL,
// without and as processes, and says how many times as fast as the first one the others are. Runs are
// called by their Info's titles if these differ, else by what is known of their Pythons. A nil timeline
// is one in which nothing happened.
func Compare(runs ...*timeline.Timeline) *Figure {
	const title = "The same code, side by side"
	if len(runs) < 2 || len(runs) > 4 {
		return notice(title, fmt.Sprintf("Two to four runs can be set side by side, not %d.", len(runs)))
	}
	var longest int64
	for i, tl := range runs {
		if tl == nil {
			runs = append([]*timeline.Timeline(nil), runs...)
			runs[i] = &timeline.Timeline{}
		}
		longest = max(longest, runs[i].Wall())
	}
	if longest <= 0 {
		return notice(title, "Nothing was recorded in any of the runs.")
	}
	names := runNames(runs)
	ns, _ := unit(longest)
	read := make([]panel, len(runs))
	for i, tl := range runs {
		read[i] = newPanel(tl, ns)
	}
	return fitted(func(d detail) *Figure { return compareFigure(title, names, read, longest, d) })
}

func compareFigure(title string, names []string, read []panel, longest int64, d detail) *Figure {
	f := &Figure{}
	s := &f.scene
	ns, unitName := unit(longest)
	*s = scene{
		title: title + ": " + strings.Join(names, ", "),
		right: 118,
		to:    float64(longest) / ns,
		axis:  "time (" + unitName + "), the same scale for all",
		zoom:  true,
	}
	panels := make([]*panel, len(read))
	for i := range read {
		panels[i] = read[i].on(s, d)
		s.left = max(s.left, min(184, panels[i].names(compareLanes)))
	}
	s.area = page - s.left - s.right
	f.Caption = verdict(names, panels)
	s.say(f.Caption)
	f.text = textCompare(title, f.Caption, names, panels, longest)

	used := &panel{s: s, used: map[timeline.Kind]bool{}, tl: read[0].tl}
	y := 0.0
	for i, p := range panels {
		y = p.multiple(names[i], panels[0].tl.Wall(), min(compareLanes, d.lanes/len(panels)), y)
		for k := range p.used {
			used.used[k] = true
		}
		if p.grid && !used.grid {
			used.grid, used.tl = true, p.tl
		}
		for _, n := range p.notes {
			s.say(names[i] + ": " + n)
		}
		if p.tl.Lost > 0 {
			s.say(fmt.Sprintf("%s: %s.", names[i], timeline.Overwritten(p.tl.Lost)))
		}
	}
	s.rows = y
	k := &key{s: s, y: s.rows + axisRoom + 10}
	used.explain(k)
	s.below = k.y + 12 - s.rows - axisRoom
	return f
}

// multiple draws one of several panels, and returns where the next one begins.
func (p *panel) multiple(name string, first int64, lanes int, y float64) float64 {
	s := p.s
	s.bold(-s.left, y+8, true, "left", fit(name, 300, "bold"))
	s.label(s.area+s.right, y+8, true, "right", p.figures())
	s.lines = append(s.lines, line{points: []point{{-s.left, y + 20}, {s.area + s.right, y + 20}}, px: true,
		color: "#a0a0a0", width: 1})
	y += 28
	if p.tl.Wall() <= 0 {
		s.label(0, y+8, true, "left", nothing(p.tl))
		return y + 30
	}
	top := y
	y = p.lockRows(p.ribbons(y, 25), 25)
	p.handovers()
	shown := p.chosen(lanes)
	for n, i := range shown {
		s.label(-8, y+24*float64(n)+10, true, "right", fit(p.tl.Label(int32(i+1)), s.left-10, "regular"))
	}
	y = p.segments(y, 24, shown)
	p.interval(top, y-4)
	y = p.strip(p.queueStrips(p.taskLanes(y)), 26)
	p.unseen()
	// Where it ended, since the scale continues.
	if x := p.end(); x < s.to {
		s.lines = append(s.lines, line{points: []point{{x, top - 4}, {x, y}}, width: 1.5})
		done := "done after " + timeline.Nanoseconds(p.tl.Wall())
		if first > 0 && first != p.tl.Wall() {
			done += ", " + times(float64(first)/float64(p.tl.Wall())) + " as fast"
		}
		if gap := 5 * s.to / s.area; s.x(x+gap, false)+1.2*measure(done, "regular") < s.area {
			s.label(x+gap, top+8, false, "left", done)
		}
	}
	return y + 18
}

// figures returns a run's line of numbers.
func (p *panel) figures() string {
	if p.tl.Wall() <= 0 {
		return ""
	}
	return fmt.Sprintf("%s · %.2f cores busy · waited for a GIL %s", timeline.Nanoseconds(p.tl.Wall()), p.st.Overlap,
		p.waitShare())
}

// waitShare is the part of the time in which threads wanted to run that they waited for a GIL.
func (p *panel) waitShare() string {
	want := p.st.Busy + p.st.WaitGIL
	for _, t := range p.st.Threads {
		want += t.Ready
	}
	return share(p.st.WaitGIL, want)
}

// runNames returns what the runs are called: different names for different runs.
func runNames(runs []*timeline.Timeline) []string {
	for _, name := range []func(timeline.Info) string{
		func(i timeline.Info) string { return i.Title },
		func(i timeline.Info) string { return timeline.Info{Model: i.Model}.Headline() },
		func(i timeline.Info) string { return timeline.Info{Model: i.Model, Python: i.Python}.Headline() },
		func(i timeline.Info) string { return i.Headline() },
	} {
		names, seen := make([]string, len(runs)), map[string]bool{"": true}
		for i, tl := range runs {
			names[i] = name(tl.Info)
			seen[names[i]] = true
		}
		if len(seen) == len(runs)+1 {
			return names
		}
	}
	return []string{"A", "B", "C", "D"}[:len(runs)]
}

// verdict returns the sentence that compares the runs with the first.
func verdict(names []string, panels []*panel) string {
	first := panels[0].tl.Wall()
	if first <= 0 {
		return "Nothing was recorded of " + names[0] + ", so there is nothing to compare the others with."
	}
	var faster, cores, parts []string
	clocks := false
	for i, p := range panels {
		clocks = clocks || p.tl.Wall() > 0 && p.tl.Info.Virtual != panels[0].tl.Info.Virtual
		cores = append(cores, fmt.Sprintf("%.2f", p.st.Overlap))
		switch {
		case i == 0:
		case p.tl.Wall() <= 0:
			parts = append(parts, "nothing was recorded of "+names[i])
		default:
			was := "“" + names[i] + "” "
			if len(faster) == 0 {
				was += "was "
			}
			was += times(float64(first) / float64(p.tl.Wall()))
			if len(faster) == 0 {
				was += " as fast as “" + names[0] + "”"
			}
			faster = append(faster, was)
		}
	}
	if len(faster) > 0 {
		parts = append(
			[]string{listed(faster) + "; on average they kept " + listed(cores) + " cores busy, in this order"},
			parts...)
	}
	if clocks {
		parts = append(parts, "some clocks are simulated and some are real, so the ratios mean little")
	}
	return upper(strings.Join(parts, "; ")) + "."
}

// times returns a ratio such as "1.98×".
func times(v float64) string {
	if v >= 9.995 {
		return fmt.Sprintf("%.1f×", v)
	}
	return fmt.Sprintf("%.2f×", v)
}

// listed joins words as a sentence does.
func listed(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

func textCompare(title, caption string, names []string, panels []*panel, longest int64) string {
	var b strings.Builder
	b.WriteString(title + "\n" + folded(caption))
	const wide = 78
	line := func(name, row string, _ ...any) {
		b.WriteString(strings.TrimRight(pad(short(name, textLeft), textLeft)+" "+row, " ") + "\n")
	}
	used := &panel{used: map[timeline.Kind]bool{}}
	for i, p := range panels {
		b.WriteString("\n" + short(names[i], textWide) + "\n")
		if p.tl.Wall() <= 0 {
			b.WriteString(nothing(p.tl) + "\n")
			continue
		}
		b.WriteString(p.figures() + "\n")
		n := max(1, int(float64(wide)*float64(p.tl.Wall())/float64(longest)+0.5))
		p.textRibbons(p.gils, line, n)
		p.textRibbons(p.chosenLocks(), line, n)
		p.textLanes(p.chosen(compareLanes), n, func(i int, row string) { line(p.tl.Label(int32(i+1)), row) })
		if more := len(p.lanes) - compareLanes; more > 0 {
			fmt.Fprintf(&b, "… and %d more\n", more)
		}
		p.textTasks(line, n)
		p.textQueues(line, n)
		line("cores busy", p.textLoad(n))
		used.turns = used.turns || p.turns
		for k := range p.used {
			used.used[k] = true
		}
	}
	b.WriteString("\n" + folded(used.textKey()))
	return b.String()
}
