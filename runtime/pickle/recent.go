package pickle

// This file defines how the reader recognises values that it has read before in the same message, so that they share
// memory: what an interface holds, and the text of a string, never change. A list of tuples has the same few names and
// numbers again and again, and allocating each takes longer than reading it.

import (
	"encoding/binary"
	"unsafe"
)

// recentLeast is how long a message must be: in a short one little can come twice.
const recentLeast = 4 << 10

// recent are the values that were read last, found by their hash. Each new one takes the place of an older one.
type recent struct {
	words [256]recentWord
	texts [256]recentText
	// Look-ups of values that don't repeat find nothing: after a while the look-ups stop.
	word, text luck
}

// recentWord is a value of 8 bytes in an interface.
type recentWord struct {
	value uint64
	plan  *plan
	box   unsafe.Pointer
}

// recentText is a short string, with its box if an interface held it.
type recentText struct {
	text string
	box  unsafe.Pointer
}

// luck says whether looking up is worthwhile.
type luck struct {
	tries, hits uint32
	off         bool
}

// missed counts a look-up that found nothing. At least one look-up in four must find a value.
func (l *luck) missed() {
	if l.tries++; l.tries >= 1<<9 {
		l.off = 3*l.hits < l.tries
		l.tries, l.hits = 0, 0
	}
}

// recall prepares to recognise values if the message is long enough.
func (u *Unpickler) recall() {
	if len(u.b) < recentLeast {
		return
	}
	if u.kept == nil {
		u.kept = new(recent)
	}
	u.recent = u.kept
}

// forget releases the values: they belong to the program.
func (u *Unpickler) forget() {
	if u.recent != nil {
		*u.recent = recent{}
		u.recent = nil
	}
}

const recentFactor = 0x9e3779b97f4a7c15

// word reads a value of 8 bytes and returns memory that holds it.
func (u *Unpickler) word(d *plan) unsafe.Pointer {
	x := binary.NativeEndian.Uint64(u.bytes(8))
	r := u.recent
	if r == nil || r.word.off {
		return u.newWord(x)
	}
	e := &r.words[x*recentFactor>>56]
	if e.value == x && e.plan == d {
		r.word.hits++
		return e.box
	}
	r.word.missed()
	*e = recentWord{x, d, u.newWord(x)}
	return e.box
}

// newWord returns memory with a value of 8 bytes. Several lie together.
func (u *Unpickler) newWord(x uint64) unsafe.Pointer {
	if len(u.ints) == cap(u.ints) {
		u.ints = make([]uint64, 0, max(1, min(64, (len(u.b)-u.at)/8)))
	}
	u.ints = append(u.ints, x)
	return unsafe.Pointer(&u.ints[len(u.ints)-1])
}

// shortText returns a string of the bytes, which aren't many, and its place among the recent ones; nil if it has none.
func (u *Unpickler) shortText(b []byte) (string, *recentText) {
	r := u.recent
	if r == nil || r.text.off {
		return u.newText(b), nil
	}
	h := uint64(len(b))
	if len(b) >= 8 {
		h ^= binary.NativeEndian.Uint64(b) ^ binary.NativeEndian.Uint64(b[len(b)-8:])*recentFactor
	} else {
		for _, c := range b {
			h = h<<8 | uint64(c)
		}
	}
	e := &r.texts[h*recentFactor>>56]
	if e.text == string(b) {
		r.text.hits++
		return e.text, e
	}
	r.text.missed()
	*e = recentText{text: u.newText(b)}
	return e.text, e
}

// newText returns a string of the bytes. Several lie together.
func (u *Unpickler) newText(b []byte) string {
	if len(b) > cap(u.text)-len(u.text) {
		u.text = make([]byte, 0, min(max(len(u.b)-u.at+len(b), len(b)), 1024))
	}
	at := len(u.text)
	u.text = append(u.text, b...)
	return unsafe.String(&u.text[at], len(b))
}

// boxedString reads a string and returns memory that holds it.
func (u *Unpickler) boxedString() unsafe.Pointer {
	s, e := u.stringOrRecent()
	if e == nil {
		return u.boxed(s)
	}
	if e.box == nil {
		e.box = u.boxed(s)
	}
	return e.box
}
