package plot

// This file defines the chart: a scene as Vega-Lite.

import (
	"cmp"
	"fmt"
	"math"
	"strings"
)

type m = map[string]any

// pageInk and pagePaper are the chart's own: a front end's dark theme sets the colours of axes and titles, but not
// those of text marks, and half of the words would be black on black.
const (
	pageInk   = "#1a1a1a"
	pagePaper = "#fafaf8"
)

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
		"title":   m{"text": fit(s.title, s.width()-2*margin, "title"), "subtitle": s.caption, "anchor": "start", "frame": "bounds", "subtitlePadding": 6},
		"width":   s.area, "height": s.rows, "layer": v.layers,
		"encoding":   m{"x": v.x(), "y": pixels("y")}, // of all layers that have no other
		"background": pagePaper, "padding": margin,
		"config": m{
			"font":  "Arial, Helvetica, sans-serif",
			"view":  m{"stroke": nil},
			"title": m{"color": pageInk, "subtitleColor": pageInk, "subtitleFontSize": 12, "subtitleLineHeight": captionLine, "fontSize": 15},
			"axis":  m{"labelColor": pageInk, "titleColor": pageInk, "domainColor": pageInk, "tickColor": pageInk, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal"},
			"style": m{"guide-label": m{"fill": pageInk}, "guide-title": m{"fill": pageInk}},
		},
	}
}

// A chart collects the layers of a scene.
type chart struct {
	*scene
	layers []m
	zooms  bool
}

// rounded keeps a specification small: nobody sees a millionth of the axis.
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
		axis["values"], axis["labelExpr"], axis["labelOverlap"] = values, strings.Join(append(names, `""`), " : "), false
	}
	title := v.axis
	if v.zoom && title != "" {
		title += " – drag to move, Ctrl and wheel to look closer, double click to go back"
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
		// The wheel alone scrolls the notebook, and must go on doing so.
		layer["params"] = []m{{"name": "zoom", "bind": "scales", "select": m{"type": "interval", "encodings": []string{"x"},
			"zoom": "wheel![event.ctrlKey || event.altKey || event.metaKey]"}}}
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
			row := m{"x": rounded(b.x0), "x2": rounded(b.x1), "y": rounded(b.y0), "y2": rounded(b.y1), "tip": b.tip}
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
	of := func(l line) style { return style{l.px, l.under, l.color, l.width, l.dash} }
	grouped(v.scene.lines, of, func(k style, lines []line) {
		if k.under != under {
			return
		}
		var rows []m
		for i, l := range lines {
			for j, p := range l.points {
				rows = append(rows, m{"x": rounded(p.x), "y": rounded(p.y), "g": i, "i": j})
			}
		}
		mark := m{"type": "line", "clip": !k.px, "color": k.color, "strokeWidth": k.width, "tooltip": nil}
		if d := k.dash.pattern(); d != nil {
			mark["strokeDash"] = d
		}
		v.add(k.px, rows, mark, m{"detail": m{"field": "g", "type": "nominal"}, "order": m{"field": "i", "type": "quantitative"}})
	})
}

func (v *chart) marks() {
	type style struct {
		px     bool
		shape  shape
		radius float64
		color  string
	}
	of := func(m mark) style { return style{m.px, m.shape, m.radius, m.color} }
	grouped(v.scene.marks, of, func(k style, marks []mark) {
		var rows []m
		for _, p := range marks {
			rows = append(rows, m{"x": rounded(p.x), "y": rounded(p.y), "tip": p.tip})
		}
		sign := m{"type": "point", "filled": true, "opacity": 1, "color": k.color, "size": 4 * k.radius * k.radius, "clip": v.zoom && !k.px, "shape": "circle"}
		if corners := k.shape.outline(); corners != nil {
			var path strings.Builder
			for i, c := range corners {
				path.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + fmt.Sprintf("%v,%v", c.x, c.y))
			}
			sign["shape"] = path.String() + "Z"
		}
		v.add(k.px, rows, sign, m{"tooltip": m{"field": "tip", "type": "nominal"}})
	})
}

// labels are one layer of those on the axis and one of those on pixels: each layer costs a notebook half a kilobyte.
func (v *chart) labels() {
	grouped(v.scene.labels, func(l label) bool { return l.px }, func(px bool, labels []label) {
		var rows []m
		for _, l := range labels {
			weight := "normal"
			if l.bold {
				weight = "bold"
			}
			rows = append(rows, m{"x": rounded(l.x), "y": rounded(l.y), "t": l.text, "a": l.align, "w": weight, "c": cmp.Or(l.color, pageInk)})
		}
		mark := m{"type": "text", "align": m{"expr": "datum.a"}, "fontWeight": m{"expr": "datum.w"}, "baseline": "middle", "fontSize": 11, "clip": !px, "tooltip": nil}
		v.add(px, rows, mark, m{"text": m{"field": "t", "type": "nominal"}, "color": m{"field": "c", "type": "nominal", "scale": nil, "legend": nil}})
	})
}
