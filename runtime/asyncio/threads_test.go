package asyncio_test

// This file defines the tests of loops that other threads wake.

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/asyncio"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/futures"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// Threads post callbacks at the same time; each is called once, on the loop's thread.
func TestThreadsafeHammer(t *testing.T) {
	const posters, each = 4, 300
	got := twin.Everywhere(t, func(t *testing.T, log func(...any)) {
		_, err := asyncio.Run(func() {
			loop, main := asyncio.GetRunningLoop(), machine.Current()
			n := 0
			over := asyncio.NewFuture()
			post := func() {
				for range each {
					loop.CallSoonThreadsafe(func() {
						if machine.Current() != main {
							log("a callback runs elsewhere")
						}
						if n++; n == posters*each {
							over.SetResult(nil)
						}
					})
				}
			}
			for range posters {
				threading.NewThread(post).Start()
			}
			_, _ = over.Await()
			log(n)
		})
		log(err)
	})
	for name, s := range got {
		if want := fmt.Sprint(posters*each, "\n<nil>\n"); s != want {
			t.Errorf("%s: %s, not %s", name, s, want)
		}
	}
}

// A loop that a thread could wake is in no deadlock while one can run; when all wait, the report says which task awaits
// what.
func TestDeadlockOfThreadsNamesTasks(t *testing.T) {
	for _, real := range []bool{false, true} {
		for _, c := range []struct {
			name string
			main func()
			want []string
		}{
			{"call_soon_threadsafe", func() {
				asyncio.GetRunningLoop()
				jobs := asyncio.NewQueue().Named("jobs")
				k := asyncio.CreateTask(func() { jobs.Get() })
				_, _ = k.Await()
			}, []string{"Task-1 awaits Task-2", "Task-2 awaits Queue jobs (empty)"}},
			{"to_thread", func() {
				lock := threading.NewLock("held")
				lock.Acquire()
				_, _ = asyncio.ToThread(func() { lock.Acquire() })
			}, []string{"Task-1 awaits a call in another thread", "Lock held", "asyncio_0"}},
			{"many", func() {
				asyncio.GetRunningLoop()
				for range 9 {
					asyncio.CreateTask(func() { _, _ = asyncio.NewFuture().Await() })
				}
				_, _ = asyncio.NewFuture().Await()
			}, []string{"Task-1 awaits a Future", "7 more tasks"}},
		} {
			t.Run(fmt.Sprintf("%s/real=%v", c.name, real), func(t *testing.T) {
				err := twin.NewWorld(t, real, "3.13", 1).Run(func() { _, _ = asyncio.Run(c.main) })
				var d *machine.Deadlock
				if !errors.As(err, &d) {
					t.Fatalf("ended by %v", err)
				}
				for _, want := range c.want {
					if !strings.Contains(d.Error(), want) {
						t.Errorf("no %q in %s", want, d)
					}
				}
			})
		}
	}
}

// What a task awaits in another thread is cancelled with it, and Run waits for what runs.
func TestCancelledCallInThread(t *testing.T) {
	got := twin.Everywhere(t, func(t *testing.T, log func(...any)) {
		ended := false
		_, err := asyncio.Run(func() {
			begun, end := threading.NewEvent(), threading.NewEvent()
			k := asyncio.CreateTask(func() error {
				_, err := asyncio.ToThread(func() {
					begun.Set()
					end.Wait()
					ended = true
				})
				return err
			})
			for !begun.IsSet() {
				asyncio.Sleep(time.Millisecond)
			}
			k.Cancel()
			_, err := k.Await()
			log(k.Cancelled(), outcome(nil, err), ended)
			end.Set()
		})
		log(err, ended)
		ex := futures.NewThreadPoolExecutor(1)
		ex.Shutdown()
		_, _ = asyncio.Run(func() {
			log(raised(func() { asyncio.RunInExecutor(ex, func() {}) }))
			zero := 0
			_, err := asyncio.ToThread(func() { _ = 1 / zero })
			log(exceptions.Is(err, "ZeroDivisionError"))
		})
	})
	for name, s := range got {
		if want := "true CancelledError false\n<nil> true\nRuntimeError: cannot schedule new futures after shutdown\n" +
			"true\n"; s != want {
			t.Errorf("%s: %s, not %s", name, s, want)
		}
	}
}

func ExampleTaskGroup() {
	_ = twin.NewWorld(&testing.T{}, false, "3.13", 1).Run(func() {
		_, _ = asyncio.Run(func() {
			fetch := func(page int) (string, error) {
				asyncio.Sleep(time.Duration(page) * time.Millisecond)
				if page == 2 {
					return "", exceptions.Value("no page %d", page)
				}
				return fmt.Sprint("page ", page), nil
			}
			var tasks []*asyncio.Task
			err := asyncio.NewTaskGroup().With(func(tg *asyncio.TaskGroup) {
				for page := range 4 {
					tasks = append(tasks, tg.CreateTask(fetch, page))
				}
			})
			fmt.Println(err)
			for _, t := range tasks {
				fmt.Println(t.Name(), t.Cancelled())
			}
		})
	})
	// Output:
	// unhandled errors in a TaskGroup (1 sub-exception)
	// Task-2 false
	// Task-3 false
	// Task-4 false
	// Task-5 true
}

func ExampleWait() {
	_ = twin.NewWorld(&testing.T{}, false, "3.13", 1).Run(func() {
		_, _ = asyncio.Run(func() {
			var tasks []*asyncio.Task
			for n := range 3 {
				tasks = append(tasks,
					asyncio.CreateTask(func() int { asyncio.Sleep(time.Duration(n+1) * time.Second); return n }))
			}
			done, pending := asyncio.Wait(tasks, asyncio.FirstCompleted)
			fmt.Println(len(done), len(pending))
			done, pending = asyncio.Wait(tasks, 1500*time.Millisecond)
			fmt.Println(len(done), len(pending))
			for r, err := range asyncio.AsCompleted(pending) {
				fmt.Println(r, err)
			}
		})
	})
	// Output:
	// 1 2
	// 2 1
	// 2 <nil>
}
