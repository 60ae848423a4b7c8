package magic

// This file defines %engine.

import (
	"context"
	"slices"
	"strings"
)

// engine shows or sets what runs the bodies of functions.
func engine(ctx context.Context, c call) error {
	words := strings.Fields(c.Args)
	names, now := c.k.Engines()
	switch {
	case len(words) == 0:
		c.k.Stream("stdout", now+"\n")
		return nil
	case len(words) > 1:
		return c.usage("it takes one name")
	case !slices.Contains(names, words[0]):
		return c.usage("there is no engine " + quote(words[0]))
	case words[0] == now:
		return nil // no need to lose variables
	}
	return c.k.SetEngine(ctx, words[0])
}
