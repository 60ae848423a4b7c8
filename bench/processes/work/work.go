// Package work holds the programs that bench/processes measures: compiled into it, and as the text of a cell.
//
// The text of this file, without its package clause, is a cell. So it imports only what cells can import, and what a
// process calls has no captures. processes.py has the same programs in Python.
package work

import (
	"fmt"
	"strings"
	"time"

	"gilkernel/runtime/futures"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/multiprocessing/sharedmemory"
)

// Item returns the value of a kind that is sent.
func Item(kind string) any {
	switch kind {
	case "int":
		return 7
	case "100 B":
		return make([]byte, 100)
	case "10 KB":
		return make([]byte, 10_000)
	case "1 MB bytes":
		return make([]byte, 1_000_000)
	case "1 MB string":
		return strings.Repeat("x", 1_000_000)
	case "100k floats":
		list := make([]float64, 100_000)
		for i := range list {
			list[i] = float64(i) + 0.5
		}
		return list
	case "100k floats in []any":
		list := make([]any, 100_000)
		for i := range list {
			list[i] = float64(i) + 0.5
		}
		return list
	case "100k ints in []any":
		list := make([]any, 100_000)
		for i := range list {
			list[i] = i
		}
		return list
	case "dict of 10k":
		m := map[string]int{}
		for i := range 10_000 {
			m[fmt.Sprintf("key %d", i)] = i
		}
		return m
	case "dict of 10k any":
		m := map[string]any{}
		for i := range 10_000 {
			m[fmt.Sprintf("key %d", i)] = i
		}
		return m
	case "50k strings":
		list := make([]string, 50_000)
		for i := range list {
			list[i] = fmt.Sprintf("this is string %d", i)
		}
		return list
	case "50k strings in []any":
		list := make([]any, 50_000)
		for i := range list {
			list[i] = fmt.Sprintf("this is string %d", i)
		}
		return list
	case "20k tuples":
		list := make([]any, 20_000)
		for i := range list {
			list[i] = []any{i, "name", 1.5}
		}
		return list
	}
	panic("no kind " + kind)
}

// Sender sends n items after it has received a message to start.
func Sender(ctl, c *mp.Connection, kind string, n int) {
	v := Item(kind)
	ctl.Send(0)
	ctl.Recv()
	for range n {
		c.Send(v)
	}
	ctl.Recv()
}

// Pipe returns how many messages per second come through a pipe from another process.
func Pipe(kind string, n int, duplex bool) float64 {
	ctl, ctl2 := mp.Pipe()
	a, b := mp.Pipe(mp.Duplex(duplex))
	p := mp.NewProcess(Sender, mp.Args(ctl2, b, kind, n))
	p.Start()
	ctl.Recv()
	began := time.Now()
	ctl.Send(0)
	for range n {
		a.Recv()
	}
	took := time.Since(began)
	ctl.Send(0)
	p.Join()
	return float64(n) / took.Seconds()
}

// BytesSender is Sender with SendBytes.
func BytesSender(ctl, c *mp.Connection, n int) {
	v := make([]byte, 1_000_000)
	ctl.Send(0)
	ctl.Recv()
	for range n {
		c.SendBytes(v)
	}
	ctl.Recv()
}

// PipeBytes is Pipe with SendBytes and RecvBytes of 1 MB.
func PipeBytes(n int) float64 {
	ctl, ctl2 := mp.Pipe()
	a, b := mp.Pipe(mp.Duplex(false))
	p := mp.NewProcess(BytesSender, mp.Args(ctl2, b, n))
	p.Start()
	ctl.Recv()
	began := time.Now()
	ctl.Send(0)
	for range n {
		a.RecvBytes()
	}
	took := time.Since(began)
	ctl.Send(0)
	p.Join()
	return float64(n) / took.Seconds()
}

// Echo sends back what it receives.
func Echo(c *mp.Connection, n int) {
	c.Send(0)
	for range n {
		c.Send(c.Recv())
	}
}

// PingPong returns how many messages per second go to another process and come back.
func PingPong(kind string, n int) float64 {
	a, b := mp.Pipe()
	p := mp.NewProcess(Echo, mp.Args(b, n))
	p.Start()
	v := Item(kind)
	a.Recv()
	began := time.Now()
	for range n {
		a.Send(v)
		a.Recv()
	}
	took := time.Since(began)
	p.Join()
	return float64(n) / took.Seconds()
}

