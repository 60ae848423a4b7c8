package plot_test

// This file defines the test that the states can be told apart without colours.

import (
	"bytes"
	"image/color"
	"image/png"
	"math"
	"testing"

	"gilkernel/runtime/plot"
)

// TestGrey draws each state as a piece that is too narrow for its letter, and compares what a printer makes of them:
// the luminances along a line across the lane.
func TestGrey(t *testing.T) {
	const kinds = "RNFWLQISPXG"
	words := ""
	for _, k := range kinds {
		words += string(k) + "1 "
	}
	tl := script{info("grey", "free-threaded", 1), []lane{{gilThread("all"), words + "S40 ."}}}.timeline(t)
	for i := range tl.Threads {
		tl.Threads[i].GIL = "" // no ribbon above the lane
	}
	img, err := png.Decode(bytes.NewReader(plot.GIL(tl).PNG()))
	if err != nil {
		t.Fatal(err)
	}
	blue := color.RGBAModel.Convert(color.RGBA{0x00, 0x72, 0xb2, 0xff})
	box := img.Bounds()
	left, top, right, bottom := math.MaxInt, math.MaxInt, 0, 0
	for y := range box.Dy() {
		for x := range box.Dx() {
			if img.At(x, y) == blue {
				if left == math.MaxInt {
					left, top = x, y
				}
				if y == top {
					right = x + 1
				}
				if x == left && y == max(bottom, top) {
					bottom = y + 1
				}
			}
		}
	}
	piece := right - left
	if high := bottom - top; piece < 4 || piece > 26 || high < 18 || high > 40 {
		t.Fatalf("the running piece is at %d to %d, %d to %d", left, right, top, bottom)
	}
	profile := func(i int) (out []float64) {
		x := left + i*piece + piece/2
		for y := top; y < bottom; y++ {
			r, g, b, _ := img.At(x, y).RGBA()
			out = append(out, (0.2126*float64(r)+0.7152*float64(g)+0.0722*float64(b))/65535)
		}
		return out
	}
	least := 1.0
	for i := range kinds {
		for j := range i {
			a, b := profile(i), profile(j)
			var d float64
			for y := range a {
				d += math.Abs(a[y]-b[y]) / float64(len(a))
			}
			least = min(least, d)
			if d < 0.08 {
				t.Errorf("%c and %c differ by %.3f of white in grey", kinds[i], kinds[j], d)
			}
		}
	}
	t.Logf("the two that are most alike differ by %.3f of white", least)
}
