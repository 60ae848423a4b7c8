package magic

// This file defines %time, and how durations are printed.

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gilkernel/kernel/cell"
)

// timeStatement runs code once and prints how long it took.
func timeStatement(ctx context.Context, c call) error {
	code := c.Code
	if c.Kind == cell.StepCell {
		if err := c.none(); err != nil {
			return err
		}
	}
	if strings.TrimSpace(code) == "" {
		return c.usage("there is nothing to time")
	}
	timing, err := c.k.RunGo(ctx, code, Running{})
	if err != nil {
		return err
	}
	var b strings.Builder
	if timing.CPU {
		fmt.Fprintf(&b, "CPU times: user %s, sys: %s, total: %s\n",
			duration(timing.User), duration(timing.System), duration(timing.User+timing.System))
	}
	fmt.Fprintf(&b, "Wall time: %s\n", duration(timing.Wall))
	c.print(b.String())
	return nil
}

// duration writes a duration with three digits in a suitable unit, as IPython does. %timeit has the same in the code
// that it runs.
func duration(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return fmt.Sprintf("%.3g s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	case d >= time.Microsecond:
		return fmt.Sprintf("%.3g µs", float64(d)/1e3)
	}
	return fmt.Sprintf("%d ns", d)
}