// Producer puts n items when all are there.
func Producer(ready *mp.Barrier, q *mp.Queue, kind string, n int) {
	v := Item(kind)
	ready.Wait() // all are there
	ready.Wait() // and the time begins
	for range n {
		q.Put(v)
	}
}

// Queue returns how many items per second come through a queue from k processes.
func Queue(kind string, n, k int) float64 {
	q := mp.NewQueue()
	ready := mp.NewBarrier(k + 1)
	var all []*mp.Process
	for range k {
		p := mp.NewProcess(Producer, mp.Args(ready, q, kind, n/k))
		p.Start()
		all = append(all, p)
	}
	ready.Wait()
	began := time.Now()
	ready.Wait()
	for range n / k * k {
		q.Get()
	}
	took := time.Since(began)
	for _, p := range all {
		p.Join()
	}
	return float64(n) / took.Seconds()
}

// SimpleProducer is Producer for a SimpleQueue.
func SimpleProducer(ready *mp.Barrier, q *mp.SimpleQueue, kind string, n int) {
	v := Item(kind)
	ready.Wait() // all are there
	ready.Wait() // and the time begins
	for range n {
		q.Put(v)
	}
}

// SimpleQueue is Queue for a SimpleQueue and one process.
func SimpleQueue(kind string, n int) float64 {
	q := mp.NewSimpleQueue()
	ready := mp.NewBarrier(2)
	p := mp.NewProcess(SimpleProducer, mp.Args(ready, q, kind, n))
	p.Start()
	ready.Wait()
	began := time.Now()
	ready.Wait()
	for range n {
		q.Get()
	}
	took := time.Since(began)
	p.Join()
	return float64(n) / took.Seconds()
}

// Locker acquires and releases a lock n times.
func Locker(ready, done *mp.Barrier, lock *mp.Lock, n int) {
	ready.Wait()
	ready.Wait()
	for range n {
		lock.Acquire()
		lock.Release()
	}
	done.Wait()
}

// Lock returns how often per second k processes acquire and release a lock together.
func Lock(n, k int) float64 {
	lock, ready, done := mp.NewLock(), mp.NewBarrier(k+1), mp.NewBarrier(k+1)
	var all []*mp.Process
	for range k {
		p := mp.NewProcess(Locker, mp.Args(ready, done, lock, n/k))
		p.Start()
		all = append(all, p)
	}
	ready.Wait()
	began := time.Now()
	ready.Wait()
	done.Wait()
	took := time.Since(began)
	for _, p := range all {
		p.Join()
	}
	return float64(n) / took.Seconds()
}

// Adder adds 1 to a value n times.
func Adder(ready, done *mp.Barrier, v *mp.Value, n int) {
	ready.Wait()
	ready.Wait()
	for range n {
		v.GetLock().Acquire()
		v.SetValue(v.Int() + 1)
		v.GetLock().Release()
	}
	done.Wait()
}

// Add returns how often per second k processes add 1 to a value together.
func Add(n, k int) float64 {
	v, ready, done := mp.NewValue("i", 0), mp.NewBarrier(k+1), mp.NewBarrier(k+1)
	var all []*mp.Process
	for range k {
		p := mp.NewProcess(Adder, mp.Args(ready, done, v, n/k))
		p.Start()
		all = append(all, p)
	}
	ready.Wait()
	began := time.Now()
	ready.Wait()
	done.Wait()
	took := time.Since(began)
	for _, p := range all {
		p.Join()
	}
	if v.Int() != n/k*k {
		panic("increments were lost")
	}
	return float64(n) / took.Seconds()
}

// Raw returns how many numbers per second are read from, added to and written to shared memory, one by one.
func Raw(n int) float64 {
	a := mp.NewRawArray("d", 1000)
	began := time.Now()
	for i := range n {
		j := i % 1000
		a.Set(j, a.Get(j).(float64)+1)
	}
	return float64(n) / time.Since(began).Seconds()
}

// Slices returns how often per second 100,000 numbers are copied into shared memory and out of it.
func Slices(n int) float64 {
	a := mp.NewRawArray("d", 100_000)
	list := Item("100k floats")
	began := time.Now()
	for range n {
		a.SetSlice(0, 100_000, list)
		a.Slice()
	}
	return float64(n) / time.Since(began).Seconds()
}

// Task computes for so many microseconds.
func Task(us int) int {
	for began := time.Now(); us > 0 && time.Since(began) < time.Duration(us)*time.Microsecond; {
	}
	return us
}

