package server

// This file defines positions in code: the protocol counts Unicode code points (since 5.2), the cell
// compiler bytes.

import "unicode/utf8"

// byteOffset returns the offset in bytes of the code point with index n; beyond the end it is the end,
// before the beginning the beginning.
func byteOffset(code string, n int) int {
	for i := range code {
		if n <= 0 {
			return i
		}
		n--
	}
	return len(code)
}

// codePoint returns the index of the code point at byte offset i.
func codePoint(code string, i int) int {
	return utf8.RuneCountInString(code[:min(max(i, 0), len(code))])
}
