package plot

// This file defines what the states look like, and the legend.

import (
	"gilkernel/runtime/timeline"
)

// A look is how a state is drawn.
type look struct {
	fill    string // of Okabe and Ito's palette, which the colour-blind can tell apart
	ink     string // of the letter on it
	height  float64
	texture texture
}

// looks show by height that a thread runs, by stripes that it waits, and the rest by thin bars. So neighbours differ in
// grey too, and in pieces that are too narrow for their letters: TestGrey compares all pairs. Stripes lie along the
// time, because those across it would become others when a reader looks closer.
func looks(k timeline.Kind) look {
	switch k {
	case timeline.Run:
		return look{"#0072b2", "#ffffff", 20, plain}
	case timeline.Native:
		return look{"#d55e00", "#000000", 20, edged}
	case timeline.NativeFree:
		return look{"#009e73", "#000000", 20, split}
	case timeline.WaitGIL:
		return look{"#e69f00", "#000000", 14, striped}
	case timeline.WaitLock, timeline.WaitQueue, timeline.WaitEvent, timeline.WaitJoin:
		return look{"#cc79a7", "#000000", 14, lidded}
	case timeline.Ready:
		return look{"#f0e442", "#000000", 14, edged}
	case timeline.IO:
		return look{"#56b4e9", "#000000", 10, plain}
	case timeline.Sleep:
		return look{"#bbbbbb", "#000000", 7, plain}
	case timeline.Paused:
		return look{"#7a7a7a", "#000000", 14, split}
	case timeline.Outside:
		return look{"#f4f4f4", "#000000", 10, railed}
	case timeline.Blocked:
		return look{"#000000", "#ffffff", 14, framed}
	}
	return look{}
}

// A texture is a pattern of stripes.
type texture uint8

const (
	plain texture = iota
	edged
	split
	striped
	lidded
	framed
	railed
)

// A stripe is a part of a bar's height, from 0 at the top to 1.
type stripe struct {
	from, to float64
	color    string
}

func (t texture) stripes() []stripe {
	switch t {
	case edged:
		return []stripe{{0.08, 0.2, "#000000"}, {0.8, 0.92, "#000000"}}
	case split:
		return []stripe{{0.12, 0.22, "#ffffff"}, {0.78, 0.88, "#ffffff"}}
	case striped:
		return []stripe{{0.09, 0.23, "#fff0cc"}, {0.43, 0.57, "#fff0cc"}, {0.77, 0.91, "#fff0cc"}}
	case lidded:
		return []stripe{{0.09, 0.27, "#4a1f38"}}
	case railed:
		return []stripe{{0, 0.14, "#7a7a7a"}, {0.86, 1, "#7a7a7a"}}
	case framed: // black has no edge on a dark page
		return []stripe{{0, 0.1, "#ffffff"}, {0.9, 1, "#ffffff"}}
	}
	return nil
}

// below is by how much a bar's letter stands under its middle, so that a stripe at the top doesn't cross it.
func (t texture) below() float64 {
	if t == lidded {
		return 1.5
	}
	return 0
}

// A key draws the legend: entries one after the other, in as many lines as they need.
type key struct {
	s    *scene
	x, y float64
}

const keyLine = 22

// entry makes room for a sign and its words, writes the words and returns where the sign's middle is.
func (k *key) entry(sign float64, words string) (x, y float64) {
	w := sign + 5 + measure(words, "regular")*1.15 // the page's font may be wider than ours
	if k.x > 0 && k.x+w > k.s.left+k.s.area+k.s.right {
		k.x, k.y = 0, k.y+keyLine
	}
	x = k.x - k.s.left
	k.s.label(x+sign+5, k.y, true, "left", words)
	k.x += w + 14
	return x + sign/2, k.y
}

func (k *key) state(kind timeline.Kind, words string) {
	l := looks(kind)
	x, y := k.entry(16, words)
	k.s.boxes = append(k.s.boxes, box{x0: x - 8, x1: x + 8, y0: y - l.height/2, y1: y + l.height/2, px: true,
		fill: l.fill, texture: l.texture, tip: words})
	k.s.labels = append(k.s.labels, label{x, y + l.texture.below(), true, string(kind.Letter()), "center", true, l.ink})
}

func (k *key) mark(sh shape, radius float64, color, words string) {
	x, y := k.entry(2*radius+2, words)
	k.s.marks = append(k.s.marks, mark{x: x, y: y, px: true, shape: sh, radius: radius, color: color, tip: words})
}

func (k *key) line(l line, words string) {
	x, y := k.entry(20, words)
	l.px, l.under = true, false
	l.points = []point{{x - 10, y}, {x + 10, y}}
	k.s.lines = append(k.s.lines, l)
}

// legend explains the states in use, of which those with the same letter are one.
func (k *key) legend(used map[timeline.Kind]bool) {
	seen := map[byte]bool{}
	for kind := timeline.Start; kind <= timeline.Blocked; kind++ {
		if !used[kind] || looks(kind).height == 0 || seen[kind.Letter()] {
			continue
		}
		seen[kind.Letter()] = true
		words := kind.String()
		if kind.Letter() == 'L' {
			words = "wait for lock, queue, event, join"
		}
		k.state(kind, words)
	}
}
