// Command logogen draws the kernel's logo: a padlock that three threads run through, of which one holds it.
package main

// This file defines the drawing, as distances to simple shapes, and its two outputs: pixels or SVG.

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"math"
	"os"
	"strings"
)

// shape is a rounded rectangle on a canvas of 64 × 64 units; with a width it is only its outline.
type shape struct {
	x, y, w, h, r float64
	width         float64
	fill          color.NRGBA
}

var (
	night = color.NRGBA{0x1b, 0x2a, 0x41, 0xff}
	steel = color.NRGBA{0xc9, 0xd6, 0xdf, 0xff}
	teal  = color.NRGBA{0x1f, 0x9e, 0xa8, 0xff}
	amber = color.NRGBA{0xff, 0xc2, 0x4b, 0xff}
	shade = color.NRGBA{0x12, 0x6a, 0x73, 0xff}
)

// drawing lists the shapes from back to front.
func drawing() []shape {
	return []shape{
		{x: 0, y: 0, w: 64, h: 64, r: 13, fill: night},
		{x: 20, y: 9, w: 24, h: 40, r: 12, width: 6, fill: steel}, // the shackle; the body covers its lower half
		{x: 11, y: 28, w: 42, h: 29, r: 6, fill: teal},
		{x: 17, y: 33.5, w: 30, h: 4, r: 2, fill: shade},
		{x: 17, y: 40.5, w: 30, h: 4, r: 2, fill: amber}, // the thread that runs
		{x: 17, y: 47.5, w: 30, h: 4, r: 2, fill: shade},
	}
}

// covers says whether the shape covers the point.
func (s shape) covers(px, py float64) bool {
	dx := math.Abs(px-(s.x+s.w/2)) - (s.w/2 - s.r)
	dy := math.Abs(py-(s.y+s.h/2)) - (s.h/2 - s.r)
	d := math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - s.r
	if s.width > 0 {
		return math.Abs(d) <= s.width/2
	}
	return d <= 0
}

// render draws the logo with size pixels on each side. Each pixel is the mean of 8 × 8 points in it.
func render(size int) *image.NRGBA {
	const fine = 8
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	unit := 64 / float64(size)
	shapes := drawing()
	for y := range size {
		for x := range size {
			var r, g, b, n int
			for i := range fine * fine {
				px := (float64(x) + (float64(i%fine)+0.5)/fine) * unit
				py := (float64(y) + (float64(i/fine)+0.5)/fine) * unit
				for j := len(shapes) - 1; j >= 0; j-- {
					if shapes[j].covers(px, py) {
						c := shapes[j].fill
						r, g, b, n = r+int(c.R), g+int(c.G), b+int(c.B), n+1
						break
					}
				}
			}
			if n > 0 {
				img.SetNRGBA(x, y,
					color.NRGBA{uint8(r / n), uint8(g / n), uint8(b / n), uint8(n * 255 / (fine * fine))})
			}
		}
	}
	return img
}

// svg writes the same shapes as SVG.
func svg() string {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="Go (GIL): a ` +
		`padlock with three threads">` + "\n")
	for _, s := range drawing() {
		paint := fmt.Sprintf(`fill="#%02x%02x%02x"`, s.fill.R, s.fill.G, s.fill.B)
		if s.width > 0 {
			paint = fmt.Sprintf(`fill="none" stroke="#%02x%02x%02x" stroke-width="%g"`, s.fill.R, s.fill.G, s.fill.B,
				s.width)
		}
		fmt.Fprintf(&b, `  <rect x="%g" y="%g" width="%g" height="%g" rx="%g" %s/>`+"\n", s.x, s.y, s.w, s.h, s.r,
			paint)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func main() {
	for _, size := range []int{32, 64} {
		f, err := os.Create(fmt.Sprintf("logo-%dx%d.png", size, size))
		if err != nil {
			log.Fatal(err)
		}
		enc := png.Encoder{CompressionLevel: png.BestCompression}
		if err := enc.Encode(f, render(size)); err != nil {
			log.Fatal(err)
		}
		if err := f.Close(); err != nil {
			log.Fatal(err)
		}
	}
	if err := os.WriteFile("logo-svg.svg", []byte(svg()), 0o644); err != nil {
		log.Fatal(err)
	}
}
