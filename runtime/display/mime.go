package display

// This file defines the types whose values are shown as what they are: HTML as HTML, and so on.

// HTML is shown as a piece of a page.
type HTML string

// Markdown is shown formatted.
type Markdown string

// SVG is shown as a drawing.
type SVG string

// LaTeX is shown typeset; formulas stand between dollar signs.
type LaTeX string

// PNG is shown as a picture: the bytes of a PNG file.
type PNG []byte

// JPEG is shown as a picture: the bytes of a JPEG file.
type JPEG []byte

// JSON is shown as a tree that can be unfolded. V is anything that encoding/json takes.
type JSON struct{ V any }

// MIME is a bundle of its own making: MIME types to what they hold. Text types and pictures hold
// strings or bytes, JSON types anything that encoding/json takes. A text/plain twin should be in it.
type MIME map[string]any

// String returns the text itself.
func (h HTML) String() string { return string(h) }

// String returns the text itself.
func (m Markdown) String() string { return string(m) }

// String says what it is: the source of a drawing tells nobody anything.
func (s SVG) String() string { return "(a drawing)" }

// String returns the text itself.
func (l LaTeX) String() string { return string(l) }
