package plot

// This file defines the chart: a scene as Vega-Lite.

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

type m = map[string]any

// themed is the style of marks that have the colour of the page's words: a front end's theme sets the style's fill and
// the background, so a chart is dark in a dark page. Without a theme they are Vega's: black and white.
const themed = "guide-label"

// spec returns the scene as a Vega-Lite 5 specification.
func (s *scene) spec() map[string]any {
	v := chart{scene: s}
	v.lines(true)
	v.boxes(false)
	v.boxes(true)
	v.lines(false)
	v.marks()
	v.labels()
	if len(v.layers) == 0 { // Vega draws no empty list
		v.layers = []m{{"data": m{"values": []m{{}}}, "mark": m{"type": "point", "opacity": 0}}}
	}
	return m{
		"$schema": "https://vega.github.io/schema/vega-lite/v5.json",
		"title": m{"text": fit(s.title, s.width()-2*margin, "title"), "subtitle": s.caption, "anchor": "start",
			"frame": "bounds", "subtitlePadding": 6},
		"width": s.area, "height": s.rows, "layer": v.layers,
		"encoding": m{"x": v.x(), "y": pixels("y")}, // of all layers that have no other
		"padding":  margin,
		"config": m{
			"font":  "Arial, Helvetica, sans-serif",
			"view":  m{"stroke": nil},
			"mark":  m{"color": nil}, // what isn't filled has no stroke either
			"trail": m{"color": nil},
			"text":  m{"color": nil},
			"title": m{"subtitleFontSize": 12, "subtitleLineHeight": captionLine, "fontSize": 14},
			"axis":  m{"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal"},
		},
	}
}

// A chart collects the layers of a scene.
type chart struct {
	*scene
	layers []m
	zooms  bool
}

// rounded keeps a specification small: a millionth of the axis isn't visible.
func rounded(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	p := math.Pow(10, 7-math.Ceil(math.Log10(math.Abs(v))))
	if r := math.Round(v*p) / p; !math.IsInf(r, 0) && !math.IsNaN(r) {
		return r
	}
	return v
}

// place rounds an x: to a tenth of a pixel, or so that nothing moves by half a pixel in an axis at twenty times its
// scale.
func (v *chart) place(x float64, px bool) float64 {
	if px || !(v.to > v.from) {
		return pixel(x)
	}
	p := math.Pow(10, 5-math.Ceil(math.Log10(v.to-v.from)))
	if r := math.Round(x*p) / p; !math.IsInf(r, 0) && !math.IsNaN(r) {
		return r
	}
	return rounded(x)
}

// pixel rounds what is in pixels.
func pixel(v float64) float64 { return math.Round(v*10) / 10 }

func pixels(field string) m {
	return m{"field": field, "type": "quantitative", "scale": nil, "axis": nil}
}

// x is the encoding of the axis.
func (v *chart) x() m {
	axis := m{"grid": false, "labelFlush": false}
	if v.ticks != nil {
		var values []float64
		var names []string
		for _, t := range v.ticks {
			values = append(values, rounded(t.v))
			names = append(names, fmt.Sprintf("abs(datum.value - %v) < 1e-6 ? %q", rounded(t.v), t.text))
		}
		axis["values"], axis["labelExpr"], axis["labelOverlap"] = values, strings.Join(append(names, `""`), " : "),
			false
	}
	title := v.axis
	if v.zoom && title != "" {
		title += " · drag to move, Ctrl+wheel to zoom, double click to reset"
	}
	if v.axis == "" { // an axis without a name has no meaning
		axis = nil
	}
	return m{"field": "x", "type": "quantitative", "title": title, "axis": axis,
		"scale": m{"domain": []float64{rounded(v.from), rounded(max(v.to, v.from+1e-6))}, "nice": false, "zero": false}}
}

func (v *chart) add(px bool, rows []m, mark, encoding m) {
	if len(rows) == 0 {
		return
	}
	if px {
		encoding["x"] = pixels("x")
	}
	layer := m{"data": table(rows), "mark": mark, "encoding": encoding}
	if !px && v.zoom && !v.zooms {
		v.zooms = true
		// The wheel alone scrolls the notebook, and must keep doing so.
		layer["params"] = []m{{"name": "zoom", "bind": "scales", "select": m{"type": "interval",
			"encodings": []string{"x"},
			"zoom":      "wheel![event.ctrlKey || event.altKey || event.metaKey]"}}}
	}
	v.layers = append(v.layers, layer)
}

