package plot

// This file defines the scene: the one layout from which both the chart and the picture are made.

// A scene is one plot area with what is drawn in it. Along x are times in the axis's unit, or, with
// px, pixels from the area's left edge; along y are pixels from its top.
type scene struct {
	title             string
	caption           []string
	left, right, area float64 // widths
	rows              float64 // height of the area
	from, to          float64 // of the axis
	axis              string
	boxes             []box
	labels            []label
}

// A box is a rectangle of time.
type box struct {
	x0, x1, y0, y1 float64
	px             bool
	fill           string // "#rrggbb"
	tip            string
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

const (
	captionLine = 16
	axisRoom    = 40
	titleRoom   = 26
	margin      = 10
)

func (s *scene) top() float64    { return margin + titleRoom + captionLine*float64(len(s.caption)) + 8 }
func (s *scene) width() float64  { return 2*margin + s.left + s.area + s.right }
func (s *scene) height() float64 { return s.top() + s.rows + axisRoom + margin }

// x returns the pixel of an x.
func (s *scene) x(v float64, px bool) float64 {
	if px || s.to <= s.from {
		return v
	}
	return (v - s.from) / (s.to - s.from) * s.area
}
