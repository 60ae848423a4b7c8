package machine

// This file defines how real threads wait on Linux: by the futex system call, as CPython's locks do.

import (
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	futexWait    = 0
	futexWake    = 1
	futexPrivate = 128
)

// scope is the flag of a futex call that says whether other processes wait on the word too.
func (w *Word) scope() uintptr {
	if w.shared != nil {
		return 0
	}
	return futexPrivate
}

// sleepOn blocks the calling thread while w holds old, for at most d nanoseconds if d >= 0.
func sleepOn(w *Word, old uint32, d int64) Status {
	w.sleepers.Add(1)
	defer w.sleepers.Add(-1)
	var ts *unix.Timespec
	if d >= 0 {
		t := unix.NsecToTimespec(d)
		ts = &t
	}
	_, _, errno := syscall.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(w.value())), futexWait|w.scope(),
		uintptr(old),
		uintptr(unsafe.Pointer(ts)), 0, 0)
	switch errno {
	case unix.ETIMEDOUT:
		return TimedOut
	case unix.EAGAIN:
		return Changed
	}
	return Woken // by Wake, or by a signal
}

// wakeUp wakes up to n threads that sleep on w. It makes the system call even if no thread sleeps: glibc's locks count
// waiters, and a waiter may be awake but still without the lock. The cost of that call is part of how the legacy GIL
// behaves.
func wakeUp(w *Word, n int) int {
	// Raw: the call doesn't block, so Go's scheduler need not know about it.
	k, _, _ := syscall.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(w.value())), futexWake|w.scope(), uintptr(n),
		0, 0, 0)
	return int(k)
}

// osYield is sched_yield.
func osYield() { _, _, _ = syscall.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }

// threadID returns the operating system's number of the calling thread.
func threadID() int64 { return int64(unix.Gettid()) }

// threadTime returns the time that the calling thread has used, ns.
func threadTime() int64 {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) != nil {
		return time.Now().UnixNano()
	}
	return ts.Nano()
}

// threadTimeOf returns the time that a thread of this process has used, ns: the clock whose number is made of the
// thread's (include/linux/posix-timers.h, make_thread_cpuclock).
func threadTimeOf(tid int64) (int64, bool) {
	const perThread, scheduler = 4, 2
	var ts unix.Timespec
	if tid <= 0 || unix.ClockGettime(^int32(tid)<<3|perThread|scheduler, &ts) != nil {
		return 0, false
	}
	return ts.Nano(), true
}

// affinity is the cores that threads are pinned to.
type affinity struct{ all, some unix.CPUSet }

func newAffinity(cores int) (*affinity, error) {
	a := &affinity{}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.SchedGetaffinity(0, &a.all); err != nil {
		return nil, err
	}
	for cpu := 0; cores > 0 && cpu < len(a.all)*64; cpu++ {
		if a.all.IsSet(cpu) {
			a.some.Set(cpu)
			cores--
		}
	}
	return a, nil
}

// apply pins the calling thread. An error leaves it where it is: newAffinity has shown that the system can.
func (a *affinity) apply() { _ = unix.SchedSetaffinity(0, &a.some) }

func (a *affinity) undo() { _ = unix.SchedSetaffinity(0, &a.all) }

// canInterrupt says that interruptThread does something.
const canInterrupt = true

// interruptThread makes a system call that a thread of this process is in return EINTR. SIGURG is the signal by which
// Go's runtime preempts goroutines: it expects more of them than it has sent.
func interruptThread(tid int64) { _ = unix.Tgkill(unix.Getpid(), int(tid), unix.SIGURG) }
