package plot

// This file defines PNG files: pictures that are small enough to be stored in a notebook.

import (
	"bytes"
	"image"
	"image/png"
	"math"
)

// room is how many bytes a figure may take in a notebook: its chart, indented as notebooks are, and its picture in
// base64. The text is small.
const room = 56_000

// leastPNG is the room that is left for a picture beside a large chart.
const leastPNG = 12_000

// png returns the scene as a PNG file. It has scale pixels for one of the page if that leaves it small enough, or as
// many as do, at least one, and then fewer colours.
func (s *scene) png() []byte {
	budget := max(leastPNG, (room-stored(s.spec()))*3/4)
	full := s.draw()
	var file []byte
	img, zoom := full, 1.0
	for _, try := range []struct {
		zoom   float64
		colors int
	}{{1, 48}, {0.625, 48}, {0.5, 48}, {0.5, 24}, {0.5, 16}} {
		if len(file) > 2*budget && try.zoom > 0.5 {
			continue // three eighths off don't halve a file
		}
		if try.zoom != zoom {
			zoom = try.zoom
			img = shrunk(full, zoom)
		}
		var b bytes.Buffer
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		if err := encoder.Encode(&b, paletted(img, s.palette(), try.colors)); err != nil {
			return nil // a picture that is too large for the format: the twins are left
		}
		if file = b.Bytes(); len(file) <= budget {
			break
		}
	}
	return file
}

// shrunk returns the picture at a smaller size: each pixel is the mean of those that it covers.
func shrunk(img *image.RGBA, zoom float64) *image.RGBA {
	from := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(from.Dx())*zoom)), max(1, int(float64(from.Dy())*zoom))))
	size := out.Bounds()
	for y := range size.Dy() {
		for x := range size.Dx() {
			mean(img, out, x, y, 1/zoom)
		}
	}
	return out
}

// mean sets a pixel of out to the mean of a square of img whose sides are step long.
func mean(img, out *image.RGBA, x, y int, step float64) {
	size := img.Bounds()
	var sum [4]float64
	var area float64
	for sy := int(float64(y) * step); sy < min(size.Dy(), int(math.Ceil(float64(y+1)*step))); sy++ {
		h := overlap(float64(sy), float64(y)*step, step)
		for sx := int(float64(x) * step); sx < min(size.Dx(), int(math.Ceil(float64(x+1)*step))); sx++ {
			w := h * overlap(float64(sx), float64(x)*step, step)
			area += w
			for c := range sum {
				sum[c] += w * float64(img.Pix[img.PixOffset(sx, sy)+c])
			}
		}
	}
	for c, v := range sum {
		out.Pix[out.PixOffset(x, y)+c] = uint8(math.Round(v / area))
	}
}

// overlap returns how much of the pixel at lies between from and from+step.
func overlap(at, from, step float64) float64 {
	return max(0, min(at+1, from+step)-max(at, from))
}
