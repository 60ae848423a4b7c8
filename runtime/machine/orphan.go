package machine

// This file defines locks whose holders have ended without releasing them.

// An Orphan is a resource that a thread held when it ended, and that another thread waits for without a time-out.
type Orphan struct {
	Name   string  // of the resource
	Holder *Thread // has ended
	Since  Site    // where the holder acquired it; may be zero
	Waiter *Thread
	At     Site // where the waiter waits; may be zero
}

// Orphans returns the machine's orphans in the order of the waiters' numbers. A Lock may be released by any thread, so
// this is no Deadlock: another thread may still do it. May be called by any goroutine.
func (m *Machine) Orphans() []Orphan {
	var list []Orphan
	m.waits.Lock()
	defer m.waits.Unlock()
	for _, t := range m.Threads() {
		on := t.waiting.why.On
		if _, join := on.(joining); join || on == nil || !t.isStuck() {
			continue
		}
		for _, h := range on.Holders() {
			if h.Thread != nil && h.Thread.Ended() {
				list = append(list, Orphan{on.Name(), h.Thread, h.Since, t, t.waiting.site})
			}
		}
	}
	return list
}
