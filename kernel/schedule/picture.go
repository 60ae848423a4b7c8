package schedule

// This file defines the picture of a recording: a lane for each thread, and the steps of the run in their order.

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	"gilkernel/runtime/steps"
)

// Sizes of the picture, in its own units.
const (
	rowHeight   = 22
	laneWidth   = 230
	placeWidth  = 90
	maxRows     = 60
	maxLanes    = 6
	laneChars   = 30
	headHeight  = 58
	titleChars  = 7 // units for a character of the title
	pictureEdge = 10
)

// SVG returns the picture: readable on light and dark paper, because it brings its own.
func (r *Recording) SVG() string {
	v, n := r.shown()
	list, left := loud(v.Steps), 0
	if len(list) > maxRows {
		left = len(list) - maxRows
		list = list[left:]
	}
	lanes := min(len(v.Threads), maxLanes)
	title, end := r.title(), ended(v)
	if n.Why != "" {
		end = fmt.Sprintf("Goal reached with %s: %s.", count(n.Used, "preemption"), n.Why)
	} else if v.Now != nil {
		end = ""
	}
	widest := max(utf8.RuneCountInString(title), utf8.RuneCountInString(end))
	width := max(placeWidth+lanes*laneWidth, titleChars*widest) + 2*pictureEdge
	height := headHeight + (len(list)+2)*rowHeight
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" `+
		`font-family="DejaVu Sans, Verdana, sans-serif" font-size="12">`, width, height, width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff" stroke="#c4c8ce"/>`, width, height)
	label := func(x, y int, more, text string) {
		fmt.Fprintf(&b, `<text x="%d" y="%d"%s>%s</text>`, x, y, more, html.EscapeString(text))
	}
	label(pictureEdge, 20, ` fill="#1a1a1a"`, title)
	for i := range lanes {
		x := pictureEdge + placeWidth + i*laneWidth
		fmt.Fprintf(&b, `<rect x="%d" y="32" width="%d" height="%d" fill="%s"/>`, x, laneWidth-8, height-32-rowHeight,
			laneColor(i))
		label(x+6, 49, ` fill="#1a1a1a" font-weight="bold"`, v.Threads[i].Name)
	}
	y := headHeight + rowHeight - 8
	for _, s := range list {
		x := pictureEdge + placeWidth + min(s.Thread, lanes-1)*laneWidth
		color, mark := "#1a1a1a", ""
		if s.Switch == steps.Preempts {
			color, mark = "#b3261e", "▸ "
		}
		label(pictureEdge, y, ` fill="#5d6570" font-size="11"`, where(v, s.Place))
		text := mark + s.Text
		if s.Thread >= lanes {
			text = name(v, s.Thread) + " " + text
		}
		if utf8.RuneCountInString(text) > laneChars {
			text = string([]rune(text)[:laneChars-1]) + "…"
		}
		label(x+6, y, fmt.Sprintf(` fill="%s"`, color), text)
		y += rowHeight
	}
	if left > 0 {
		end = fmt.Sprintf("(%d steps before these) %s", left, end)
	}
	label(pictureEdge, height-8, ` fill="#1a1a1a" font-weight="bold"`, end)
	b.WriteString("</svg>")
	return b.String()
}

// laneColor returns the paper of a thread's lane.
func laneColor(i int) string {
	return [...]string{"#f2f3f5", "#e3edfd", "#fdf0dc", "#def4ec", "#f2e6fc", "#f2f3f5"}[i%maxLanes]
}
