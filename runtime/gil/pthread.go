package gil

// This file defines what the GIL is built of besides condition variables: mutex and semaphore, as glibc has them.

import "gilkernel/runtime/machine"

// inner is the reason of waits that the timeline and the search for deadlocks needn't know.
var inner = machine.Why{}

// mutex is pthread_mutex_t: 0 free, 1 taken, 2 taken while others may wait.
type mutex struct{ w machine.Word }

func (m *mutex) lock(t *machine.Thread) {
	if m.w.CompareAndSwap(t, 0, 1) {
		return
	}
	for m.w.Swap(t, 2) != 0 {
		t.Wait(&m.w, 2, -1, inner)
	}
}

func (m *mutex) unlock(t *machine.Thread) {
	if m.w.Swap(t, 0) == 2 {
		m.w.Wake(t, 1)
	}
}

// semaphore is sem_t with the initial value 1: the lock that the legacy GIL is. The thread that posts may take it again
// before the thread that the post has woken. While any thread waits, asleep or just awake, each post makes the system
// call that wakes (sysdeps/nptl/sem_post.c); the semaphore is free for as long as that takes.
type semaphore struct {
	w       machine.Word // 0 free, 1 taken: reversed, so that the zero semaphore is free
	waiters machine.Word
}

func (s *semaphore) try(t *machine.Thread) bool { return s.w.CompareAndSwap(t, 0, 1) }

func (s *semaphore) wait(t *machine.Thread) {
	s.waiters.Add(t, 1)
	for !s.try(t) {
		t.Wait(&s.w, 1, -1, inner)
	}
	s.waiters.Add(t, -1)
}

func (s *semaphore) post(t *machine.Thread) {
	s.w.Store(t, 0)
	if s.waiters.Load(t) > 0 {
		s.w.Wake(t, 1)
	}
}
