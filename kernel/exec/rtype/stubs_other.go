//go:build !amd64 && !arm64

package rtype

import "unsafe"

// stubCount is the number of stubs: none were written for this processor.
const stubCount = 0

func stubPC(int) unsafe.Pointer { return nil }
