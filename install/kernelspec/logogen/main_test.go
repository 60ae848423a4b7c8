package main

// This file is inside the package, because a program has no outside to test from.

import (
	"fmt"
	"image"
	_ "image/png"
	"os"
	"testing"
)

// The pixels are compared and not the bytes: another Go may pack the same picture differently.
func TestLogosAreWhatIsDrawn(t *testing.T) {
	for _, size := range []int{32, 64} {
		name := fmt.Sprintf("../logo-%dx%d.png", size, size)
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		stored, _, err := image.Decode(f)
		if err != nil {
			t.Fatalf("decoding %s: %v", name, err)
		}
		drawn := render(size)
		if stored.Bounds() != drawn.Bounds() {
			t.Fatalf("%s is %v, want %v", name, stored.Bounds(), drawn.Bounds())
		}
		for y := range size {
			for x := range size {
				r1, g1, b1, a1 := stored.At(x, y).RGBA()
				r2, g2, b2, a2 := drawn.At(x, y).RGBA()
				if r1 != r2 || g1 != g2 || b1 != b2 || a1 != a2 {
					t.Fatalf("%s differs at %d,%d: run go generate", name, x, y)
				}
			}
		}
	}
	b, err := os.ReadFile("../logo-svg.svg")
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != svg() {
		t.Error("logo-svg.svg differs from what is drawn: run go generate")
	}
}
