package queue

// This file defines the order in which a queue returns its items.

// store is what differs between queues: _qsize, _put and _get. Callers hold the queue's lock.
type store interface {
	len() int
	put(any)
	get() any
}

// fifo is a deque.
type fifo struct {
	list []any
	head int
}

func (s *fifo) len() int     { return len(s.list) - s.head }
func (s *fifo) put(item any) { s.list = append(s.list, item) }

func (s *fifo) get() any {
	item := s.list[s.head]
	s.list[s.head] = nil
	s.head++
	switch {
	case s.head == len(s.list):
		s.list, s.head = s.list[:0], 0
	case s.head > 32 && s.head > len(s.list)/2:
		n := copy(s.list, s.list[s.head:])
		clear(s.list[n:])
		s.list, s.head = s.list[:n], 0
	}
	return item
}

// lifo is a list.
type lifo struct{ list []any }

func (s *lifo) len() int     { return len(s.list) }
func (s *lifo) put(item any) { s.list = append(s.list, item) }

func (s *lifo) get() any {
	n := len(s.list) - 1
	item := s.list[n]
	s.list[n] = nil
	s.list = s.list[:n]
	return item
}

// priority is Lib/heapq.py, step by step: equal items come in the same order, and an item that can't be compared
// stays in the heap, as Python's does.
type priority struct{ list []any }

func (s *priority) len() int { return len(s.list) }

func (s *priority) put(item any) {
	s.list = append(s.list, item)
	s.siftDown(0, len(s.list)-1)
}

func (s *priority) get() any {
	last := s.list[len(s.list)-1]
	s.list[len(s.list)-1] = nil
	s.list = s.list[:len(s.list)-1]
	if len(s.list) == 0 {
		return last
	}
	item := s.list[0]
	s.list[0] = last
	s.siftUp(0)
	return item
}

// siftDown is _siftdown: the item at pos moves to its place between it and start.
func (s *priority) siftDown(start, pos int) {
	item := s.list[pos]
	for pos > start {
		parent := (pos - 1) >> 1
		if !Less(item, s.list[parent]) {
			break
		}
		s.list[pos], s.list[parent] = s.list[parent], item
		pos = parent
	}
}

// siftUp is _siftup: the smaller child moves up until a leaf is reached, then the item finds its place from there.
func (s *priority) siftUp(pos int) {
	start := pos
	item := s.list[pos]
	for child := 2*pos + 1; child < len(s.list); child = 2*pos + 1 {
		if right := child + 1; right < len(s.list) && !Less(s.list[child], s.list[right]) {
			child = right
		}
		s.list[pos], s.list[child] = s.list[child], item
		pos = child
	}
	s.siftDown(start, pos)
}
