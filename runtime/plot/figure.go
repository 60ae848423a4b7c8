// Package plot draws timelines and measurements.
//
//	GIL      one run: who held the GIL, a lane for each thread with its figures, the busy cores
//	Compare  two to four runs of the same code under each other, on one scale of time
//	Waits    how many waits there were of each length: for the GIL, and for each lock
//	Twins    the same program in real Pythons and in Go, on both machines
//	Speedup  how many times as fast more workers are, under the ceiling of this computer
//
// Ceiling measures that ceiling, Times makes a Series for Speedup of measured times, and Amdahl is the fit
// alone.
//
// Each drawing is a Figure, which a notebook shows when it is a cell's last expression: as a
// Vega-Lite chart where the front end draws those, as a PNG where it doesn't (GitHub, nbconvert), as
// text everywhere else. The three say the same, and no meaning hangs on colour alone: states have
// letters, stripes and bars of different heights too. What can't be drawn, such as series of different lengths, becomes
// a Figure that says so: a cell whose last expression it is needs no second result.
package plot

// This file defines figures: one drawing in three forms.

import "maps"

// A Figure is a drawing. It never changes, so its methods are safe for concurrent use. The zero Figure is empty.
type Figure struct {
	Caption string // one sentence that says what the figure means
	text    string
	scene   scene
}

// String returns the text twin, with the caption.
func (f *Figure) String() string { return f.text }

// PNG returns the drawing as a PNG file, at twice the size at which it is shown.
func (f *Figure) PNG() []byte { return f.scene.png() }

// Spec returns the drawing as a Vega-Lite 5 specification.
func (f *Figure) Spec() map[string]any { return f.scene.spec() }

// MIMEBundle returns the three forms, and as metadata the size of the picture and its text.
func (f *Figure) MIMEBundle() (data, metadata map[string]any) {
	alt := map[string]any{"alt": f.Caption}
	picture := maps.Clone(alt)
	picture["width"], picture["height"] = int(f.scene.width()), int(f.scene.height())
	return map[string]any{
		"application/vnd.vegalite.v5+json": f.Spec(),
		"image/png":                        f.PNG(),
		"text/plain":                       f.text,
	}, map[string]any{"image/png": picture}
}
