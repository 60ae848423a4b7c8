package machine

// This file defines the simulated machine's queue of timers.

// A timer wakes a thread. It is void if that wait has ended already: then gen differs.
type timer struct {
	at  int64
	seq uint64 // timers of the same moment fire in the order in which they were set
	t   *Thread
	gen uint32
}

// A heap is a binary heap; less says which of two comes first. The zero heap with a less is empty.
type heap[T any] struct {
	list []T
	less func(a, b T) bool
}

func (h *heap[T]) push(v T) {
	h.list = append(h.list, v)
	for i := len(h.list) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.less(h.list[i], h.list[up]) {
			break
		}
		h.list[i], h.list[up] = h.list[up], h.list[i]
		i = up
	}
}

func (h *heap[T]) pop() T {
	top := h.list[0]
	n := len(h.list) - 1
	h.list[0] = h.list[n]
	var none T
	h.list[n] = none
	h.list = h.list[:n]
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < n; c++ {
			if h.less(h.list[c], h.list[least]) {
				least = c
			}
		}
		if least == i {
			return top
		}
		h.list[i], h.list[least] = h.list[least], h.list[i]
		i = least
	}
}
