package queue_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/queue"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/timeline"
	"gilkernel/runtime/twin"
)

// catch returns what fn panics with.
func catch(fn func()) (v any) {
	defer func() { v = recover() }()
	fn()
	return nil
}

// said is what an exception says, with its name.
func said(v any) string {
	if e, ok := v.(exceptions.Exception); ok {
		return e.Exception() + ": " + e.Error()
	}
	return fmt.Sprint(v)
}

// anyQueue is what all queues have.
type anyQueue interface {
	Put(any, ...queue.Option)
	Get(...queue.Option) any
	PutNowait(any) error
	GetNowait() (any, error)
	PutTimeout(any, time.Duration) error
	GetTimeout(time.Duration) (any, error)
	Qsize() int
	Empty() bool
	Name() string
}

func TestPrograms(t *testing.T) {
	for _, c := range []struct {
		name string
		fn   func(log func(...any))
		want string
	}{
		{"orders", func(log func(...any)) {
			for _, q := range []anyQueue{queue.NewQueue(), queue.NewLifoQueue(), queue.NewPriorityQueue(),
				queue.NewSimpleQueue()} {
				for _, n := range []int{3, 1, 2} {
					q.Put(n)
				}
				log(q.Name(), q.Qsize(), q.Empty(), q.Get(), q.Get(), q.Get(), q.Empty())
			}
		}, "Queue-1 3 false 3 1 2 true\nLifoQueue-1 3 false 2 1 3 true\nPriorityQueue-1 3 false 1 2 3 true\n" +
			"SimpleQueue-1 3 false 3 1 2 true\n"},
		{"limits", func(log func(...any)) {
			q := queue.NewQueue(1).Named("jobs")
			log(q.GetNowait())
			log(q.GetTimeout(time.Millisecond))
			log(q.PutNowait(1), q.PutNowait(2), q.PutTimeout(2, time.Millisecond), q.Full(), q.Maxsize())
			log(said(catch(func() { q.Put(2, queue.Block(false)) })),
				said(catch(func() { q.Put(2, queue.Timeout(0)) })))
			log(q.Get(), said(catch(func() { q.Get(queue.Timeout(0)) })),
				said(catch(func() { q.Get(queue.Block(false)) })))
		}, "<nil> Queue jobs is empty\n<nil> Queue jobs is empty\n" +
			"<nil> Queue jobs is full Queue jobs is full true 1\n" +
			"Full: Queue jobs is full Full: Queue jobs is full\n" +
			"1 Empty: Queue jobs is empty Empty: Queue jobs is empty\n"},
		{"workers", func(log func(...any)) {
			q := queue.NewQueue(2)
			sum := 0
			lock := threading.NewLock()
			var workers []*threading.Thread
			for range 3 {
				w := threading.NewThread(func() {
					for item := range q.All() {
						lock.With(func() { sum += item.(int) })
						q.TaskDone()
					}
				})
				w.Start()
				workers = append(workers, w)
			}
			for i := range 20 {
				q.Put(i)
			}
			q.Join()
			q.Shutdown()
			for _, w := range workers {
				w.Join()
			}
			log(sum, q.Empty(), q.IsShutdown(), q.PutNowait(1))
		}, "190 true true Queue-1 is shut down\n"},
		{"shutdown", func(log func(...any)) {
			q := queue.NewQueue().Named("q")
			q.Put(1)
			q.Put(2)
			q.Shutdown()
			log(said(catch(func() { q.Put(3) })), q.Get())
			q.Shutdown(true)
			q.TaskDone()
			log(said(catch(func() { q.Get() })), q.Qsize())
			_, err := q.GetNowait()
			log(errors.Is(err, queue.ErrShutDown), errors.Is(err, queue.ErrEmpty), said(catch(q.TaskDone)))
			q.Join()
		}, "ShutDown: Queue q is shut down 1\nShutDown: Queue q is shut down 0\n" +
			"true false ValueError: task_done() called too many times\n"},
		{"shutdown wakes", func(log func(...any)) {
			full, empty := queue.NewQueue(1), queue.NewQueue()
			full.Put(0)
			var ends []string
			lock := threading.NewLock()
			try := func(fn func()) {
				end := said(catch(fn))
				lock.With(func() { ends = append(ends, end) })
			}
			a := threading.NewThread(func() { try(func() { full.Put(1) }) })
			b := threading.NewThread(func() { try(func() { empty.Get() }) })
			c := threading.NewThread(func() { full.Join() })
			for _, th := range []*threading.Thread{a, b, c} {
				th.Start()
			}
			full.Shutdown(true)
			empty.Shutdown()
			for _, th := range []*threading.Thread{a, b, c} {
				th.Join()
			}
			log(len(ends), strings.Contains(ends[0]+ends[1], "Queue-1"), strings.Contains(ends[0]+ends[1], "Queue-2"))
		}, "2 true true\n"},
		{"misuse", func(log func(...any)) {
			q := queue.NewQueue(1)
			log(said(catch(func() { q.GetTimeout(-1) })))
			q.Put(1)
			log(said(catch(func() { q.PutTimeout(1, -1) })), said(catch(func() { q.Get(queue.Timeout(-1)) })))
			log(said(catch(func() { queue.NewSimpleQueue().GetTimeout(-1) })), queue.NewQueue().PutTimeout(1, -1))
			q.TaskDone()
			log(said(catch(q.TaskDone)))
			log(said(catch(func() { new(queue.Queue).Put(1) })))
			log(said(catch(func() { queue.NewQueue(1, 2) })))
			p := queue.NewPriorityQueue()
			p.Put(1)
			log(said(catch(func() { p.Put("a") })), p.Qsize(), p.Get())
			log(new(queue.SimpleQueue).GetNowait())
		}, "ValueError: 'timeout' must be a non-negative number\n" +
			"ValueError: 'timeout' must be a non-negative number ValueError: 'timeout' must be a non-negative " +
			"number\n" +
			"ValueError: 'timeout' must be a non-negative number <nil>\n" +
			"ValueError: task_done() called too many times\n" +
			"AttributeError: a Queue that NewQueue didn't make has no attribute 'mutex'\n" +
			"TypeError: Queue.__init__() takes from 1 to 2 positional arguments but 3 were given\n" +
			"TypeError: '<' not supported between instances of 'string' and 'int' 2 1\n" +
			"<nil> a queue is empty\n"},
		{"deadlock", func(log func(...any)) {
			q := queue.NewQueue(1).Named("jobs")
			log(catch(func() { q.Get() }))
			q.Put(1)
			log(catch(func() { q.Put(2) }))
			log(catch(func() { q.Join() }))
			log(catch(func() { queue.NewSimpleQueue().Named("s").Get() }))
			q.Get()
			log(q.Qsize(), q.PutNowait(1))
		}, "deadlock: the only thread waits, and no other thread can wake it\n" +
			"  MainThread waits for Queue jobs (empty)\n" +
			"deadlock: the only thread waits, and no other thread can wake it\n" +
			"  MainThread waits for Queue jobs (full)\n" +
			"deadlock: the only thread waits, and no other thread can wake it\n" +
			"  MainThread waits for Queue jobs (tasks not done)\n" +
			"deadlock: the only thread waits, and no other thread can wake it\n" +
			"  MainThread waits for SimpleQueue s (empty)\n0 <nil>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for at, got := range twin.Everywhere(t, func(_ *testing.T, log func(...any)) { c.fn(log) }) {
				if got != c.want {
					t.Errorf("%s: got\n%swant\n%s", at, got, c.want)
				}
			}
		})
	}
}

