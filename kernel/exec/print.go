package exec

// This file defines how the builtins print and println write numbers.

import (
	"math"
	"strconv"
	"unsafe"
)

func printBool(b bool) string      { return strconv.FormatBool(b) }
func printInt(n int64) string      { return strconv.FormatInt(n, 10) }
func printUint(n uint64) string    { return strconv.FormatUint(n, 10) }

func printPointer(p unsafe.Pointer) string {
	return "0x" + strconv.FormatUint(uint64(uintptr(p)), 16)
}

// printFloat writes a float as the runtime does: +1.500000e+000.
func printFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "+Inf"
	case math.IsInf(f, -1):
		return "-Inf"
	}
	b := strconv.AppendFloat(nil, f, 'e', 6, 64)
	s := string(b)
	if s[0] != '-' {
		s = "+" + s
	}
	// Three digits of exponent.
	i := len(s) - 1
	for s[i] != 'e' {
		i--
	}
	exp := s[i+2:]
	for len(exp) < 3 {
		exp = "0" + exp
	}
	return s[:i+2] + exp
}
