package magic

// This file defines %%step.

import (
	"context"
	"strconv"
	"strings"
)

// stepThrough runs Go code and shows a table of what its threads do, step by step.
func stepThrough(ctx context.Context, c call) error {
	places := "access"
	for _, word := range strings.Fields(c.Args) {
		name, version, ok := strings.Cut(word, "=")
		minor := 0
		if ok && name == "python" {
			major, rest, _ := strings.Cut(version, ".")
			n, err := strconv.Atoi(strings.TrimSuffix(rest, "t"))
			if ok = err == nil && (major == "2" || major == "3"); major == "3" {
				minor = n
			}
		} else {
			ok = false
		}
		if !ok {
			return c.usage("an option is python=3.9 or the like, not " + word)
		}
		if minor >= 10 { // since then threads are switched only at calls and at loop back-edges
			places = "calls"
		}
	}
	if strings.TrimSpace(c.Code) == "" {
		return c.usage("there is nothing to step through")
	}
	_, err := c.k.RunGo(ctx, c.Code, Running{Steps: places})
	return err
}
