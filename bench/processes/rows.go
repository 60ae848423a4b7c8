//go:build unix

package main

// This file defines the rows of the table.

// row is a program with its arguments.
type row struct {
	name    string
	program string
	kind    string
	n       int // how many messages, operations or tasks
	k       int // processes, as the program takes it
	bytes   int // how long the value of one is, for MB/s; 0: the rate itself counts
}

func (r row) scale() float64 {
	if r.bytes > 0 {
		return float64(r.bytes) / 1e6
	}
	return 1
}

func (r row) unit() string {
	if r.bytes > 0 {
		return "MB/s"
	}
	return "1/s"
}

// rows returns all rows. The size of a value is counted alike for both sides: 8 bytes for a number, and the length of
// strings.
var rows = []row{
	{"Pipe, ints", "pipe", "int", 50_000, 1, 0},
	{"Pipe, 100 B", "pipe", "100 B", 50_000, 1, 0},
	{"Pipe, 10 KB", "pipe", "10 KB", 20_000, 1, 0},
	{"Pipe, both ways, ints", "pipe", "int", 50_000, 2, 0},
	{"Pipe, there and back, ints", "pingpong", "int", 10_000, 1, 0},
	{"Pipe, there and back, 10 KB", "pingpong", "10 KB", 10_000, 1, 0},
	{"Queue, ints", "queue", "int", 30_000, 1, 0},
	{"Queue, 100 B", "queue", "100 B", 30_000, 1, 0},
	{"Queue, 10 KB", "queue", "10 KB", 20_000, 1, 0},
	{"Queue, 4 producers, ints", "queue", "int", 40_000, 4, 0},
	{"Queue, 4 producers, 100 B", "queue", "100 B", 40_000, 4, 0},
	{"Queue, 4 producers, 10 KB", "queue", "10 KB", 20_000, 4, 0},
	{"SimpleQueue, ints", "simple", "int", 30_000, 1, 0},
	{"Pipe, SendBytes of 1 MB", "pipe bytes", "-", 300, 1, 1_000_000},
	{"Pipe, 1 MB bytes", "pipe", "1 MB bytes", 300, 1, 1_000_000},
	{"Pipe, 1 MB string", "pipe", "1 MB string", 300, 1, 1_000_000},
	{"Pipe, 100k floats", "pipe", "100k floats", 60, 1, 800_000},
	{"Pipe, 100k floats in []any", "pipe", "100k floats in []any", 60, 1, 800_000},
	{"Pipe, 100k ints in []any", "pipe", "100k ints in []any", 60, 1, 800_000},
	{"Pipe, dict of 10k (map[string]int)", "pipe", "dict of 10k", 60, 1, 168_890},
	{"Pipe, dict of 10k (map[string]any)", "pipe", "dict of 10k any", 60, 1, 168_890},
	{"Pipe, 50k strings", "pipe", "50k strings", 30, 1, 1_038_890},
	{"Pipe, 50k strings in []any", "pipe", "50k strings in []any", 30, 1, 1_038_890},
	{"Pipe, 20k tuples ([]any of []any)", "pipe", "20k tuples", 30, 1, 400_000},
	{"Queue, 1 MB bytes", "queue", "1 MB bytes", 300, 1, 1_000_000},
	{"Queue, 1 MB string", "queue", "1 MB string", 300, 1, 1_000_000},
	{"Queue, 100k floats", "queue", "100k floats", 60, 1, 800_000},
	{"Queue, 100k floats in []any", "queue", "100k floats in []any", 60, 1, 800_000},
	{"Queue, dict of 10k (map[string]any)", "queue", "dict of 10k any", 60, 1, 168_890},
	{"Queue, 50k strings in []any", "queue", "50k strings in []any", 30, 1, 1_038_890},
	{"Queue, 20k tuples ([]any of []any)", "queue", "20k tuples", 30, 1, 400_000},
	{"Lock, acquire and release, one process", "lock", "-", 1_000_000, 1, 0},
	{"Lock, acquire and release, 2 processes", "lock", "-", 1_000_000, 2, 0},
	{"Lock, acquire and release, 4 processes", "lock", "-", 1_000_000, 4, 0},
	{"Value, increments, one process", "add", "-", 100_000, 1, 0},
	{"Value, increments, 2 processes", "add", "-", 100_000, 2, 0},
	{"Value, increments, 4 processes", "add", "-", 100_000, 4, 0},
	{"RawArray, read and write one by one", "raw", "-", 500_000, 1, 0},
	{"RawArray, slices of 100k", "slices", "-", 20, 1, 1_600_000},
	{"SharedMemory, 1 MB in and out", "shared copies", "-", 1000, 1, 2_000_000},
	{"SharedMemory, made and unlinked", "shared lives", "-", 1000, 1, 0},
	{"Pool.map by one, no-op", "pool map by one", "no-op", 10_000, 2, 0},
	{"Pool.map by one, 10 us", "pool map by one", "10 us", 10_000, 2, 0},
	{"Pool.map by one, 1 ms", "pool map by one", "1 ms", 500, 2, 0},
	{"Pool.map, no-op", "pool map", "no-op", 50_000, 2, 0},
	{"Pool.map, 10 us", "pool map", "10 us", 20_000, 2, 0},
	{"Pool.map, 1 ms", "pool map", "1 ms", 500, 2, 0},
	{"Pool.imap_unordered, no-op", "pool imap", "no-op", 10_000, 2, 0},
	{"Pool.apply_async, no-op", "pool apply", "no-op", 10_000, 2, 0},
	{"Pool.apply_async, 1 ms", "pool apply", "1 ms", 500, 2, 0},
	{"ProcessPoolExecutor.submit, no-op", "executor submit", "no-op", 5_000, 2, 0},
	{"ProcessPoolExecutor.submit, 1 ms", "executor submit", "1 ms", 500, 2, 0},
	{"ProcessPoolExecutor.map, no-op", "executor map", "no-op", 5_000, 2, 0},
	{"Pool.map, 64 workers, 100k no-ops", "pool map", "no-op", 100_000, 64, 0},
}
