// Package ink is the palette of errors and notes: how front ends highlight text.
//
// JupyterLab shows errors on a tinted background, light pink or dark red by its theme, and gives the sixteen colours of
// terminals one value each for both. No foreground alone has a contrast of 4.5:1 on both, not even the default red on
// pink (WCAG 2.1, success criterion 1.4.3); so a place and a mark are bold in the text's own colour, which follows the
// theme, and the kind of an error has its own background.
package ink

// The sequences. The numbers 231 (white) and 124 (dark red) are of the palette of 256 colours, whose values are fixed
// everywhere.
const (
	bold  = "\x1b[1m"
	badge = "\x1b[1;38;5;231;48;5;124m"
	plain = "\x1b[0m"
)

// NoteColour is the CSS colour of notes: JupyterLab's secondary text, which follows the theme; elsewhere a grey that is
// legible on white and on black.
const NoteColour = "var(--jp-ui-font-color2, #757575)"

// Kind returns the kind of an error, such as "TypeError".
func Kind(name string) string { return badge + name + plain }

// Place returns a place in a cell, or the name of a function.
func Place(text string) string { return bold + text + plain }

// Mark returns what points at a line or a column.
func Mark(text string) string { return bold + text + plain }
