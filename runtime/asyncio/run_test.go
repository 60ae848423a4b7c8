package asyncio_test

import (
	"errors"
	"testing"
	"time"

	"gilkernel/runtime/asyncio"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/twin"
)

func TestPrograms(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct {
		name  string
		fn    func(log func(...any))
		want  string
		timed bool // the order depends on time
	}{
		{"turns", func(log func(...any)) {
			worker := func(name string, n int) string {
				for i := range n {
					log(name, i)
					asyncio.Sleep(0)
				}
				return name + " done"
			}
			log(asyncio.Run(func() ([]any, error) {
				return asyncio.Gather(asyncio.Coro(worker, "a", 2), asyncio.Coro(worker, "b", 3))
			}))
		}, "a 0\nb 0\na 1\nb 1\nb 2\n[a done b done] <nil>\n", false},
		{"sleepsort", func(log func(...any)) {
			_, _ = asyncio.Run(func() {
				var ts []any
				for _, d := range []int{30, 10, 20} {
					ts = append(ts, asyncio.CreateTask(func(d int) { asyncio.Sleep(time.Duration(d) * ms); log(d) }, d))
				}
				_, _ = asyncio.Gather(ts...)
			})
		}, "10\n20\n30\n", true},
		{"cancel", func(log func(...any)) {
			_, err := asyncio.Run(func() error {
				k := asyncio.CreateTask(func() {
					defer log("cleanup")
					asyncio.Sleep(time.Hour)
				})
				asyncio.Sleep(0)
				log(k.Cancel(), k.Done())
				_, err := k.Await()
				log(k.Cancelled(), k.Cancel(), errors.Is(err, &asyncio.CancelledError{}))
				return errors.New("x")
			})
			log(err)
		}, "true false\ncleanup\ntrue false true\nx\n", false},
		{"refuses", func(log func(...any)) {
			log(asyncio.Run(func() (any, error) {
				k := asyncio.CreateTask(func() string {
					func() {
						defer func() { log(recover()) }()
						asyncio.Sleep(time.Hour)
					}()
					return "still here"
				})
				asyncio.Sleep(0)
				k.Cancel()
				return k.Await()
			}))
		}, "the task was cancelled\nstill here <nil>\n", false},
		{"queue", func(log func(...any)) {
			_, _ = asyncio.Run(func() {
				q := asyncio.NewQueue(2)
				p := asyncio.CreateTask(func() {
					for i := range 4 {
						q.Put(i)
						log("put", i)
					}
				})
				c := asyncio.CreateTask(func() {
					for {
						log("got", q.Get())
						q.TaskDone()
					}
				})
				_, _ = p.Await()
				q.Join()
				c.Cancel()
				_, err := c.Await()
				log(err, q.Empty(), q.Full(), q.Qsize())
			})
		}, "put 0\nput 1\ngot 0\ngot 1\nput 2\nput 3\ngot 2\ngot 3\nthe task was cancelled true false 0\n", false},
		{"waitfor", func(log func(...any)) {
			_, _ = asyncio.Run(func() {
				log(asyncio.WaitFor(func() int { asyncio.Sleep(ms); return 7 }, 50*time.Second))
				log(asyncio.WaitFor(func() { defer log("cleanup"); asyncio.Sleep(time.Hour) }, ms))
				log(asyncio.WaitFor(func() {}, 0))
				log(asyncio.Timeout(ms, func() { asyncio.Sleep(time.Hour) }))
				log(asyncio.Timeout(time.Hour, func() { asyncio.Sleep(0) }))
			})
		}, "7 <nil>\ncleanup\n<nil> the time is up\n<nil> the time is up\nthe time is up\n<nil>\n", false},
		{"gather fails", func(log func(...any)) {
			_, _ = asyncio.Run(func() {
				bad := func() error { asyncio.Sleep(0); return exceptions.Value("bad") }
				good := func() { asyncio.Sleep(ms); log("good") }
				log(asyncio.Gather(good, bad))
				log(asyncio.Gather(good, bad, asyncio.ReturnExceptions))
				log(asyncio.Gather())
			})
		}, "[] bad\ngood\ngood\n[<nil> bad] <nil>\n[] <nil>\n", true},
		{"the rest is cancelled", func(log func(...any)) {
			log(asyncio.Run(func() int {
				asyncio.CreateTask(func() { defer log("cancelled"); asyncio.Sleep(time.Hour) })
				asyncio.Sleep(0)
				return 1
			}))
		}, "cancelled\n1 <nil>\n", false},
		{"lock", func(log func(...any)) {
			_, _ = asyncio.Run(func() {
				l, s, e := asyncio.NewLock(), asyncio.NewSemaphore(2), asyncio.NewEvent()
				work := func(n int) {
					e.Wait()
					s.With(func() {
						l.With(func() {
							log("in", n)
							asyncio.Sleep(0)
							log("out", n)
						})
					})
				}
				for i := range 3 {
					asyncio.CreateTask(work, i)
				}
				asyncio.Sleep(0)
				e.Set()
				for len(asyncio.AllTasks()) > 1 {
					asyncio.Sleep(0)
				}
			})
		}, "in 0\nout 0\nin 1\nout 1\nin 2\nout 2\n", false},
		{"threads", func(log func(...any)) {
			log(asyncio.Run(func() (any, error) {
				ticks := 0
				asyncio.CreateTask(func() {
					for {
						ticks++
						asyncio.Sleep(0)
					}
				})
				go1 := func(x float64) float64 { return x * 2 }
				r, err := asyncio.ToThread(go1, 21)
				log(ticks > 0)
				return r, err
			}))
		}, "true\n42 <nil>\n", false},
		{"callbacks", func(log func(...any)) {
			_, _ = asyncio.Run(func() {
				f := asyncio.NewFuture()
				f.AddDoneCallback(func(f *asyncio.Future) { log("done", f.Done()) })
				asyncio.CallSoon(func() { f.SetResult(3) })
				asyncio.CallLater(time.Hour, func() { log("never") })()
				log(f.Await())
			})
		}, "done true\n3 <nil>\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.timed {
				twin.Timed(t, c.want, c.fn)
				return
			}
			for at, got := range twin.Everywhere(t, func(_ *testing.T, log func(...any)) { c.fn(log) }) {
				if got != c.want {
					t.Errorf("%s: got\n%swant\n%s", at, got, c.want)
				}
			}
		})
	}
}
