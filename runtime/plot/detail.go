package plot

// This file defines how much a chart shows: as much as a notebook has room for.

import "encoding/json"

// chartRoom is how many bytes of a notebook a chart may take, so that room is left to its picture.
const chartRoom = 30_500

// A detail is how much a chart shows of what happened.
type detail struct {
	boxes int     // pieces drawn one by one; of more than that a picture has columns of shares
	cols  int     // columns of a lane in shares, at least
	signs int     // hand-overs and drop requests marked one by one
	words bool    // tips say which thread, and where it was in the cell
	tips  bool    // pieces have tips
	lanes int     // lanes of all runs that are compared
	least float64 // width in pixels of a piece that has a letter
	speck float64 // width in pixels of what is left out as too small to see
}

// details returns the levels of detail, the richest first.
func details() []detail {
	return []detail{
		{boxes: 300, cols: 40, signs: 120, words: true, tips: true, lanes: 24, least: 13, speck: 0.02},
		{boxes: 300, cols: 40, signs: 120, tips: true, lanes: 24, least: 13, speck: 0.02},
		{boxes: 220, cols: 36, signs: 80, tips: true, lanes: 24, least: 13, speck: 0.02},
		{boxes: 220, cols: 36, signs: 80, lanes: 20, least: 13, speck: 0.2},
		{boxes: 160, cols: 32, signs: 60, lanes: 16, least: 16, speck: 0.2},
		{boxes: 120, cols: 28, signs: 60, lanes: 12, least: 20, speck: 0.2},
		{boxes: 80, cols: 24, signs: 30, lanes: 12, least: 24, speck: 0.5},
		{boxes: 60, cols: 20, signs: 20, lanes: 8, least: 24, speck: 0.5},
		{boxes: 40, cols: 12, lanes: 8, least: 40, speck: 0.5},
	}
}

// fitted returns the figure in the richest detail that a notebook has room for.
func fitted(build func(d detail) *Figure) *Figure {
	var f *Figure
	for _, d := range details() {
		if f = build(d); stored(f.scene.spec()) <= chartRoom {
			break
		}
	}
	return f
}

// stored returns how many bytes a specification takes in a notebook: indented, at the depth of an output's data.
func stored(spec map[string]any) int {
	b, err := json.MarshalIndent(spec, "        ", " ")
	if err != nil {
		return 0 // what isn't JSON can't be stored; no figure is
	}
	return len(b)
}
