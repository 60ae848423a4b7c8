package plot

// This file defines bars: a few numbers beside each other.

import (
	"fmt"
	"math"
	"strings"
)

// A Bar is a number with its label.
type Bar struct {
	Name  string
	Value float64 // NaN or less than 0: there is none
	Text  string  // how the number is written, "" for a few digits
}

// BarGroup are bars under a heading, such as those of one server.
type BarGroup struct {
	Name string
	Bars []Bar
}

const (
	barStep = 20
	maxBars = 40
)

// Bars draws numbers that are compared with each other, all on one scale that begins at 0. The first 40 are drawn.
func Bars(title, caption, unit string, groups ...BarGroup) *Figure {
	highest, n := 0.0, 0
	f := &Figure{Caption: caption}
	s := &f.scene
	*s = scene{title: title, right: 90, axis: unit}
	for _, g := range groups {
		for _, b := range g.Bars {
			if n++; !math.IsNaN(b.Value) && !math.IsInf(b.Value, 0) {
				highest = max(highest, b.Value)
			}
			s.left = max(s.left, measure(b.Name, "regular")+14)
		}
	}
	if n == 0 || highest == 0 {
		return notice(title, "Nothing was measured.")
	}
	s.left = min(s.left, 240)
	s.area, s.to = page-s.left-s.right, highest*1.04
	s.say(caption)
	var text strings.Builder
	text.WriteString(title + "\n" + folded(caption) + "\n")
	y, drawn := 0.0, 0
	fills := [2]look{{"#0072b2", "#ffffff", 12, plain}, {"#e69f00", "#000000", 12, striped}}
	for _, g := range groups {
		if g.Name != "" {
			s.bold(-s.left, y+8, true, "left", g.Name)
			text.WriteString(g.Name + "\n")
			y += 20
		}
		for i, b := range g.Bars {
			if drawn++; drawn > maxBars {
				break
			}
			words := b.Text
			if words == "" {
				words = fmt.Sprintf("%.3g", b.Value)
			}
			v := b.Value
			if math.IsNaN(v) || v < 0 {
				v, words = 0, "–"
			}
			v = min(v, highest)
			mid, l := y+barStep/2, fills[i%2]
			s.label(-8, mid, true, "right", fit(b.Name, s.left-10, "regular"))
			s.boxes = append(s.boxes, box{x0: 0, x1: v, y0: mid - l.height/2, y1: mid + l.height/2, fill: l.fill,
				texture: l.texture, tip: b.Name + ": " + words})
			s.label(s.area+82, mid, true, "right", words)
			fmt.Fprintf(&text, "%s %s %10s\n", pad(short(b.Name, textLeft), textLeft),
				pad(strings.Repeat("#", int(math.Ceil(v/highest*(columns-1)))), columns), words)
			y += barStep
		}
		y += 6
	}
	s.rows, s.below = y, 8
	text.WriteString("the scale begins at 0; " + unit + "\n")
	f.text = text.String()
	return f
}
