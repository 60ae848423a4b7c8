// Package cmp is the interpreter's own version of the generic part of the standard library's.
package cmp

// Ordered is any type that < orders.
type Ordered interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 |
		~float64 | ~string
}

// Less reports whether x comes before y; a NaN comes before all else.
func Less[T Ordered](x, y T) bool { return x < y || x != x && y == y }

// Compare orders x and y; a NaN comes before all else.
func Compare[T Ordered](x, y T) int {
	if x < y {
		return -1
	}
	if x > y {
		return 1
	}
	if x == y {
		return 0
	}
	xNaN, yNaN := x != x, y != y
	if xNaN == yNaN {
		return 0
	}
	if xNaN {
		return -1
	}
	return 1
}

// Or returns the first value that isn't zero.
func Or[T comparable](vals ...T) T {
	var zero T
	for _, v := range vals {
		if v != zero {
			return v
		}
	}
	return zero
}
