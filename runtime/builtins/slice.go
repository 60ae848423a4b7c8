package builtins

// This file defines slices of lists: list_subscript and list_ass_slice.

// clamp turns a slice's bound into an index from 0 to n.
func clamp(i, n int) int {
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n)
}

// bounds returns a slice's place.
func bounds(i, j, n int) (int, int) {
	i, j = clamp(i, n), clamp(j, n)
	return i, max(i, j)
}

// Slice returns a list of the items from index i up to j: l[i:j]. Bounds beyond the ends are the ends.
func (l *List) Slice(i, j int) *List {
	t := l.reading()
	l.enter(t, 0)
	l.mu.Lock()
	i, j = bounds(i, j, len(l.items))
	s := &List{items: append([]any(nil), l.items[i:j]...)}
	l.mu.Unlock()
	l.exit(t)
	return s
}

// SetSlice replaces the items from index i up to j by what something consists of, as ListOf takes it: l[i:j] = x. The
// list may become longer or shorter by that.
func (l *List) SetSlice(i, j int, iterable any) {
	t := before()
	var items []any
	if seq, ok := sequence(iterable); ok {
		for item := range seq {
			items = append(items, item)
		}
	} else {
		items = itemsOf(iterable)
	}
	l.enter(t, len(items))
	l.mu.Lock()
	i, j = bounds(i, j, len(l.items))
	l.splice(i, j, items...)
	l.mu.Unlock()
	l.exit(t)
}

// DelSlice removes the items from index i up to j: del l[i:j].
func (l *List) DelSlice(i, j int) {
	t := l.changing()
	l.enter(t, 0)
	l.mu.Lock()
	i, j = bounds(i, j, len(l.items))
	l.splice(i, j)
	l.mu.Unlock()
	l.exit(t)
}
