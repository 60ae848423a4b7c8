// Fontgen draws the Go fonts into the picture and the table of metrics that runtime/plot embeds:
//
//	cd runtime/plot/testdata/fontgen && go run . ../..
//
// It is a module of its own: the runtime needs nothing but the standard library, and this needs
// golang.org/x/image. The fonts are Bigelow & Holmes's, under Go's own licence.
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

func main() {
	var runes []rune
	for r := rune(' '); r <= 0xff; r++ {
		if r < 0x7f || r >= 0xa1 {
			runes = append(runes, r)
		}
	}
	runes = append(runes, []rune("–—‘’“”…≈≤≥←→∞Σμ▲▼")...)
	const width = 1024
	atlas := image.NewGray(image.Rect(0, 0, width, 2000))
	var table strings.Builder
	x, y, row := 0, 0, 0
	for _, f := range []struct {
		name string
		ttf  []byte
		size float64
	}{{"regular", goregular.TTF, 22}, {"bold", gobold.TTF, 22}, {"title", gobold.TTF, 30}} {
		parsed, err := opentype.Parse(f.ttf)
		if err != nil {
			log.Fatal(err)
		}
		face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: f.size, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Fprintf(&table, "%s %d\n", f.name, int(f.size))
		for _, r := range runes {
			dr, mask, mp, advance, ok := face.Glyph(fixed.Point26_6{}, r)
			if !ok {
				log.Printf("%s has no %q", f.name, r)
				continue
			}
			if x+dr.Dx() > width {
				x, y, row = 0, y+row, 0
			}
			draw.DrawMask(atlas, image.Rect(x, y, x+dr.Dx(), y+dr.Dy()), image.NewUniform(color.White), image.Point{}, mask, mp, draw.Src)
			fmt.Fprintf(&table, "%d %d %d %d %d %d %d %d\n", r, x, y, dr.Dx(), dr.Dy(), dr.Min.X, dr.Min.Y, advance.Round())
			x, row = x+dr.Dx(), max(row, dr.Dy())
		}
	}
	out := atlas.SubImage(image.Rect(0, 0, width, y+row))
	f, err := os.Create(filepath.Join(os.Args[1], "font.png"))
	if err != nil {
		log.Fatal(err)
	}
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, out); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(os.Args[1], "font.txt"), []byte(table.String()), 0o644); err != nil {
		log.Fatal(err)
	}
}
