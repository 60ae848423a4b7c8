package plot

// This file defines the lanes of an event loop's tasks.

import (
	"fmt"
	"slices"

	"gilkernel/runtime/timeline"
)

const (
	maxTasks = 8
	taskStep = 22 // from one task's lane to the next
)

// chosenTasks returns the tasks that are drawn, in order: all, or those with the longest steps.
func (p *panel) chosenTasks() []timeline.Task {
	if len(p.tasks) <= maxTasks {
		return p.tasks
	}
	var lengths []int64
	for _, t := range p.tasks {
		lengths = append(lengths, t.Longest().Duration())
	}
	slices.SortFunc(lengths, func(a, b int64) int { return int(min(1, max(-1, b-a))) })
	var out []timeline.Task
	for _, t := range p.tasks {
		if len(out) < maxTasks && t.Longest().Duration() >= lengths[maxTasks-1] {
			out = append(out, t)
		}
	}
	return out
}

// taskLanes draws a lane for each task that is drawn, and returns where the next row begins.
func (p *panel) taskLanes(y float64) float64 {
	tasks := p.chosenTasks()
	for _, t := range tasks {
		mid := y + taskStep/2 - 1
		p.s.label(-8, mid, true, "right", fit(t.Name, p.s.left-10, "regular"))
		steps := joined(t.Steps, int64(float64(p.tl.Wall())/p.s.area))
		if len(steps) > p.d.boxes/len(tasks) {
			steps = joined(t.Steps, p.tl.Wall()*int64(len(tasks))/int64(p.d.boxes))
		}
		if n := len(steps); n > 0 {
			p.s.lines = append(p.s.lines, line{points: []point{{p.at(steps[0].From), mid}, {p.at(steps[n-1].To), mid}},
				color: "#808080", width: 1, dash: dotted, under: true})
		}
		fill, ink := grey(2) // not blue: what blocks the loop may be asleep
		p.used[timeline.Step] = true
		for _, h := range steps {
			p.s.boxes = append(p.s.boxes, box{x0: p.at(h.From), x1: p.at(h.To), y0: mid - 8, y1: mid + 8, fill: fill,
				tip: p.tip("%s ran for %s", t.Name, timeline.Nanoseconds(h.Duration()))})
			if p.pixels(h.Duration()) > 20 {
				p.s.labels = append(p.s.labels,
					label{(p.at(h.From) + p.at(h.To)) / 2, mid, false, "T", "center", true, ink})
			}
		}
		y += taskStep
	}
	if more := len(p.tasks) - len(tasks); more > 0 {
		p.more = append(p.more, plural(more, "more task"))
	}
	return y
}

// textTasks writes a lane for each task that is drawn.
func (p *panel) textTasks(line func(name, row string, values ...any), n int) {
	for _, t := range p.chosenTasks() {
		row := slices.Repeat([]byte{' '}, n)
		var steps []timeline.Interval
		for _, h := range t.Steps {
			steps = append(steps, timeline.Interval{State: timeline.Run, From: h.From, To: h.To})
		}
		width := p.tl.Wall() / int64(n)
		for i, c := range bins(steps, p.tl.Start, p.tl.Wall(), n) {
			switch d := c[timeline.Run]; {
			case d >= width*99/100 && d > 0:
				row[i] = 'T'
			case d > 0:
				row[i] = 't'
			}
		}
		p.used[timeline.Step] = true
		line("  "+t.Name, string(row))
	}
}

// slowStep is how long a step must be to be worth a sentence: a frame of a game, or what a person notices.
const slowStep = 10_000_000

// blocked returns the sentence that says in which task a loop with several tasks was blocked longest, or "".
func (p *panel) blocked() string {
	var longest timeline.Hold
	name, loops := "", map[int32]int{}
	for _, t := range p.tasks {
		loops[t.Thread]++
	}
	for _, t := range p.tasks {
		if h := t.Longest(); loops[t.Thread] > 1 && h.Duration() > longest.Duration() {
			longest, name = h, t.Name
		}
	}
	if longest.Duration() < slowStep {
		return ""
	}
	return fmt.Sprintf("The loop was blocked for %s in %s: until a task awaits something, no other one runs.",
		timeline.Nanoseconds(longest.Duration()), name)
}
