package search

// This file defines what a search remembers of states, in memory that is bounded.

// memo keeps values under hashes: so many at most. Each hash has its place in one group of slots; when the memo has its
// full size and the group is full, a new hash takes the place of an old one. That two states have the same hash happens
// once in some ten million searches that fill it. The zero memo remembers nothing.
type memo[V any] struct {
	slots []slot[V] // a power of two of them, in groups
	used  int
	most  int
	lost  int // how many hashes others have replaced
}

// slot is free if its hash is zero.
type slot[V any] struct {
	hash  uint64
	value V
}

// groupSize is how many slots a hash can be in.
const groupSize = 8

// newMemo returns a memo of at most so many slots: the next power of two below.
func newMemo[V any](most int) memo[V] { return memo[V]{most: most} }

// key is a hash that isn't zero.
func key(hash uint64) uint64 { return max(hash, 1) }

// group returns the slots in which a hash can be.
func (m *memo[V]) group(hash uint64) []slot[V] {
	i := int(hash) & (len(m.slots)/groupSize - 1) * groupSize
	return m.slots[i : i+groupSize]
}

// get returns what is kept under a hash.
func (m *memo[V]) get(hash uint64) (v V, ok bool) {
	if hash = key(hash); m.used == 0 {
		return v, false
	}
	for _, s := range m.group(hash) {
		if s.hash == hash {
			return s.value, true
		}
	}
	return v, false
}

// put keeps a value under a hash.
func (m *memo[V]) put(hash uint64, v V) {
	hash = key(hash)
	for {
		if len(m.slots) > 0 && m.fits(slot[V]{hash, v}) {
			return
		}
		if max(2*len(m.slots), groupSize) > m.most {
			break
		}
		m.grow()
	}
	if len(m.slots) > 0 {
		m.group(hash)[hash>>61] = slot[V]{hash, v}
	}
	m.lost++
}

// fits puts a slot into its group if there is room.
func (m *memo[V]) fits(s slot[V]) bool {
	group := m.group(s.hash)
	for i := range group {
		switch group[i].hash {
		case 0:
			m.used++
			fallthrough
		case s.hash:
			group[i] = s
			return true
		}
	}
	return false
}

// grow doubles the memory. Each new group gets a part of one that there was.
func (m *memo[V]) grow() {
	old := m.slots
	m.slots, m.used = make([]slot[V], max(2*len(old), groupSize)), 0
	for _, s := range old {
		if s.hash != 0 {
			m.fits(s)
		}
	}
}

// forget forgets all, but keeps the memory.
func (m *memo[V]) forget() {
	clear(m.slots)
	m.used = 0
}