// grouped calls f for each group of things that have the same key, in the order of their first.
func grouped[T any, K comparable](all []T, of func(T) K, f func(K, []T)) {
	groups := map[K][]T{}
	var order []K
	for _, t := range all {
		k := of(t)
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], t)
	}
	for _, k := range order {
		f(k, groups[k])
	}
}

func (v *chart) boxes(px bool) {
	type style struct {
		px      bool
		texture texture
		fill    string // of those with a texture
	}
	of := func(b box) style {
		if b.texture == plain {
			return style{px: b.px}
		}
		return style{b.px, b.texture, b.fill}
	}
	grouped(v.scene.boxes, of, func(k style, boxes []box) {
		if k.px != px {
			return
		}
		var rows []m
		for _, b := range boxes {
			row := m{"x": v.place(b.x0, px), "x2": v.place(b.x1, px), "y": pixel(b.y0), "y2": pixel(b.y1), "tip": b.tip}
			if k.texture == plain {
				row["c"] = b.fill
			}
			rows = append(rows, row)
		}
		mark := m{"type": "rect", "clip": !px}
		encoding := m{"x2": m{"field": "x2"}, "y2": m{"field": "y2"}, "tooltip": m{"field": "tip", "type": "nominal"}}
		if k.texture == plain {
			encoding["fill"] = m{"field": "c", "type": "nominal", "scale": nil, "legend": nil}
		} else { // Vega has no patterns, but a gradient with hard edges is one
			var stops []m
			stop := func(at float64, color string) { stops = append(stops, m{"offset": at, "color": color}) }
			stop(0, k.fill)
			for _, s := range k.texture.stripes() {
				stop(s.from, k.fill)
				stop(s.from, s.color)
				stop(s.to, s.color)
				stop(s.to, k.fill)
			}
			stop(1, stops[len(stops)-1]["color"].(string))
			mark["color"] = m{"gradient": "linear", "x1": 0, "y1": 0, "x2": 0, "y2": 1, "stops": stops}
		}
		v.add(px, rows, mark, encoding)
	})
}

func (v *chart) lines(under bool) {
	type style struct {
		px, under bool
		color     string
		width     float64
		dash      dash
	}
	of := func(l line) style {
		if l.ruled() {
			return style{px: l.px, under: l.under, width: -1} // one layer for all
		}
		return style{l.px, l.under, l.color, l.width, l.dash}
	}
	grouped(v.scene.lines, of, func(k style, lines []line) {
		if k.under != under {
			return
		}
		if lines[0].ruled() {
			v.rules(lines, k.px)
			return
		}
		var rows []m
		for i, l := range lines {
			for j, p := range l.points {
				rows = append(rows, m{"x": v.place(p.x, k.px), "y": pixel(p.y), "g": i, "i": j})
			}
		}
		mark := m{"type": "line", "clip": !k.px, "color": cmp.Or(k.color, "#808080"), "strokeWidth": k.width,
			"tooltip": nil}
		if d := k.dash.pattern(); d != nil {
			mark["strokeDash"] = d
		} else if k.color == "" { // themes have no colour for strokes, but trails are filled
			mark = m{"type": "trail", "style": themed, "filled": false, "clip": !k.px, "size": k.width, "tooltip": nil}
		}
		v.add(k.px, rows, mark, m{
			"detail": m{"field": "g", "type": "nominal"},
			"order":  m{"field": "i", "type": "quantitative"},
		})
	})
}

// ruled reports whether a line is drawn as a rule: it has two points, which take half the room of others, and a colour
// of its own.
func (l line) ruled() bool { return len(l.points) == 2 && (l.color != "" || l.dash != solid) }

// rules adds lines that are ruled, in one layer. A layer costs a notebook half a kilobyte or more.
func (v *chart) rules(lines []line, px bool) {
	var rows []m
	for _, l := range lines {
		a, b := l.points[0], l.points[1]
		rows = append(rows, m{"x": v.place(a.x, px), "x2": v.place(b.x, px), "y": pixel(a.y), "y2": pixel(b.y),
			"c": cmp.Or(l.color, "#808080"), "w": l.width, "d": int(l.dash)})
	}
	mark := m{"type": "rule", "clip": !px, "tooltip": nil}
	expressed(mark, "color", rows, "c", nil)
	expressed(mark, "strokeWidth", rows, "w", nil)
	expressed(mark, "strokeDash", rows, "d", func(d any) any { return dash(d.(int)).pattern() })
	v.add(px, rows, mark, m{"x2": m{"field": "x2"}, "y2": m{"field": "y2"}})
}

