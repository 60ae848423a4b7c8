package link

// This file defines how sizes and limits are written: in environment variables, in %limit, in messages.
// Both processes read the memory limit, so both must read it alike.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	// MemoryVariable is the environment variable with the memory limit of interpreter processes, as
	// ParseMemory reads it.
	MemoryVariable = "GILKERNEL_MEMORY_LIMIT"
	// DefaultMemory is the limit in bytes if the variable is not set.
	DefaultMemory = 2 << 30
	// MinMemory is the smallest limit in bytes: an interpreter with less can't run a plot.
	MinMemory = 128 << 20
	// MaxSize is more than any size that ParseSize returns.
	MaxSize = 1 << 62
)

// A unit is what a number of bytes may be written in.
type unit struct {
	suffix string // in lower case
	bytes  float64
}

// units returns all units, longer suffixes before those that they end with.
func units() []unit {
	return []unit{
		{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
		{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12},
		{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"t", 1 << 40}, {"b", 1}, {"bytes", 1},
	}
}

// ParseSize reads a number of bytes such as "2GiB", "1.5 GB", "500m" or "1048576"; upper and lower case
// are the same, and a unit of one letter is a power of 1024. "0" and "none" are 0, which stands for no
// limit. The error is one sentence that quotes s.
func ParseSize(s string) (int64, error) {
	number, factor := strings.ToLower(strings.TrimSpace(s)), 1.0
	if number == "none" {
		return 0, nil
	}
	for _, u := range units() {
		if rest, ok := strings.CutSuffix(number, u.suffix); ok {
			number, factor = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	// ParseFloat accepts more than people call a number: nan, inf, 0x1p-2.
	if err != nil || strings.Trim(number, "0123456789.") != "" || n*factor >= MaxSize {
		return 0, fmt.Errorf("%q is not a size: write it as 500MB, 1.5GiB, or 0 for no limit", s)
	}
	if n > 0 && n*factor < 1 {
		return 0, fmt.Errorf("%q is less than a byte: write it as 500MB, 1.5GiB, or 0 for no limit", s)
	}
	return int64(math.Round(n * factor)), nil // 1.022KiB is what FormatSize shows for 1047
}

// ParseMemory reads a memory limit of interpreter processes in bytes: a size of at least MinMemory, 0
// for none, or "" for DefaultMemory.
func ParseMemory(s string) (int64, error) {
	if strings.TrimSpace(s) == "" {
		return DefaultMemory, nil
	}
	n, err := ParseSize(s)
	if err == nil && n > 0 && n < MinMemory {
		return 0, fmt.Errorf("%q is too small for an interpreter: give it at least %s", s, FormatSize(MinMemory))
	}
	return n, err
}

// FormatSize writes a number of bytes so that ParseSize reads it, in the largest unit of which it is at
// least one, with four digits; 0 and less is "none".
func FormatSize(n int64) string {
	if n <= 0 {
		return "none"
	}
	names := [...]string{"B", "KiB", "MiB", "GiB", "TiB"}
	v, i := float64(n), 0
	for math.Round(v) >= 1024 && i < len(names)-1 { // rounded: 1023.9KiB is 1MiB
		v, i = max(v/1024, 1), i+1
	}
	if v >= 1000 { // without an exponent, which ParseSize doesn't read
		return strconv.FormatFloat(v, 'f', 0, 64) + names[i]
	}
	return strconv.FormatFloat(v, 'g', 4, 64) + names[i]
}
