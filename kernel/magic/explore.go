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
	q, err := readExplore(c)
	if err != nil {
		return err
	}
	x, err := c.k.Explore(ctx, c.Code, q)
	if err != nil {
		return err
	}
	c.k.Replace(x.Progress, exploredData(x))
	return nil
}

// readExplore reads the words of %%explore.
func readExplore(c call) (q link.Explore, err error) {
	q.Mode = link.ExploreSearch
	list, err := c.options([]string{"python", "preemptions", "schedules", "time", "seed"})
	if err != nil {
		return q, err
	}
	for _, o := range list {
		switch value := o.value; o.name {
		case "python":
			if q.Python = value; value == "" {
				return q, c.usage("python= needs a version, such as python=3.12")
			}
		case "preemptions":
			n := 0
			if n, err = strconv.Atoi(value); err != nil || n < 0 || n > 1000 {
				return q, c.usage("preemptions= needs a number from 0 to 1000, not " + quote(value))
			}
			q.Preemptions = &n
		case "schedules":
			if q.Schedules, err = strconv.Atoi(value); err != nil || q.Schedules < 1 || q.Schedules > 1e9 {
				return q, c.usage("schedules= needs a number from 1 to 1000000000, not " + quote(value))
			}
		case "time":
			d, err := time.ParseDuration(value)
			if err != nil || d <= 0 || d > 24*time.Hour {
				return q, c.usage("time= needs a time such as 10s or 2m, at most 24h, not " + quote(value))
			}
			q.Seconds = d.Seconds()
		case "seed":
			if q.Seed, err = strconv.ParseUint(value, 10, 64); err != nil {
				return q, c.usage("seed= needs a whole number from 0 on, not " + quote(value))
			}
		}
	}
	if strings.TrimSpace(c.Code) == "" {
		return q, c.usage("there is nothing to explore")
	}
	return q, nil
}

// replay runs Go code under a schedule.
func replay(ctx context.Context, c call) error {
	words, err := fields(c.Args)
	if err != nil {
		return err
	}
	if len(words) > 0 && words[0] == "%%"+c.Name { // the whole line was pasted behind the magic
		words = words[1:]
	}
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