// expressed sets a property of a mark to what the rows have in a field: the value itself if all have the same, which
// leaves the rows then. of turns what a row has into the property's value; nil is that itself.
func expressed(mark m, property string, rows []m, field string, of func(any) any) {
	if of == nil {
		of = func(v any) any { return v }
	}
	var seen []any
	for _, row := range rows {
		if !slices.Contains(seen, row[field]) {
			seen = append(seen, row[field])
		}
	}
	if len(seen) == 1 {
		for _, row := range rows {
			delete(row, field)
		}
		if v := of(seen[0]); !reflect.ValueOf(v).IsZero() {
			mark[property] = v
		}
		return
	}
	var choices []string
	for i, v := range seen {
		b, err := json.Marshal(of(v))
		if err != nil || string(b) == "null" {
			b = []byte("[]") // a line without gaps
		}
		choices = append(choices, string(b))
		for _, row := range rows {
			if row[field] == v {
				row[field] = choice(i)
			}
		}
	}
	for _, row := range rows {
		row[field] = int(row[field].(choice))
	}
	mark[property] = m{"expr": "[" + strings.Join(choices, ", ") + "][datum." + field + "]"}
}

// A choice is the number of one of several values.
type choice int

// marks are a layer of those on the axis and one of those on pixels.
func (v *chart) marks() {
	grouped(v.scene.marks, func(m mark) bool { return m.px }, func(px bool, marks []mark) {
		var rows []m
		for _, p := range marks {
			rows = append(rows, m{"x": v.place(p.x, px), "y": pixel(p.y), "tip": p.tip, "s": int(p.shape),
				"r": 4 * p.radius * p.radius, "c": p.color})
		}
		sign := m{"type": "point", "filled": true, "opacity": 1, "clip": v.zoom && !px}
		expressed(sign, "size", rows, "r", nil)
		expressed(sign, "shape", rows, "s", func(s any) any { return shape(s.(int)).path() })
		if slices.ContainsFunc(marks, func(p mark) bool { return p.color == "" }) {
			// one of black and white can be seen
			for i, p := range marks {
				rows[i]["e"] = map[bool]string{true: "#ffffff", false: p.color}[p.color == ""]
			}
			sign["strokeWidth"] = 0.8
			expressed(sign, "stroke", rows, "e", nil)
		}
		expressed(sign, "color", rows, "c", func(c any) any { return cmp.Or(c.(string), "#000000") })
		v.add(px, rows, sign, m{"tooltip": m{"field": "tip", "type": "nominal"}})
	})
}

// path returns the shape as Vega names it: a path in a box from -1 to 1.
func (s shape) path() string {
	corners := s.outline()
	if corners == nil {
		return "circle"
	}
	var path strings.Builder
	for i, c := range corners {
		path.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + fmt.Sprintf("%v,%v", c.x, c.y))
	}
	return path.String() + "Z"
}

// labels are a layer of those on the axis, one of those on pixels, and of each those in a colour of their own: a layer
// costs a notebook half a kilobyte.
func (v *chart) labels() {
	type style struct{ px, own bool }
	grouped(v.scene.labels, func(l label) style { return style{l.px, l.color != ""} }, func(k style, labels []label) {
		var rows []m
		for _, l := range labels {
			weight := ""
			if l.bold {
				weight = "b"
			}
			row := m{"x": v.place(l.x, k.px), "y": pixel(l.y), "t": l.text, "a": l.align[:1], "w": weight}
			if k.own {
				row["c"] = l.color
			}
			rows = append(rows, row)
		}
		mark := m{
			"type":       "text",
			"align":      m{"expr": "{l: 'left', c: 'center', r: 'right'}[datum.a]"},
			"fontWeight": m{"expr": "datum.w ? 'bold' : 'normal'"},
			"baseline":   "middle",
			"fontSize":   11,
			"clip":       !k.px,
			"tooltip":    nil,
		}
		encoding := m{"text": m{"field": "t", "type": "nominal"}}
		if k.own {
			encoding["color"] = m{"field": "c", "type": "nominal", "scale": nil, "legend": nil}
		} else {
			mark["style"], mark["filled"] = themed, false // or Vega-Lite would choose the fill
		}
		v.add(k.px, rows, mark, encoding)
	})
}
