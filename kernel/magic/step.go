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
	list, err := c.options([]string{"python"})
	if err != nil {
		return err
	}
	for _, o := range list {
		if !isVersion(o.value) {
			return c.usage("python= needs a version such as 3.9 or 3.13t, not " + quote(o.value))
		}
		minor, _ := strconv.Atoi(strings.TrimSuffix(o.value[len("3."):], "t"))
		if o.value[0] == '3' && minor >= 10 { // since then threads are switched only at calls and at loop back-edges
			places = "calls"
		}
	}
	if strings.TrimSpace(c.Code) == "" {
		return c.usage("there is nothing to step through")
	}
	_, err = c.k.RunGo(ctx, c.Code, Running{Steps: places})
	return err
}
