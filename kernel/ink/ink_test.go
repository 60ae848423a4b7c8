package ink_test

// This file computes the contrasts of the palette on the backgrounds of JupyterLab 4.

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gilkernel/kernel/ink"
)

// A colour is red, green and blue from 0 to 255, and opacity.
type colour struct{ r, g, b, a float64 }

// over is c on an opaque background.
func (c colour) over(back colour) colour {
	mix := func(x, y float64) float64 { return x*c.a + y*(1-c.a) }
	return colour{mix(c.r, back.r), mix(c.g, back.g), mix(c.b, back.b), 1}
}

// luminance is WCAG's relative luminance.
func (c colour) luminance() float64 {
	part := func(v float64) float64 {
		if v /= 255; v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.r) + 0.7152*part(c.g) + 0.0722*part(c.b)
}

func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// themes are JupyterLab's: the text of outputs (--jp-content-font-color1), its secondary text (--jp-ui-font-color2),
// the page (--jp-layout-color0) and what lies over it behind errors (--jp-rendermime-error-background).
var themes = []struct {
	name                         string
	text, second, page, errorRed colour
}{
	{"JupyterLab Light", colour{0, 0, 0, .87}, colour{0, 0, 0, .54}, colour{255, 255, 255, 1},
		colour{255, 221, 221, 1}},
	{"JupyterLab Dark", colour{255, 255, 255, 1}, colour{255, 255, 255, .54}, colour{17, 17, 17, 1},
		colour{244, 67, 54, .28}},
	{"JupyterLab Dark High Contrast", colour{255, 255, 255, 1}, colour{255, 255, 255, 1}, colour{17, 17, 17, 1},
		colour{244, 67, 54, .28}},
}

// sixteen are JupyterLab's values of the terminal's colours, normal and intense (packages/rendermime/style/base.css).
var sixteen = strings.Fields("3e424d e75c58 00a250 ddb62b 208ffb d160c4 60c6c8 c5c1b4 282c36 b22b31 007427 b27d12 " +
	"0065ca a03196 258f8f a1a6b2")

func hex(s string) colour {
	n, _ := strconv.ParseUint(s, 16, 32)
	return colour{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255), 1}
}

// indexed is a colour of the palette of 256.
func indexed(n int) colour {
	if n < 16 {
		return hex(sixteen[n])
	}
	if n >= 232 {
		v := float64(8 + 10*(n-232))
		return colour{v, v, v, 1}
	}
	level := func(i int) float64 {
		if i == 0 {
			return 0
		}
		return float64(55 + 40*i)
	}
	n -= 16
	return colour{level(n / 36), level(n / 6 % 6), level(n % 6), 1}
}

var sequence = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// legible returns the contrast of text in a front end with this text and background.
func legible(t *testing.T, text string, fore, back colour) float64 {
	t.Helper()
	codes := strings.Split(sequence.FindStringSubmatch(text)[1], ";")
	bold := false
	for i := 0; i < len(codes); i++ {
		n, _ := strconv.Atoi(codes[i])
		switch {
		case n == 1:
			bold = true
		case n >= 30 && n < 38:
			fore = hex(sixteen[n-30])
			if bold {
				fore = hex(sixteen[n-22])
			}
		case n == 38 || n == 48:
			c, _ := strconv.Atoi(codes[i+2])
			i += 2
			if n == 38 {
				fore = indexed(c)
			} else {
				back = indexed(c)
			}
		default:
			t.Fatalf("what is %d in %q?", n, text)
		}
	}
	return contrast(fore.over(back), back)
}

func TestContrast(t *testing.T) {
	for _, theme := range themes {
		back := theme.errorRed.over(theme.page)
		for name, text := range map[string]string{"a kind": ink.Kind("x"), "a place": ink.Place("x"),
			"a mark": ink.Mark("x")} {
			if got := legible(t, text, theme.text, back); got < 4.5 {
				t.Errorf("%s: %s has a contrast of %.2f", theme.name, name, got)
			}
		}
		if got := contrast(theme.second.over(theme.page), theme.page); got < 4.5 {
			t.Errorf("%s: a note has a contrast of %.2f", theme.name, got)
		}
		// What the palette is for: the colours of terminals aren't.
		if got := legible(t, "\x1b[31m", theme.text, back); got >= 4.5 {
			t.Errorf("%s: red has a contrast of %.2f, so it could be used", theme.name, got)
		}
	}
	fallback := regexp.MustCompile(`#([0-9a-f]{6})`).FindStringSubmatch(ink.NoteColour)
	for _, back := range []string{"ffffff", "000000"} {
		if got := contrast(hex(fallback[1]), hex(back)); got < 4.5 {
			t.Errorf("a note on #%s has a contrast of %.2f", back, got)
		}
	}
}

// Text without colours is what was said.
func TestPlain(t *testing.T) {
	if got := sequence.ReplaceAllString(fmt.Sprint(ink.Kind("a"), ink.Place("b"), ink.Mark("c")), ""); got != "abc" {
		t.Errorf("%q", got)
	}
}
