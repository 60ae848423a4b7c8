package server

// This file defines the limits that a person can look at and change: %limit.

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"gilkernel/kernel/engine"
	"gilkernel/kernel/iopub"
	"gilkernel/kernel/magic"
)

// defaultMemoryLimit is what interpreters allow themselves when nobody says anything else.
const defaultMemoryLimit = 2 << 30

// limits are the limits of a cell in bytes; 0 is none. The executor owns them.
type limits struct {
	memory, output int64
}

func newLimits(o *Options) limits {
	l := limits{memory: defaultMemoryLimit, output: o.OutputLimit}
	if n, err := ParseSize(os.Getenv(engine.MemoryLimitEnv)); err == nil {
		l.memory = n
	}
	if l.output == 0 {
		l.output = iopub.DefaultOutputLimit
	}
	return l
}

// Limits returns the limits that can be set.
func (x *execution) Limits() []magic.Limit {
	l := x.s.limits
	return []magic.Limit{
		{Name: "memory", Value: formatSize(l.memory), Help: "what the variables of all cells may take together; a change holds from the next start of the interpreter on"},
		{Name: "output", Value: formatSize(l.output), Help: "what a cell may print and show; the rest is dropped"},
	}
}

// SetLimit sets one of Limits.
func (x *execution) SetLimit(name, value string) error {
	n, err := ParseSize(value)
	if err != nil {
		return &magic.Error{Name: "UsageError", Message: err.Error()}
	}
	switch name {
	case "memory":
		x.s.limits.memory = n
		if n == 0 {
			n = -1 // no limit, in the words of the engine
		}
		x.s.engine.SetMemoryLimit(n)
	case "output":
		x.s.limits.output = n
		if n == 0 {
			n = noLimit
		}
		x.s.pub.SetOutputLimit(n)
	default:
		return &magic.Error{Name: "UsageError", Message: "there is no limit " + strconv.Quote(name) + ", there are memory and output"}
	}
	return nil
}

// noLimit is more than any cell prints.
const noLimit = 1 << 62

// units of sizes, the longest suffixes first.
func units() []struct {
	suffix string
	bytes  int64
} {
	return []struct {
		suffix string
		bytes  int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
		{"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}}
}

// ParseSize reads a number of bytes such as "2GiB", "500 MB" or "1048576".
func ParseSize(s string) (int64, error) {
	number, unit := strings.TrimSpace(s), int64(1)
	for _, u := range units() {
		if rest, ok := strings.CutSuffix(number, u.suffix); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n < 0 || n*float64(unit) >= noLimit {
		return 0, fmt.Errorf("%q is no size: write it as 500MB, 2GiB, or 0 for no limit", s)
	}
	return int64(n * float64(unit)), nil
}

// formatSize writes a number of bytes as ParseSize reads it.
func formatSize(n int64) string {
	if n <= 0 {
		return "none"
	}
	for _, u := range units()[:4] {
		if v := float64(n) / float64(u.bytes); v < 1024 || u.suffix == "TiB" {
			if n < 1<<10 {
				break
			}
			return strconv.FormatFloat(v, 'g', 4, 64) + u.suffix
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}
