package plot

// This file defines the picture: a scene as a PNG, with a font of its own.

import (
	_ "embed"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strings"
	"sync"
)

// The glyphs are those of the Go fonts by Bigelow & Holmes, under Go's own licence; testdata/fontgen
// draws them.
var (
	//go:embed font.png
	fontPNG string
	//go:embed font.txt
	fontTable string
	faces     = sync.OnceValue(readFaces)
)

type glyph struct{ x, y, w, h, dx, dy, advance int }

type font struct {
	atlas *image.Alpha
	faces map[string]map[rune]glyph
}

func readFaces() font {
	src, err := png.Decode(strings.NewReader(fontPNG))
	if err != nil {
		panic(fmt.Errorf("reading the built-in font: %w", err))
	}
	f := font{image.NewAlpha(src.Bounds()), map[string]map[rune]glyph{}}
	for y := range src.Bounds().Dy() {
		for x := range src.Bounds().Dx() {
			f.atlas.SetAlpha(x, y, color.Alpha{src.(*image.Gray).GrayAt(x, y).Y})
		}
	}
	var face map[rune]glyph
	for line := range strings.Lines(fontTable) {
		var r rune
		var g glyph
		if n, _ := fmt.Sscan(line, &r, &g.x, &g.y, &g.w, &g.h, &g.dx, &g.dy, &g.advance); n == 8 {
			face[r] = g
			continue
		}
		face = map[rune]glyph{}
		f.faces[strings.Fields(line)[0]] = face
	}
	return f
}

// measure returns a text's width in pixels of the page.
func measure(text, face string) float64 {
	w := 0
	for _, r := range text {
		g, ok := faces().faces[face][r]
		if !ok {
			g = faces().faces[face]['?']
		}
		w += g.advance
	}
	return float64(w) / scale
}

// scale is how many pixels the picture has for one of the page.
const scale = 2

// pageInk and pagePaper are the picture's: a PNG can't follow a theme. The paper suits light pages and dark ones:
// opaque, and not quite white.
const (
	pageInk   = "#1a1a1a"
	pagePaper = "#fafaf8"
)

var paper, ink = parse(pagePaper), parse(pageInk)

func parse(hex string) color.RGBA {
	if hex == "" {
		hex = pageInk
	}
	c := color.RGBA{A: 0xff}
	_, _ = fmt.Sscanf(hex, "#%02x%02x%02x", &c.R, &c.G, &c.B) // black if it isn't one
	return c
}

// write draws a text whose middle is at y, on pixels of the page.
func write(img draw.Image, x, y float64, text, face, align string, c color.Color) {
	switch w := measure(text, face); align {
	case "center":
		x -= w / 2
	case "right":
		x -= w
	}
	f := faces()
	capital := f.faces[face]['H']
	px, base := int(math.Round(x*scale)), int(math.Round(y*scale))+capital.h/2
	for _, r := range text {
		g, ok := f.faces[face][r]
		if !ok {
			g = f.faces[face]['?']
		}
		at := image.Rect(px+g.dx, base+g.dy, px+g.dx+g.w, base+g.dy+g.h)
		draw.DrawMask(img, at, image.NewUniform(c), image.Point{}, f.atlas, image.Pt(g.x, g.y), draw.Over)
		px += g.advance
	}
}

// draw returns the picture, with scale pixels for one of the page.
func (s *scene) draw() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, int(s.width())*scale, int(s.height())*scale))
	draw.Draw(img, img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	write(img, margin, margin+titleRoom/2-2, fit(s.title, s.width()-2*margin, "title"), "title", "left", ink)
	for i, line := range s.caption {
		write(img, margin, margin+titleRoom+captionLine*(float64(i)+0.5), line, "regular", "left", ink)
	}
	left, top := margin+s.left, s.top()
	s.strokes(img, true)
	for _, b := range s.boxes {
		x0, x1 := left+s.x(b.x0, b.px), left+s.x(b.x1, b.px)
		x1 = max(x1, x0+0.5)
		fill(img, x0, top+b.y0, x1, top+b.y1, parse(b.fill))
		for _, st := range b.texture.stripes() {
			h := b.y1 - b.y0
			fill(img, x0, top+b.y0+st.from*h, x1, top+b.y0+st.to*h, parse(st.color))
		}
	}
	s.strokes(img, false)
	for _, m := range s.marks {
		sign(img, point{left + s.x(m.x, m.px), top + m.y}, m.shape, m.radius, parse(m.color))
	}
	for _, l := range s.labels {
		face, c := "regular", parse(l.color)
		if l.bold {
			face = "bold"
		}
		write(img, left+s.x(l.x, l.px), top+l.y, l.text, face, l.align, c)
	}
	if s.axis != "" {
		bottom := top + s.rows
		fill(img, left, bottom, left+s.area, bottom+0.5, ink)
		for _, t := range s.axisTicks() {
			x := left + s.x(t.v, false)
			fill(img, x, bottom, x+0.5, bottom+4, ink)
			write(img, x, bottom+12, t.text, "regular", "center", ink)
		}
		write(img, left+s.area/2, bottom+28, s.axis, "regular", "center", ink)
	}
	return img
}

// strokes draws the lines that are under the boxes, or the others.
func (s *scene) strokes(img *image.RGBA, under bool) {
	left, top := margin+s.left, s.top()
	for _, l := range s.lines {
		if l.under != under {
			continue
		}
		var along float64
		for i := 1; i < len(l.points); i++ {
			a, b := l.points[i-1], l.points[i]
			from, to := point{left + s.x(a.x, l.px), top + a.y}, point{left + s.x(b.x, l.px), top + b.y}
			stroke(img, from, to, l.width, parse(l.color), l.dash.pattern(), along)
			along += distance(from, to)
		}
	}
}
