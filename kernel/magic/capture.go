package magic

// This file defines %%capture.

import (
	"context"
	"go/token"
	"strings"
)

// capture runs the cell below its line and keeps what that prints and shows, as IPython's does. An error of the cell is
// the cell's; what came before it is kept.
func capture(ctx context.Context, c call) error {
	o, name := Capturing{Stdout: true, Stderr: true, Display: true}, ""
	words, err := fields(c.Args)
	if err != nil {
		return err
	}
	for _, word := range words {
		switch {
		case word == "--no-stdout":
			o.Stdout = false
		case word == "--no-stderr":
			o.Stderr = false
		case word == "--no-display":
			o.Display = false
		case strings.HasPrefix(word, "-"):
			return c.usage("there is no option " + quote(word))
		case name != "":
			return c.usage("unexpected " + quote(word) + ": it takes one name")
		case !token.IsIdentifier(word) || word == "_":
			return c.usage(quote(word) + " can't be the name of a variable")
		default:
			name = word
		}
	}
	end := c.k.Capture(o)
	failed := c.k.RunCell(ctx, c.Code)
	if err := end(name); failed == nil {
		return err
	}
	return failed
}
