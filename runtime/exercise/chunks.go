package exercise

// This file defines the exercise chunks: many small tasks for a pool of processes.

import (
	"fmt"
	"slices"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func chunksTask() *task {
	return &task{
		id:     "chunks",
		lesson: lessonProcesses,
		title:  "The size of a chunk",
		text: "`squares` computes the squares of hundreds of numbers with a pool of processes. Each square takes 20 " +
			"µs, and each message to a process and back takes longer than that: one by one, the pool is slower than " +
			"a loop. Send several numbers at a time, with `futures.Chunksize(n)` as the last argument of `pool.Map`; " +
			"but not so many that there is nothing left for some of the workers. A size that is right for any " +
			"list and any pool depends on `len(numbers)` and on `workers`.",
		signature: "func(numbers []int, workers int) []int",
		start: `squares := func(numbers []int, workers int) []int {
	square := func(n int) int {
		gil.Work(20 * time.Microsecond)
		return n * n
	}
	pool := futures.NewProcessPoolExecutor(workers)
	defer pool.Shutdown()
	all := []int{}
	for n := range pool.Map(square, numbers) {
		all = append(all, n.(int))
	}
	return all
}`,
		hints: []string{
			"A chunk is what is sent at once: a message there, a message back. How many messages are there with " +
				"chunks of one number? With a chunk of all numbers, how many workers have work?",
			"Each worker should get a few chunks: fewer messages than numbers by far, and enough chunks that all " +
				"workers are busy until the end.",
			"`multiprocessing.Pool.map` does it by itself: it makes about four chunks for each worker. " +
				"`max(1, len(numbers)/(4*workers))` is that.",
		},
		solution: `squares := func(numbers []int, workers int) []int {
	square := func(n int) int {
		gil.Work(20 * time.Microsecond)
		return n * n
	}
	pool := futures.NewProcessPoolExecutor(workers)
	defer pool.Shutdown()
	all := []int{}
	chunk := max(1, len(numbers)/(4*workers))
	for n := range pool.Map(square, numbers, futures.Chunksize(chunk)) {
		all = append(all, n.(int))
	}
	return all
}`,
		why: "Four chunks for each worker: some dozen messages instead of hundreds, and when one worker is done " +
			"early, it takes another chunk.",
		praise: "The squares are right, there were few messages, and all workers were busy.",
		worlds: []World{{Python: "3.13", Cores: 4}},
		seeds:  6,
		trial: func(solution any) trial {
			f, ok := solution.(func([]int, int) []int)
			if !ok || f == nil {
				return nil
			}
			return &chunksTrial{f: f}
		},
	}
}

const (
	chunksEach = 20 * time.Microsecond
	// chunksMore is how much longer than its share of the work the call may take: to start processes and to send some
	// dozen chunks takes 3.5 ms on the simulated machine, chunks of one number 10 ms, and one chunk for half of the
	// workers 5.8 ms.
	chunksMore = 5 * time.Millisecond
)

type chunksTrial struct {
	f         func([]int, int) []int
	workers   int
	got, want []int
	took      time.Duration
	alive     int
}

// counted requests a timeline for every run: it has the processes.
func (*chunksTrial) counted() {}

func (c *chunksTrial) body(r *run) {
	seed := int(machine.Current().Machine().Seed())
	c.workers = 4 - seed%2
	var numbers []int
	for i := range 600 + 50*(seed%3) {
		numbers = append(numbers, i+seed)
		c.want = append(c.want, (i+seed)*(i+seed))
	}
	r.patience = 10 * time.Second
	r.start("the caller of squares", func() {
		t := machine.Current()
		began := t.Now()
		c.got = c.f(numbers, c.workers)
		c.took = t.Now() - began
		c.alive = children()
	})
	r.join()
}

func (c *chunksTrial) judge(r *run, tl *timeline.Timeline) *fault {
	if f := r.common(); f != nil {
		return f
	}
	started := tl.Processes() - 1
	share := time.Duration(len(c.want)) * chunksEach / time.Duration(c.workers)
	switch {
	case !slices.Equal(c.got, c.want):
		return &fault{text: "The result isn't the squares of the numbers, in their order."}
	case started < 1:
		return &fault{text: "No process was started: this exercise is about how to keep a pool of them busy."}
	case c.alive > 0:
		return &fault{text: fmt.Sprintf("`squares` returned while %d processes still ran: shut the pool down.",
			c.alive),
			misconception: "A pool ends when its last task does."}
	case c.took > share+chunksMore:
		f := &fault{text: fmt.Sprintf("The squares are right, and took %.1f ms. %d workers have %.1f ms of work "+
			"each, and %.1f ms should be enough with what it takes to start them.", milliseconds(c.took), c.workers,
			milliseconds(share), milliseconds(share+chunksMore))}
		if busy := workersOf(tl); busy < c.workers {
			f.text += fmt.Sprintf(" Only %d of them had something to do: the chunks are too large.", busy)
			f.misconception = "The fewer messages, the better."
		} else {
			f.text += " The rest went into messages, or into waiting for the last worker."
			f.misconception = "Four workers are four times as fast, whatever they are sent."
		}
		return f
	}
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// workersOf returns how many processes, apart from the first, ran for more than a hundredth of the time.
func workersOf(tl *timeline.Timeline) (n int) {
	ran := map[int]int64{}
	var from, to int64
	for i, lane := range tl.Lanes() {
		for _, iv := range lane {
			from, to = min(from, iv.From), max(to, iv.To)
			if iv.State == timeline.Run || iv.State == timeline.Native {
				ran[tl.Threads[i].PID] += iv.Duration()
			}
		}
	}
	for pid, d := range ran {
		if pid != tl.Threads[0].PID && d > (to-from)/100 {
			n++
		}
	}
	return n
}
