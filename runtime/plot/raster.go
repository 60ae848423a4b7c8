package plot

// This file defines how rectangles, lines and signs become pixels. Coordinates are the page's.

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// fill colours the whole pixels of a rectangle.
func fill(img draw.Image, x0, y0, x1, y1 float64, c color.Color) {
	r := image.Rect(int(math.Round(x0*scale)), int(math.Round(y0*scale)), int(math.Round(x1*scale)),
		int(math.Round(y1*scale)))
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// stroke draws a straight line whose dashes continue from its beginning's place along the way.
func stroke(img *image.RGBA, from, to point, width float64, c color.RGBA, dashes []float64, along float64) {
	length := distance(from, to)
	if length == 0 {
		return
	}
	var round float64
	for _, d := range dashes {
		round += d
	}
	ux, uy := (to.x-from.x)/length, (to.y-from.y)/length
	r := width/2 + 1
	each(img, min(from.x, to.x)-r, min(from.y, to.y)-r, max(from.x, to.x)+r, max(from.y, to.y)+
		r, func(p point) float64 {
		t := (p.x-from.x)*ux + (p.y-from.y)*uy
		off := math.Abs((p.x-from.x)*uy - (p.y-from.y)*ux)
		if t < -width/2 || t > length+width/2 {
			return 0
		}
		if round > 0 {
			at := math.Mod(along+max(t, 0), round)
			for i, d := range dashes {
				if at < d {
					if i%2 == 1 {
						return 0
					}
					break
				}
				at -= d
			}
		}
		return (width/2-off)*scale + 0.5
	}, c)
}

// sign draws a mark.
func sign(img *image.RGBA, at point, s shape, radius float64, c color.RGBA) {
	corners := s.outline()
	r := radius*1.2 + 1
	each(img, at.x-r, at.y-r, at.x+r, at.y+r, func(p point) float64 {
		if corners == nil {
			return (radius-distance(p, at))*scale + 0.5
		}
		const n = 4 // by n samples
		in := 0
		for i := range n * n {
			q := point{p.x + (float64(i%n)+0.5)/n/scale - 0.5/scale - at.x,
				p.y + (float64(i/n)+0.5)/n/scale - 0.5/scale - at.y}
			if inside(point{q.x / radius, q.y / radius}, corners) {
				in++
			}
		}
		return float64(in) / (n * n)
	}, c)
}

// each mixes a colour into the pixels of a rectangle, as much of it as cover says for the pixel's middle.
func each(img *image.RGBA, x0, y0, x1, y1 float64, cover func(point) float64, c color.RGBA) {
	area := image.Rect(int(x0*scale), int(y0*scale), int(x1*scale)+1, int(y1*scale)+1).Intersect(img.Bounds())
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			a := min(1, max(0, cover(point{(float64(x) + 0.5) / scale, (float64(y) + 0.5) / scale})))
			if a == 0 {
				continue
			}
			old := img.RGBAAt(x, y)
			mix := func(a0, b0 uint8) uint8 { return uint8(math.Round(float64(a0)*(1-a) + float64(b0)*a)) }
			img.SetRGBA(x, y, color.RGBA{mix(old.R, c.R), mix(old.G, c.G), mix(old.B, c.B), 0xff})
		}
	}
}

// inside reports whether a point is inside a polygon.
func inside(p point, corners []point) bool {
	in := false
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)/(b.y-a.y)*(b.x-a.x) {
			in = !in
		}
	}
	return in
}

func distance(a, b point) float64 { return math.Hypot(a.x-b.x, a.y-b.y) }
