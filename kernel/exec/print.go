package exec

// This file defines how the builtins print and println write numbers.

import (
	"strconv"
	"unsafe"
)

func printBool(b bool) string   { return strconv.FormatBool(b) }
func printInt(n int64) string   { return strconv.FormatInt(n, 10) }
func printUint(n uint64) string { return strconv.FormatUint(n, 10) }

func printPointer(p unsafe.Pointer) string {
	return "0x" + strconv.FormatUint(uint64(uintptr(p)), 16)
}

// printFloat writes a float as Go 1.26 does: the shortest text that is this number.
func printFloat(f float64, bits int) string { return strconv.FormatFloat(f, 'g', -1, bits) }

// printComplex writes both parts with their signs.
func printComplex(z complex128, bits int) string {
	im := printFloat(imag(z), bits)
	if im[0] != '-' && im[0] != '+' {
		im = "+" + im
	}
	return "(" + printFloat(real(z), bits) + im + "i)"
}
