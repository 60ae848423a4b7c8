// Package plot draws what a timeline says.
//
// Each function returns a Figure, which a notebook shows when it is a cell's last expression: as a
// Vega-Lite chart where the front end draws those, as a PNG where it doesn't (GitHub, nbconvert), as
// text everywhere else. The three say the same, and no meaning hangs on colour alone: states have
// letters and bars of different heights too.
package plot

// This file defines figures: one drawing in three forms.

import "maps"

// A Figure is a drawing. Nothing changes one, so its methods may be called concurrently. The zero
// Figure is empty.
type Figure struct {
	Caption string // one sentence that says what the figure means
	text    string
	scene   scene
}

// String returns the text twin, with the caption.
func (f *Figure) String() string { return f.text }

// PNG returns the drawing as a PNG file, at twice the size in which it is to be shown.
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
