package magic

// This file defines %get.

import (
	"context"
	"slices"
	"strings"
)

// get fetches a module.
func get(ctx context.Context, c call) error {
	words := strings.Fields(c.Args)
	checks := slices.Contains(words, "--checks")
	words = slices.DeleteFunc(words, func(w string) bool { return w == "--checks" })
	for _, w := range words {
		if strings.HasPrefix(w, "-") {
			return c.usage("there is no option " + quote(w))
		}
	}
	if len(words) != 1 {
		return c.usage("it takes the path of one module")
	}
	path, version, found := strings.Cut(words[0], "@")
	if path == "" || found && version == "" {
		return c.usage(quote(words[0]) + " lacks a part")
	}
	return c.k.Get(ctx, path, version, checks)
}
