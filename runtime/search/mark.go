package search

// This file defines what a search keeps of a run at each node, to go on from there without a run.

const (
	// maxMarks, markedThings and markedThreads bound the memory for marks.
	maxMarks      = 256
	markedThings  = 64
	markedThreads = 16
)

// mark is all that the search knows of a run at a node.
type mark struct {
	ok      bool
	sum     uint64
	wild    uint64
	numbers uint64
	known   int
	waits   int
	threads []*step
	steps   []step
	things  []thing
	pace    pace

	// Of a level with a bound:
	clocks  []clock
	touched []touches
	all     touches
	last    []made
}

// mark keeps what is known at a new node.
func (w *tree) mark(n *node) {
	f, r, p := &w.fore, &w.trace, &w.past
	if f.off || n.at >= maxMarks {
		return
	}
	if n.at >= len(f.marks) {
		f.marks = append(f.marks, make([]mark, n.at+1-len(f.marks))...)
	}
	m := &f.marks[n.at]
	if m.ok = !f.pace.over && r.pool.used <= markedThings && r.steps.used <= markedThreads; !m.ok {
		return
	}
	m.sum, m.wild, m.numbers, m.known, m.waits, m.pace = r.sum, r.wild, r.numbers, r.known, r.waits,
		f.pace
	m.threads = append(m.threads[:0], r.threads...)
	m.steps, m.things = m.steps[:0], m.things[:0]
	for _, s := range r.steps.all[:r.steps.used] {
		m.steps = append(m.steps, *s)
	}
	for _, th := range r.pool.all[:r.pool.used] {
		m.things = append(m.things, *th)
	}
	if w.sleep.on {
		return
	}
	m.clocks = resized(m.clocks, len(p.threads))
	for i := range p.threads {
		m.clocks[i] = append(m.clocks[i][:0], p.threads[i]...)
	}
	m.touched = resized(m.touched, min(len(p.things), r.pool.used))
	for i := range m.touched {
		m.touched[i].copy(&p.things[i])
	}
	m.all.copy(&p.all)
	m.last = append(m.last[:0], p.last...)
}

// recall makes what is known what was known at the mark.
func (m *mark) recall(w *tree) {
	r, p := &w.trace, &w.past
	r.sum, r.wild, r.numbers, r.known, r.waits = m.sum, m.wild, m.numbers, m.known, m.waits
	r.last, r.actor, r.wrote = nil, nil, wrote{}
	w.fore.pace = m.pace
	r.threads = append(r.threads[:0], m.threads...)
	r.steps.used, r.pool.used = len(m.steps), len(m.things)
	for i := range m.steps {
		*r.steps.all[i] = m.steps[i]
	}
	for i := range m.things {
		*r.pool.all[i] = m.things[i]
	}
	if w.sleep.on {
		return
	}
	p.reset()
	for i := range m.clocks {
		*p.of(i) = append((*p.of(i))[:0], m.clocks[i]...)
	}
	for i := range m.touched {
		p.touched(i).copy(&m.touched[i])
	}
	p.all.copy(&m.all)
	p.last = append(p.last, m.last...)
}

// resized returns a list of n, which has the memory of the former one.
func resized[T any](list []T, n int) []T {
	if n > cap(list) {
		list = append(list[:cap(list)], make([]T, n-cap(list))...)
	}
	return list[:n]
}

func (t *touches) copy(of *touches) {
	t.write = of.write
	t.reads = append(t.reads[:0], of.reads...)
	t.before = append(t.before[:0], of.before...)
	t.read = append(t.read[:0], of.read...)
}