// Events of a queue carry its name and size.
func TestTimeline(t *testing.T) {
	w := twin.NewWorld(t, false, "3.13", 1)
	if err := w.Run(func() {
		q := queue.NewQueue(1).Named("jobs")
		th := threading.NewThread(func() { q.Get() })
		th.Start()
		q.Put(1)
		q.Put(2)
		th.Join()
		q.Get()
	}); err != nil {
		t.Fatal(err)
	}
	tl := w.Recorder.Snapshot()
	var got []string
	for _, e := range tl.Events {
		switch e.Kind {
		case timeline.Put, timeline.Get, timeline.WaitQueue:
			got = append(got, fmt.Sprint(tl.Threads[e.Thread-1].Name, " ", e.Kind, " ", tl.Names[e.Object], " ",
				e.Value))
		}
	}
	text := strings.Join(got, "\n")
	for _, want := range []string{"MainThread put Queue jobs 1", "get Queue jobs 0"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if !strings.Contains(text, "wait for queue Queue jobs (") {
		t.Errorf("nobody waits in\n%s", text)
	}
}

// Plain goroutines, which belong to no interpreter, may use queues on a real machine, with threads.
func TestPlainGoroutines(t *testing.T) {
	w := twin.NewWorld(t, true, "3.13", 1)
	w.Machine.AddOutsiders(w.Interpreter, 1)
	for _, q := range []anyQueue{queue.NewQueue(2), queue.NewSimpleQueue()} {
		done := make(chan int)
		go func() {
			sum := 0
			for range 100 {
				sum += q.Get().(int)
			}
			_, err := q.GetTimeout(time.Microsecond)
			if !errors.Is(err, queue.ErrEmpty) {
				sum = -1
			}
			done <- sum
		}()
		if err := w.Run(func() {
			for i := range 100 {
				q.Put(i)
			}
		}); err != nil {
			t.Fatal(err)
		}
		if sum := <-done; sum != 4950 {
			t.Error(sum)
		}
	}
}

func ExampleQueue() {
	m, _ := machine.Simulate(nil)
	in, _ := gil.New(m, nil)
	_ = threading.Main(in).Run(func(*machine.Thread) {
		jobs := queue.NewQueue(2).Named("jobs")
		worker := threading.NewThread(func() {
			for job := range jobs.All() {
				fmt.Println("job", job)
			}
		})
		worker.Start()
		for i := range 3 {
			jobs.Put(i)
		}
		jobs.Shutdown()
		worker.Join()
		fmt.Println(jobs.PutNowait(3))
		fmt.Println(errors.Is(jobs.PutNowait(3), queue.ErrShutDown))
	})
	// Output:
	// job 0
	// job 1
	// job 2
	// Queue jobs is shut down
	// true
}

func ExamplePriorityQueue() {
	m, _ := machine.Simulate(nil)
	in, _ := gil.New(m, nil)
	_ = threading.Main(in).Run(func(*machine.Thread) {
		q := queue.NewPriorityQueue()
		q.Put([]any{2, "later"})
		q.Put([]any{1, "now"})
		fmt.Println(q.Get())
	})
	// Output: [1 now]
}

func ExampleSimpleQueue() {
	m, _ := machine.Simulate(nil)
	in, _ := gil.New(m, nil)
	err := threading.Main(in).Run(func(*machine.Thread) {
		queue.NewSimpleQueue().Named("never").Get()
	})
	fmt.Println(err)
	// Output:
	// deadlock: the only thread waits, and no other thread can wake it
	//   MainThread waits for SimpleQueue never (empty)
}