// Arrive waits until all workers of a pool are there.
func Arrive(ready *mp.Barrier) { ready.Wait() }

// Pool returns how many tasks per second k workers of a Pool do. It panics if there are fewer results than tasks, or
// more.
func Pool(way string, us, n, k int) float64 {
	items := make([]int, n)
	for i := range items {
		items[i] = us
	}
	ready := mp.NewBarrier(k + 1)
	p := mp.NewPool(k, mp.Initializer(Arrive, ready))
	defer p.Terminate()
	ready.Wait() // all are there
	p.Map(Task, make([]int, 4*k), mp.Chunksize(1))
	done := 0
	began := time.Now()
	switch way {
	case "map by one":
		done = len(p.Map(Task, items, mp.Chunksize(1)))
	case "map":
		done = len(p.Map(Task, items))
	case "imap":
		for range p.ImapUnordered(Task, items) {
			done++
		}
	default:
		results := make([]*mp.AsyncResult, n)
		for i := range results {
			results[i] = p.ApplyAsync(Task, us)
		}
		for _, r := range results {
			r.Get()
			done++
		}
	}
	took := time.Since(began)
	if done != n {
		panic(fmt.Sprint(done, " results of ", n, " tasks"))
	}
	return float64(n) / took.Seconds()
}

// Executor is Pool for a ProcessPoolExecutor.
func Executor(way string, us, n, k int) float64 {
	items := make([]int, n)
	for i := range items {
		items[i] = us
	}
	ex := futures.NewProcessPoolExecutor(k)
	defer ex.Shutdown()
	for range ex.Map(Task, make([]int, 4*k)) {
	}
	done := 0
	began := time.Now()
	if way == "map" {
		for range ex.Map(Task, items) {
			done++
		}
	} else {
		fs := make([]*futures.Future, n)
		for i := range fs {
			fs[i] = ex.Submit(Task, us)
		}
		for _, f := range fs {
			if _, err := f.Result(); err != nil {
				panic(err)
			}
			done++
		}
	}
	took := time.Since(began)
	if done != n {
		panic(fmt.Sprint(done, " results of ", n, " tasks"))
	}
	return float64(n) / took.Seconds()
}

// Micros returns how long a kind of task computes.
func Micros(kind string) int {
	return map[string]int{"no-op": 0, "10 us": 10, "1 ms": 1000}[kind]
}

// SharedCopies returns how often per second 1 MB is copied into a SharedMemory and out of it, into memory that is
// there.
func SharedCopies(n int) float64 {
	m := sharedmemory.NewSharedMemory(sharedmemory.Create(true), sharedmemory.Size(1_000_000))
	defer m.Unlink()
	defer m.Close()
	// Memory that was never written is one page of zeros of the system's, which lies in the fastest cache: that would
	// measure another thing.
	data, out := []byte(strings.Repeat("x", 1_000_000)), make([]byte, 1_000_000)
	began := time.Now()
	for range n {
		m.Buf().SetSlice(0, 1_000_000, data)
		m.Buf().CopyTo(out, 0, 1_000_000)
	}
	return float64(n) / time.Since(began).Seconds()
}

// SharedLives returns how many SharedMemory of 64 KB are made, written to and unlinked per second.
func SharedLives(n int) float64 {
	began := time.Now()
	for range n {
		m := sharedmemory.NewSharedMemory(sharedmemory.Create(true), sharedmemory.Size(65536))
		m.Buf().Set(0, 1)
		m.Close()
		m.Unlink()
	}
	return float64(n) / time.Since(began).Seconds()
}

// Measure runs a program and returns its rate, in items per second.
func Measure(program, kind string, n, k int) float64 {
	if way, ok := strings.CutPrefix(program, "pool "); ok {
		return Pool(way, Micros(kind), n, k)
	}
	if way, ok := strings.CutPrefix(program, "executor "); ok {
		return Executor(way, Micros(kind), n, k)
	}
	switch program {
	case "shared copies":
		return SharedCopies(n)
	case "shared lives":
		return SharedLives(n)
	case "pipe":
		return Pipe(kind, n, k == 2)
	case "pipe bytes":
		return PipeBytes(n)
	case "pingpong":
		return PingPong(kind, n)
	case "queue":
		return Queue(kind, n, k)
	case "simple":
		return SimpleQueue(kind, n)
	case "lock":
		return Lock(n, k)
	case "add":
		return Add(n, k)
	case "raw":
		return Raw(n)
	case "slices":
		return Slices(n)
	}
	panic("no program " + program)
}
