package pickle

// This file defines memory for messages.

import (
	"strings"
	"unsafe"
)

// Uncleared returns an empty slice with room for at least n bytes. Unlike make it doesn't set them to 0 first, which
// would take as long as copying a message into them.
func Uncleared(n int) []byte {
	if n <= 0 {
		return []byte{}
	}
	var b strings.Builder // the one type whose memory isn't cleared
	b.Grow(n)
	b.WriteByte(0)
	return unsafe.Slice(unsafe.StringData(b.String()), b.Cap())[:0]
}
