package exercise

// This file defines the exercise pool: tasks that wait for tasks of their own pool.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

func poolTask() *task {
	return &task{
		id:     "pool",
		lesson: lessonThreading,
		title:  "The pool that hangs",
		text: "Fix `sizes`. For each folder, it adds up `size(file)` of its files, and returns the sums in order. " +
			"Each call of `size` waits for a disk, so the calls are made by a " +
			"`futures.NewThreadPoolExecutor(workers)`: `workers` of them at the same time, and never more. The code " +
			"below also gives each folder to a worker, which then waits for the files. With few folders it works.",
		signature: "func(workers int, folders [][]string, size func(file string) int) []int",
		start: `sizes := func(workers int, folders [][]string, size func(file string) int) []int {
	pool := futures.NewThreadPoolExecutor(workers)
	defer pool.Shutdown()
	folder := func(files []string) int {
		calls := []*futures.Future{}
		for _, file := range files {
			calls = append(calls, pool.Submit(size, file))
		}
		sum := 0
		for _, call := range calls {
			n, _ := call.Result()
			sum += n.(int)
		}
		return sum
	}
	calls := []*futures.Future{}
	for _, files := range folders {
		calls = append(calls, pool.Submit(folder, files))
	}
	sums := []int{}
	for _, call := range calls {
		n, _ := call.Result()
		sums = append(sums, n.(int))
	}
	return sums
}`,
		hints: []string{
			"Two workers, two folders: each worker has a folder and waits for its files. Which worker is left for " +
				"the files?",
			"A task must not wait for another task of its own pool: if all workers wait, none is left to run what " +
				"they wait for. More workers only move the limit. Does adding up numbers need a worker?",
			"Submit the files of all folders, from `sizes` itself, and remember the futures by folder. Only then ask " +
				"for the results, and add them up.",
		},
		solution: `sizes := func(workers int, folders [][]string, size func(file string) int) []int {
	pool := futures.NewThreadPoolExecutor(workers)
	defer pool.Shutdown()
	calls := [][]*futures.Future{}
	for _, files := range folders {
		list := []*futures.Future{}
		for _, file := range files {
			list = append(list, pool.Submit(size, file))
		}
		calls = append(calls, list)
	}
	sums := []int{}
	for _, list := range calls {
		sum := 0
		for _, call := range list {
			n, _ := call.Result()
			sum += n.(int)
		}
		sums = append(sums, sum)
	}
	return sums
}`,
		why: "Only calls that wait for the disk are tasks, and no task waits for another one, so each worker always " +
			"comes to an end.",
		praise: "The sums are right, all workers had something to do, and none waited for ever.",
		worlds: restlessWorlds(),
		trial: func(solution any) trial {
			f, ok := solution.(func(int, [][]string, func(string) int) []int)
			if !ok || f == nil {
				return nil
			}
			return &poolTrial{f: f}
		},
	}
}

type poolTrial struct {
	f                  func(int, [][]string, func(string) int) []int
	workers, folders   int
	inside, peak, made int
	got, want          []int
	returned           bool
	open               int // calls of size that hadn't ended when sizes returned
}

func (p *poolTrial) body(r *run) {
	seed := int(machine.Current().Machine().Seed())
	p.workers, p.folders = 2+seed%3, 6-seed%6
	var folders [][]string
	for i := range p.folders {
		var files []string
		sum := 0
		for j := range 3 + (i+seed)%4 {
			files = append(files, strings.Repeat("x", 1+i+j))
			sum += 1 + i + j
		}
		folders = append(folders, files)
		p.want = append(p.want, sum)
	}
	size := func(file string) int {
		p.made++
		p.inside++
		p.peak = max(p.peak, p.inside)
		machine.Current().Sleep(time.Millisecond)
		p.inside--
		return len(file)
	}
	r.start("the caller of sizes", func() {
		p.got = p.f(p.workers, folders, size)
		p.open = p.inside
		p.returned = true
	})
	r.join()
}

func (p *poolTrial) judge(r *run, _ *timeline.Timeline) *fault {
	if r.deadlock != nil && !p.returned && len(r.panics) == 0 {
		return &fault{text: fmt.Sprintf("With %d workers and %d folders, %d files were looked at, then all wait for "+
			"ever: %s. Each worker waits for a task that no worker is left to run.", p.workers, p.folders, p.made,
			sentence(r.deadlock)),
			misconception: "A pool starts another worker when all wait."}
	}
	if f := r.common(); f != nil {
		return f
	}
	switch {
	case p.peak > p.workers:
		return &fault{text: fmt.Sprintf("%d calls of `size` were made at the same time, and there are to be %d "+
			"workers. A pool for each folder has workers of its own.", p.peak, p.workers),
			misconception: "More workers solve it. (They move the limit.)"}
	case !slices.Equal(p.got, p.want):
		return &fault{text: fmt.Sprintf("`sizes` returned %v, and the sums are %v.", p.got, p.want)}
	case p.open > 0:
		return &fault{text: fmt.Sprintf("`sizes` returned while %d calls of `size` still ran.", p.open)}
	case p.folders > 1 && p.peak < p.workers:
		return &fault{text: fmt.Sprintf("At most %d calls of `size` were made at the same time, and there are %d "+
			"workers: submit all of them before you ask for the first result.", p.peak, p.workers),
			misconception: "What is submitted runs at the same time, whenever I ask for the result. (A call of " +
				"`Result` waits.)"}
	}
	return nil
}
