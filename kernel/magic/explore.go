package magic

// This file defines %%explore and %%replay.

import (
	"context"
	"strconv"
	"strings"
	"time"

	"gilkernel/kernel/link"
)

// Explorations run Go code under many schedules.
type Explorations interface {
	// Explore explores Go code of the cell: q has the mode and its words, and Explore adds the rest. Nothing is
	// defined, and no variable of the session changes.
	Explore(ctx context.Context, code string, q link.Explore) (*link.Explored, error)
}

// explore tries the schedules of Go code.
func explore(ctx context.Context, c call) error {
	q := link.Explore{Mode: link.ExploreSearch}
	for _, word := range strings.Fields(c.Args) {
		name, value, _ := strings.Cut(word, "=")
		var err error
		switch name {
		case "python":
			if q.Python = value; value == "" {
				return c.usage("python= needs a version, such as python=3.12")
			}
		case "preemptions":
			n := 0
			if n, err = strconv.Atoi(value); err != nil || n < 0 || n > 1000 {
				return c.usage("preemptions= needs a number from 0 to 1000, not " + quote(value))
			}
			q.Preemptions = &n
		case "schedules":
			if q.Schedules, err = strconv.Atoi(value); err != nil || q.Schedules < 1 || q.Schedules > 1e9 {
				return c.usage("schedules= needs a number from 1 on, not " + quote(value))
			}
		case "time":
			d, err := time.ParseDuration(value)
			if err != nil || d <= 0 || d > 24*time.Hour {
				return c.usage("time= needs a time such as 10s, not " + quote(value))
			}
			q.Seconds = d.Seconds()
		case "seed":
			if q.Seed, err = strconv.ParseUint(value, 10, 64); err != nil {
				return c.usage("seed= needs a whole number from 0 on, not " + quote(value))
			}
		default:
			return c.usage("unexpected " + quote(word))
		}
	}
	if strings.TrimSpace(c.Code) == "" {
		return c.usage("there is nothing to explore")
	}
	x, err := c.k.Explore(ctx, c.Code, q)
	if err != nil {
		return err
	}
	c.k.Display(exploredData(x))
	return nil
}

// replay runs Go code under a schedule.
func replay(ctx context.Context, c call) error {
	words := strings.Fields(c.Args)
	switch {
	case len(words) == 0:
		return c.usage("name the schedule, as %%explore shows it")
	case len(words) > 1:
		return c.usage("a schedule is one word, not " + quote(c.Args))
	case strings.TrimSpace(c.Code) == "":
		return c.usage("there is nothing to replay: put the schedule above the cell that was explored")
	}
	x, err := c.k.Explore(ctx, c.Code, link.Explore{Mode: link.ExploreReplay, Schedule: words[0]})
	if err != nil {
		return err
	}
	c.print(x.Printed)
	c.k.Display(replayedData(x))
	return nil
}
