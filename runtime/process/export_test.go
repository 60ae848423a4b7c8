package process

// Call leaves a semaphore as a process does that is killed after it was woken and before it has run.
func (m *Semaphore) Call() { m.waiters.Add(nil, int32(-1<<31)+1) }

// Waiters returns how many threads wait, or were killed while they did.
func (m *Semaphore) Waiters() int { return int(m.waiters.Load(nil) & waitersMask) }
