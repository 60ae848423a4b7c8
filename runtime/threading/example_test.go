package threading_test

import (
	"fmt"
	"os"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
)

// cell runs a function as a kernel runs a cell: in the main thread of a Python on a simulated machine.
func cell(fn func()) {
	m, _ := machine.Simulate(nil)
	in, _ := gil.New(m, &gil.Options{Version: "3.13"})
	threading.SetHost(in, threading.Host{Stderr: os.Stdout})
	if err := threading.Main(in).Run(func(*machine.Thread) { fn() }); err != nil {
		fmt.Println(err)
	}
	if err := threading.Shutdown(in); err != nil {
		fmt.Println(err)
	}
}

func ExampleThread() {
	cell(func() {
		greet := func(name string, times int) {
			for range times {
				fmt.Println("hello", name, "from", threading.CurrentThread().Name())
			}
		}
		t := threading.NewThread(greet, threading.Args("world", 2), threading.Name("greeter"))
		t.Start()
		t.Join()
		fmt.Println(t.IsAlive(), t.Daemon())
	})
	// Output:
	// hello world from greeter
	// hello world from greeter
	// false false
}

func ExampleLock() {
	cell(func() {
		accounts := threading.NewLock("accounts")
		balance := 0
		deposit := func() {
			for range 1000 {
				accounts.With(func() { balance++ })
			}
		}
		a, b := threading.NewThread(deposit), threading.NewThread(deposit)
		a.Start()
		b.Start()
		a.Join()
		b.Join()
		fmt.Println(balance)
		accounts.Acquire()
		fmt.Println(accounts.Acquire(threading.Blocking(false)), accounts.Acquire(threading.Timeout(time.Millisecond)))
	})
	// Output:
	// 2000
	// false false
}

func ExampleRLock() {
	cell(func() {
		var tree threading.RLock
		var depth func(n int) int
		depth = func(n int) (d int) {
			tree.With(func() {
				if n > 0 {
					d = 1 + depth(n-1)
				}
			})
			return d
		}
		fmt.Println(depth(5), tree.Locked())
	})
	// Output: 5 false
}

func ExampleCondition() {
	cell(func() {
		var items []int
		arrived := threading.NewCondition(nil, "arrived")
		consumer := threading.NewThread(func() {
			for range 3 {
				arrived.With(func() {
					arrived.WaitFor(func() bool { return len(items) > 0 })
					fmt.Println("got", items[0])
					items = items[1:]
				})
			}
		})
		consumer.Start()
		for i := range 3 {
			arrived.With(func() {
				items = append(items, i)
				arrived.Notify()
			})
		}
		consumer.Join()
	})
	// Output:
	// got 0
	// got 1
	// got 2
}

func ExampleSemaphore() {
	cell(func() {
		pool := threading.NewSemaphore(2, "connections")
		fmt.Println(pool.Acquire(), pool.Acquire(), pool.Acquire(threading.Blocking(false)))
		pool.Release(2)
	})
	// Output: true true false
}

func ExampleBoundedSemaphore() {
	cell(func() {
		defer func() { fmt.Println(recover()) }()
		pool := threading.NewBoundedSemaphore(2)
		pool.With(func() {})
		pool.Release()
	})
	// Output: Semaphore released too many times
}

func ExampleEvent() {
	cell(func() {
		ready := threading.NewEvent("ready")
		fmt.Println(ready.Wait(threading.Timeout(time.Millisecond)))
		threading.NewThread(ready.Set).Start()
		fmt.Println(ready.Wait(), ready.IsSet())
	})
	// Output:
	// false
	// true true
}

func ExampleTimer() {
	cell(func() {
		boil := threading.NewTimer(3*time.Minute, func(what string) { fmt.Println(what, "is ready") },
			threading.Args("the egg"))
		boil.Start()
		never := threading.NewTimer(time.Hour, func() { fmt.Println("too late") })
		never.Start()
		never.Cancel()
	})
	// Output: the egg is ready
}

func ExampleBarrier() {
	cell(func() {
		start := threading.NewBarrier(3, threading.Action(func() { fmt.Println("all are here") }))
		for range 3 {
			threading.NewThread(func() {
				if _, err := start.Wait(); err != nil {
					fmt.Println(err)
				}
			}).Start()
		}
	})
	// Output: all are here
}

func ExampleBrokenBarrierError() {
	cell(func() {
		alone := threading.NewBarrier(2)
		_, err := alone.Wait(threading.Timeout(time.Second))
		fmt.Println(err, alone.Broken())
	})
	// Output: the barrier is broken true
}

func ExampleLocal() {
	cell(func() {
		request := threading.NewLocal()
		request.Set("user", "main")
		t := threading.NewThread(func() {
			_, ok := request.Lookup("user")
			fmt.Println(ok)
			request.Set("user", "worker")
		})
		t.Start()
		t.Join()
		fmt.Println(request.Get("user"))
	})
	// Output:
	// false
	// main
}

func ExampleSetExceptHook() {
	cell(func() {
		threading.SetExceptHook(func(a threading.ExceptHookArgs) {
			fmt.Println(a.Thread.Name(), "died of", a.ExcType, a.ExcValue)
		})
		t := threading.NewThread(func() { panic("no more") }, threading.Name("worker"))
		t.Start()
		t.Join()
		fmt.Println(t.Exception())
	})
	// Output:
	// worker died of RuntimeError no more
	// no more
}

// Two threads acquire two locks in opposite order: the report says which thread waits for which lock.
func ExampleLock_deadlock() {
	cell(func() {
		a, b := threading.NewLock("a"), threading.NewLock("b")
		a.Acquire()
		t := threading.NewThread(func() {
			b.Acquire()
			a.Acquire()
		}, threading.Name("worker"), threading.Daemon(true))
		t.Start()
		machine.Current().Sleep(time.Second)
		b.Acquire()
	})
	// Output:
	// deadlock: 2 threads wait for each other
	//   MainThread waits for Lock b, held by worker
	//   worker waits for Lock a, held by MainThread
}
