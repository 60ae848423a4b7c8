package wire

// This file defines the memory of signatures, against replays.

import (
	"encoding/binary"
	"encoding/hex"
)

// historySize is how many signatures are remembered, as in jupyter_client.
const historySize = 65536

// history remembers the last historySize signatures. It keeps the first 64 bits of each: a full
// history then takes 2 MB and not 9, and as only signatures that were verified come here, the chance
// that a fresh one is taken for an old one is 1 in 2^48. It grows with use: a kernel that was asked
// ten things remembers ten.
type history struct {
	ring []uint64 // oldest at next, once it is full
	next int
	set  map[uint64]struct{}
}

// add remembers a signature in hexadecimal; it reports false when it is already there.
func (h *history) add(signature []byte) bool {
	var b [8]byte
	_, _ = hex.Decode(b[:], signature[:16]) // verified: hexadecimal, and the shortest has 32 digits
	key := binary.BigEndian.Uint64(b[:])
	if _, dup := h.set[key]; dup {
		return false
	}
	if h.set == nil {
		h.set = make(map[uint64]struct{})
	}
	if len(h.ring) < historySize {
		h.ring = append(h.ring, key)
	} else {
		delete(h.set, h.ring[h.next])
		h.ring[h.next] = key
		h.next = (h.next + 1) % historySize
	}
	h.set[key] = struct{}{}
	return true
}
