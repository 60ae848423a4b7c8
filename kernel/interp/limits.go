package interp

// This file defines the memory limit that the process reads at its start.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// memoryVariable is the environment variable with the limit: bytes, or a number with KiB, MiB, GiB or
// TiB; "0" is no limit.
const memoryVariable = "GILKERNEL_MEMORY_LIMIT"

// defaultMemory is the limit in bytes if the variable isn't set.
const defaultMemory = 2 << 30

// memoryLimit reads the variable's text. Text that is no size counts as not set, with an error.
func memoryLimit(text string) (int64, error) {
	number := strings.TrimSpace(text)
	if number == "" {
		return defaultMemory, nil
	}
	factor := int64(1)
	for i, unit := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if rest, ok := strings.CutSuffix(number, unit); ok {
			number, factor = strings.TrimSpace(rest), 1<<(10*(i+1))
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/factor {
		return defaultMemory, fmt.Errorf("reading %s: %q is no size such as 2GiB", memoryVariable, text)
	}
	return n * factor, nil
}
