//go:build unix

package main

// This file defines the measurement of starts: the time from a process's start to its first result. CPython and a
// kernel's cells take turns, on the same computer in the same run. A start from a spare must take at most 20 ms, and at
// most half of CPython's spawn.

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// startsCell is the first cell: one start, and several at once; each process puts one number into a queue.
const startsCell = `import ("fmt"; "time"; mp "gilkernel/runtime/multiprocessing")
func reply(q *mp.SimpleQueue) { q.Put(1) }
func start(n int) {
	q := mp.NewSimpleQueue()
	began := time.Now()
	var all []*mp.Process
	for range n { p := mp.NewProcess(reply, mp.Args(q)); p.Start(); all = append(all, p) }
	for range n { q.Get() }
	fmt.Println(time.Since(began).Seconds() * 1000 / float64(n))
	for _, p := range all { p.Join() }
}
start(8)`

// startsPython is the same program in Python.
const startsPython = `
import multiprocessing as mp, sys, time
def reply(q): q.put(1)
def start(ctx, n):
    q = ctx.SimpleQueue()
    began = time.perf_counter()
    all = [ctx.Process(target=reply, args=(q,)) for _ in range(n)]
    for p in all: p.start()
    for p in all: q.get()
    took = (time.perf_counter() - began) * 1000 / n
    for p in all: p.join()
    return took
if __name__ == "__main__":
    ctx = mp.get_context(sys.argv[1])
    start(ctx, 1)  # the fork server has begun
    print(start(ctx, int(sys.argv[2])))
`

// spareTime is the minimum time that a learner reads between two cells: enough for making spares.
const spareTime = 500 * time.Millisecond

// atOnce is how many processes a row of many starts.
const atOnce = 8

// The bounds of a start from a spare.
const (
	mostStart = 20  // ms
	mostRatio = 0.5 // of CPython's spawn
)

// runStarts measures each kind of start rounds times and prints the table. It reports whether the bounds hold.
func runStarts(rounds int, words string) (ok bool, err error) {
	ctx := context.Background()
	py, err := findPython(ctx, words)
	if err != nil {
		return false, err
	}
	s, err := newSession(ctx, py.Minor())
	if err != nil {
		return false, err
	}
	defer s.close()
	file := filepath.Join(s.dir, "starts.py") // spawn imports the main module, which must be a file
	if err := os.WriteFile(file, []byte(startsPython), 0o600); err != nil {
		return false, err
	}
	if _, err := s.execute(ctx, startsCell); err != nil {
		return false, err
	}
	cell := func(code string) func() (string, error) {
		return func() (string, error) {
			time.Sleep(spareTime)
			return s.execute(ctx, code)
		}
	}
	python := func(method string, n int) func() (string, error) {
		return func() (string, error) {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			cmd := exec.CommandContext(ctx, py.Path, file, method, strconv.Itoa(n))
			cmd.WaitDelay, cmd.Stderr = time.Second, os.Stderr
			out, err := cmd.Output()
			return string(out), err
		}
	}
	many := strconv.Itoa(atOnce)
	kinds := []struct {
		name    string
		measure func() (string, error)
	}{
		{"one, cell, from a spare", cell("start(1)")},
		{"one, CPython, spawn", python("spawn", 1)},
		{"one, CPython, forkserver", python("forkserver", 1)},
		{"one, CPython, fork", python("fork", 1)},
		{many + " at once, cell, each", cell("start(" + many + ")")},
		{many + " at once, CPython, spawn, each", python("spawn", atOnce)},
		{many + " at once, CPython, forkserver, each", python("forkserver", atOnce)},
		{"10 one after the other, cell, each", cell("for range 10 { start(1) }")},
	}
	times := make([][]float64, len(kinds))
	for range rounds {
		for i, k := range kinds {
			out, err := k.measure()
			if err != nil {
				return false, fmt.Errorf("%s: %w", k.name, err)
			}
			sum, n := 0.0, 0
			for _, word := range strings.Fields(out) {
				ms, err := strconv.ParseFloat(word, 64)
				if err != nil {
					return false, fmt.Errorf("%s: %w", k.name, err)
				}
				sum, n = sum+ms, n+1
			}
			times[i] = append(times[i], sum/float64(max(n, 1)))
		}
	}
	fmt.Printf("from start to first result, ms: CPython %s, median of %d (lowest to highest)\n", py.Version, rounds)
	for i, k := range kinds {
		fmt.Printf("%-40s %7.2f (%.2f to %.2f)\n", k.name, median(times[i]), slices.Min(times[i]), slices.Max(times[i]))
	}
	spare, spawn := median(times[0]), median(times[1])
	fmt.Printf("from a spare: %.1f ms (at most %d), %.2f of CPython's spawn (at most %.1f)\n", spare, mostStart,
		spare/spawn, mostRatio)
	return spare <= mostStart && spare <= mostRatio*spawn, nil
}
