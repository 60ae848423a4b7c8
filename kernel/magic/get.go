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
	for i, w := range words {
		words[i] = bare(w)
	}
	switch {
	case len(words) == 2 && startsLikeVersion(words[1]):
		return c.usage("a version stands behind an @: %get " + words[0] + "@" + words[1])
	case len(words) > 1:
		return c.usage("it takes one module: write %get for each, in a line of its own")
	case len(words) == 0:
		return c.usage("it takes the path of a module")
	}
	path, version, found := strings.Cut(words[0], "@")
	if found && version != "" && version[0] >= '0' && version[0] <= '9' && strings.Contains(version, ".") {
		return c.usage("a version begins with v: %get " + path + "@v" + version)
	}
	if path == "" || found && version == "" {
		return c.usage(quote(words[0]) + " lacks a part")
	}
	return c.k.Get(ctx, path, version, checks)
}

// bare returns the path in what people copy: an import with its quotes, an address.
func bare(word string) string {
	word = strings.Trim(word, "\"`")
	word = strings.TrimPrefix(strings.TrimPrefix(word, "https://"), "http://")
	return strings.TrimSuffix(strings.TrimSuffix(word, "/"), ".git")
}

// startsLikeVersion reports whether a word looks like a version, which a path with a dot in its first part doesn't.
func startsLikeVersion(word string) bool {
	v := strings.TrimPrefix(word, "v")
	return word == "latest" || v != "" && v[0] >= '0' && v[0] <= '9' && !strings.Contains(word, "/")
}
