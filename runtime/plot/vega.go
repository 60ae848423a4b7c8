package plot

// This file defines the chart: a scene as Vega-Lite.

// spec returns the scene as a Vega-Lite 5 specification. It brings its own paper and ink: a front end's
// dark theme sets the colours of axes and titles, but not those of text marks, and half of the words
// would be black on black.
func (s *scene) spec() map[string]any {
	type m = map[string]any
	type data = []m
	num := func(field string) m { return m{"field": field, "type": "quantitative", "scale": nil, "axis": nil} }
	time := m{"field": "x", "type": "quantitative", "title": s.axis, "axis": m{"grid": false}, "scale": m{"domain": []float64{s.from, max(s.to, s.from+1e-9)}, "nice": false, "zero": false}}
	layers := data{}
	for _, px := range []bool{false, true} {
		rows := data{}
		for _, b := range s.boxes {
			if b.px == px {
				rows = append(rows, m{"x": b.x0, "x2": b.x1, "y": b.y0, "y2": b.y1, "c": b.fill, "tip": b.tip})
			}
		}
		x := time
		if px {
			x = num("x")
		}
		layer := m{"data": m{"values": rows}, "mark": m{"type": "rect", "clip": !px}, "encoding": m{
			"x": x, "x2": m{"field": "x2"}, "y": num("y"), "y2": m{"field": "y2"},
			"fill":    m{"field": "c", "type": "nominal", "scale": nil, "legend": nil},
			"tooltip": m{"field": "tip", "type": "nominal"}}}
		if !px {
			layer["params"] = data{{"name": "zoom", "select": m{"type": "interval", "encodings": []string{"x"}}, "bind": "scales"}}
		}
		layers = append(layers, layer)
	}
	type style struct {
		px, bold     bool
		align, color string
	}
	groups := map[style]data{}
	var order []style
	for _, l := range s.labels {
		k := style{l.px, l.bold, l.align, l.color}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], m{"x": l.x, "y": l.y, "t": l.text})
	}
	for _, k := range order {
		mark := m{"type": "text", "align": k.align, "baseline": "middle", "fontSize": 11, "clip": !k.px}
		if k.bold {
			mark["fontWeight"] = "bold"
		}
		if k.color == "" {
			mark["color"] = "#1a1a1a"
		} else {
			mark["color"] = k.color
		}
		x := time
		if k.px {
			x = num("x")
		}
		layers = append(layers, m{"data": m{"values": groups[k]}, "mark": mark, "encoding": m{"x": x, "y": num("y"), "text": m{"field": "t", "type": "nominal"}}})
	}
	return m{
		"$schema": "https://vega.github.io/schema/vega-lite/v5.json",
		"title":   m{"text": s.title, "subtitle": s.caption, "anchor": "start", "frame": "bounds", "subtitlePadding": 6},
		"width":   s.area, "height": s.rows, "layer": layers,
		"background": "#fafaf8", "padding": margin,
		"config": m{
			"view":  m{"stroke": nil},
			"title": m{"color": "#1a1a1a", "subtitleColor": "#1a1a1a", "subtitleFontSize": 12},
			"axis":  m{"labelColor": "#1a1a1a", "titleColor": "#1a1a1a", "domainColor": "#1a1a1a", "tickColor": "#1a1a1a", "gridColor": "#dddddd"},
			"style": m{"guide-label": m{"fill": "#1a1a1a"}, "guide-title": m{"fill": "#1a1a1a"}},
		},
	}
}
