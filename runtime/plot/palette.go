package plot

// This file defines the palettes of pictures: a picture with few colours takes a quarter of the bytes of one with all,
// and every figure of a notebook is stored in it.

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// fewColors is what four bits can say, shades is how many of them smooth the edges of letters, at least.
const (
	fewColors = 16
	shades    = 6
)

// palette returns the colours that a scene names.
func (s *scene) palette() map[color.RGBA]bool {
	named := map[color.RGBA]bool{paper: true, ink: true}
	for _, b := range s.boxes {
		named[parse(b.fill)] = true
		for _, st := range b.texture.stripes() {
			named[parse(st.color)] = true
		}
	}
	for _, l := range s.lines {
		named[parse(l.color)] = true
	}
	for _, m := range s.marks {
		named[parse(m.color)] = true
	}
	for _, l := range s.labels {
		named[parse(l.color)] = true
	}
	return named
}

// paletted returns the picture with few colours: those named as they are, the most frequent of the others, and for the
// rest, which smooth the edges of letters, the nearest of those. most bounds their number, unless a few are enough.
func paletted(img *image.RGBA, named map[color.RGBA]bool, most int) *image.Paletted {
	counts := map[color.RGBA]int{}
	for i := 0; i < len(img.Pix); {
		c, from := rgba(img.Pix[i:]), i
		for i += 4; i < len(img.Pix) && rgba(img.Pix[i:]) == c; i += 4 {
		}
		counts[c] += (i - from) / 4
	}
	colors := make([]color.RGBA, 0, len(counts))
	for c := range counts {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int { // the same picture gives the same bytes
		if named[a] != named[b] {
			return map[bool]int{true: -1, false: 1}[named[a]]
		}
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G),
			cmp.Compare(a.B, b.B), cmp.Compare(a.A, b.A))
	})
	if len(named)+shades <= fewColors {
		most = fewColors
	}
	var palette color.Palette
	for _, c := range colors[:min(len(colors), most)] {
		palette = append(palette, c)
	}
	index := make(map[color.RGBA]uint8, len(colors))
	for i, c := range colors {
		if i < len(palette) {
			index[c] = uint8(i)
		} else {
			index[c] = uint8(palette.Index(c))
		}
	}
	out := image.NewPaletted(img.Bounds(), palette)
	var last color.RGBA // of the zero colour there is none
	var at uint8
	for i := range out.Pix {
		if c := rgba(img.Pix[4*i:]); c != last {
			last, at = c, index[c]
		}
		out.Pix[i] = at
	}
	return out
}

func rgba(p []byte) color.RGBA { return color.RGBA{p[0], p[1], p[2], p[3]} }
