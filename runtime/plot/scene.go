package plot

// This file defines the scene: the one layout from which both the chart and the picture are made.

import (
	"math"
	"strings"
	"unicode/utf8"
)

// A scene is one plot area with what is drawn in it. Along x are values of the axis, or, with px,
// pixels from the area's left edge; along y are pixels from its top. What is drawn later is on top:
// lines that are under, boxes, other lines, marks, labels.
type scene struct {
	title             string
	caption           []string
	left, right, area float64 // widths
	rows, below       float64 // heights of the area, and of what is under its axis
	from, to          float64 // of the axis
	axis              string
	ticks             []tick // of the axis; if there are none, round numbers
	zoom              bool   // whether a reader may look closer
	boxes             []box
	lines             []line
	marks             []mark
	labels            []label
}

// A tick is a place on the axis and what is written there.
type tick struct {
	v    float64
	text string
}

// A box is a rectangle of time.
type box struct {
	x0, x1, y0, y1 float64
	px             bool
	fill           string // "#rrggbb"
	texture        texture
	tip            string
}

// A line goes through points.
type line struct {
	points []point
	px     bool
	under  bool   // the boxes
	color  string // "" is the page's own
	width  float64
	dash   dash
}

type point struct{ x, y float64 }

// A mark is a sign that stands for a point.
type mark struct {
	x, y   float64
	px     bool
	shape  shape
	radius float64
	color  string // "" is the page's own
	tip    string
}

// A label is a text that begins at x, is centred on it or ends there, and is centred on y.
type label struct {
	x, y  float64
	px    bool
	text  string
	align string // left, center, right
	bold  bool
	color string // "" is the page's own
}

// A dash is how a line is interrupted.
type dash uint8

const (
	solid dash = iota
	dashed
	dotted
	long
	mixed
)

// pattern returns lengths in pixels, drawn and not in turn.
func (d dash) pattern() []float64 {
	return [...][]float64{nil, {4, 4}, {1.5, 2.5}, {9, 3}, {9, 3, 2, 3}}[d]
}

// A shape is a mark's outline.
type shape uint8

const (
	circle shape = iota
	square
	triangle
	diamond
	cross
	arrow // points down
)

// outline returns the shape's corners in a box from -1 to 1; a circle has none.
func (s shape) outline() []point {
	return [...][]point{
		nil,
		{{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}},
		{{0, -1}, {1, 0.85}, {-1, 0.85}},
		{{0, -1.15}, {1.15, 0}, {0, 1.15}, {-1.15, 0}},
		{
			{-1, -0.6},
			{-0.6, -1},
			{0, -0.4},
			{0.6, -1},
			{1, -0.6},
			{0.4, 0},
			{1, 0.6},
			{0.6, 1},
			{0, 0.4},
			{-0.6, 1},
			{-1, 0.6},
			{-0.4, 0},
		},
		{{-1, -0.8}, {1, -0.8}, {0, 1}},
	}[s]
}

// page is how wide a scene is, without its margins: in a window of 1100 pixels, JupyterLab has as much between its file
// browser and the scroll bar, beside the chart's own menu.
const page = 584

const (
	captionLine = 16
	axisRoom    = 40
	titleRoom   = 26
	margin      = 10
)

func (s *scene) top() float64    { return margin + titleRoom + captionLine*float64(len(s.caption)) + 8 }
func (s *scene) width() float64  { return 2*margin + s.left + s.area + s.right }
func (s *scene) height() float64 { return s.top() + s.rows + axisRoom + s.below + margin }

// x returns the pixel of an x.
func (s *scene) x(v float64, px bool) float64 {
	if px || !(s.to > s.from) {
		return v
	}
	return (v - s.from) / (s.to - s.from) * s.area
}

func (s *scene) label(x, y float64, px bool, align, text string) {
	s.labels = append(s.labels, label{x: x, y: y, px: px, align: align, text: text})
}

func (s *scene) bold(x, y float64, px bool, align, text string) {
	s.labels = append(s.labels, label{x: x, y: y, px: px, align: align, text: text, bold: true})
}

// say adds a sentence under the title. It leaves room, because the page's font may be wider than ours.
func (s *scene) say(text string) {
	s.caption = append(s.caption, wrap(text, 0.82*(s.left+s.area+s.right))...)
}

// axisTicks returns the axis's ticks.
func (s *scene) axisTicks() []tick {
	if s.ticks != nil {
		return s.ticks
	}
	var out []tick
	for _, v := range ticks(s.from, s.to) {
		out = append(out, tick{v, number(v)})
	}
	return out
}

// ticks returns about six round numbers between two others.
func ticks(from, to float64) (at []float64) {
	if !(to > from) {
		return nil
	}
	step := math.Pow(10, math.Floor(math.Log10((to-from)/6)))
	for _, m := range []float64{1, 2, 5, 10} {
		if (to-from)/(step*m) <= 8 {
			step *= m
			break
		}
	}
	for i := math.Ceil(from / step); i*step <= to+step/1e6; i++ {
		at = append(at, i*step)
	}
	return at
}

// notice is a figure that says why there is nothing to be seen.
func notice(title, sentence string) *Figure {
	f := &Figure{Caption: sentence, text: title + "\n" + sentence + "\n"}
	f.scene = scene{title: title, area: page}
	f.scene.say(sentence)
	return f
}

func short(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// fit shortens a text until it is at most width wide.
func fit(s string, width float64, face string) string {
	for n := utf8.RuneCountInString(s); n > 1 && measure(s, face) > width; n-- {
		s = short(s, n-1)
	}
	return s
}

// wrap breaks a text into lines of at most width.
func wrap(s string, width float64) (lines []string) {
	line := ""
	for _, w := range strings.Fields(s) {
		if line != "" && measure(line+" "+w, "regular") > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + w)
	}
	return append(lines, line)
}
