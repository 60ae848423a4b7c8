package magic

// This file defines %del.

import (
	"context"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"sync"
)

var outValue = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^Out\[\d+\]$`)
})

// del forgets names.
func del(ctx context.Context, c call) error {
	names := strings.FieldsFunc(c.Args, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' })
	if len(names) == 0 {
		return c.usage("%del takes the names of variables, functions, types or imports")
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, name := range names {
		if !token.IsIdentifier(name) && !outValue().MatchString(name) {
			return c.usage(quote(name) + " is not a name; an element of a map goes with delete(m, key)")
		}
	}
	return c.k.Delete(ctx, names)
}
