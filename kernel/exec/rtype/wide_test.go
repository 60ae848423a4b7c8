package rtype_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"io"
	"testing"
	"time"
)

func TestWideSignatures(t *testing.T) {
	now := time.Now()
	ctx := pointType(
		method("Deadline", func(*pointData) (time.Time, bool) { return now, true }),
		method("Done", func(*pointData) <-chan struct{} { return context.Background().Done() }),
		method("Err", func(*pointData) error { return nil }),
		method("Value", func(p *pointData, key any) any { return fmt.Sprint(key, p.x) }))
	c := context.WithValue(valueOf(ctx, pointData{1, 2}).Interface().(context.Context), io.EOF, 1)
	if d, ok := c.Deadline(); !ok || !d.Equal(now) || c.Value("k") != "k1" || c.Err() != nil || c.Done() != nil {
		t.Error("context.Context goes wrong")
	}
	img := pointType(
		method("ColorModel", func(*pointData) color.Model { return color.RGBAModel }),
		method("Bounds", func(p *pointData) image.Rectangle { return image.Rect(0, 1, p.x, p.y) }),
		method("At", func(p *pointData, x, y int) color.Color { return color.RGBA{uint8(x), uint8(y), 3, 4} }))
	i := valueOf(img, pointData{5, 6}).Interface().(image.Image)
	if i.Bounds() != image.Rect(0, 1, 5, 6) || i.At(1, 2) != (color.RGBA{1, 2, 3, 4}) ||
		i.ColorModel() != color.RGBAModel {
		t.Error("image.Image goes wrong")
	}
	type big struct {
		a [5]int
		s string
	}
	type wide interface {
		M(a [3]int, b big, f float32, c complex128, i8 int8, u uint16, s []string, e error, z struct{},
			more ...any) (big, float32, [2]string, int8, complex128, error)
	}
	w := pointType(method("M", func(
		p *pointData, a [3]int, b big, f float32, c complex128, i8 int8, u uint16, s []string, e error, z struct{},
		more ...any,
	) (big, float32, [2]string, int8, complex128, error) {
		b.a[p.x] = a[2] + len(more) + int(u)
		return b, f * 2, [2]string{s[0], b.s}, -i8, c * 2, e
	}))
	x := valueOf(w, pointData{1, 2}).Interface().(wide)
	for range 3 {
		b, f, s, n, c, e := x.M([3]int{1, 2, 3}, big{s: "big"}, 1.5, 2i, 7, 100, []string{"s"}, io.EOF, struct{}{}, 1,
			"two")
		if b != (big{a: [5]int{1: 105}, s: "big"}) || f != 3 || s != [2]string{"s", "big"} || e != io.EOF || n != -7 ||
			c != 4i {
			t.Error(b, f, s, e, n, c)
		}
	}
}
