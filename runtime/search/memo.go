package search

// This file defines what a search remembers of states, in memory that is bounded.

// memo keeps values under hashes: so many at most. Each hash has its place in one group of slots; when the memo has its
// full size and the group is full, a new hash takes the place of an old one. That two states have the same hash happens
// once in some ten million searches that fill it. The hashes are apart from the values, so that a look at a group takes
// one line of the processor's cache. The zero memo remembers nothing.
type memo[V any] struct {
	hashes []uint64 // a power of two of them, in groups; 0: the slot is free
	values []V
	used   int
	most   int
	lost   int // how many hashes others have replaced
}

// groupSize is how many slots a hash can be in.
const groupSize = 8

// leastSlots is how many slots a memo begins with, growth by how many times it has more when they don't suffice.
const (
	leastSlots = 1 << 6
	growth     = 2
)

// newMemo returns a memo of at most so many slots: the next power of two below.
func newMemo[V any](most int) memo[V] { return memo[V]{most: most} }

// key is a hash that isn't zero.
func key(hash uint64) uint64 { return max(hash, 1) }

// group returns the first of the slots in which a hash can be.
func (m *memo[V]) group(hash uint64) int {
	return int(hash) & (len(m.hashes)/groupSize - 1) * groupSize
}

// find returns the slot of a hash, -1 if it has none.
func (m *memo[V]) find(hash uint64) int {
	if m.used == 0 {
		return -1
	}
	at := m.group(hash)
	for i, h := range m.hashes[at : at+groupSize] {
		if h == hash {
			return at + i
		}
	}
	return -1
}

// get returns what is kept under a hash.
func (m *memo[V]) get(hash uint64) (v V, ok bool) {
	if i := m.find(key(hash)); i >= 0 {
		return m.values[i], true
	}
	return v, false
}

// put keeps a value under a hash.
func (m *memo[V]) put(hash uint64, v V) {
	hash = key(hash)
	for {
		if len(m.hashes) > 0 && m.fits(hash, v) {
			return
		}
		if !m.grow() {
			break
		}
	}
	if len(m.hashes) > 0 {
		at := m.group(hash) + int(hash>>61)
		m.hashes[at], m.values[at] = hash, v
	}
	m.lost++
}

// fits puts a value into its group if there is room.
func (m *memo[V]) fits(hash uint64, v V) bool {
	at := m.group(hash)
	for i, h := range m.hashes[at : at+groupSize] {
		switch h {
		case 0:
			m.used++
			fallthrough
		case hash:
			m.hashes[at+i], m.values[at+i] = hash, v
			return true
		}
	}
	return false
}

// grow takes more memory, and reports whether there may be more. Each new group gets a part of one that there was.
func (m *memo[V]) grow() bool {
	size := max(growth*len(m.hashes), leastSlots)
	for size > m.most {
		size /= 2
	}
	if size < groupSize || size == len(m.hashes) {
		return false
	}
	hashes, values := m.hashes, m.values
	m.hashes, m.values, m.used = make([]uint64, size), make([]V, size), 0
	for i, h := range hashes {
		if h != 0 {
			m.fits(h, values[i])
		}
	}
	return true
}

// forget forgets all, but keeps the memory.
func (m *memo[V]) forget() {
	clear(m.hashes)
	m.used = 0
}
