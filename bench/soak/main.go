// Command soak runs many cells in one kernel and shows whether it grows or slows down.
//
//	go run ./bench/soak [-cells 10000]
//
// Every thousand cells it prints the median round trip of the last hundred and the memory of the whole
// process tree, from Linux's /proc. Both should stay as they are.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gilkernel/kernel/client"
)

func main() { os.Exit(run()) }

// kinds are the cells; %d is the cell's number.
var kinds = [...]struct{ name, code string }{
	{"expression", "%d + 1"},
	{"new variable", "var v%[1]d = %[1]d\nv%[1]d + 1"},
	{"same variable", "x := %d\nx * 2"},
	{"function", "func f(n int) int {\n\treturn n + %d\n}\nf(1)"},
	{"loop", "sum := 0\nfor i := range 10 {\n\tif i %% 2 == 0 {\n\t\tsum += i * %d\n\t}\n}\nfmt.Println(sum)"},
}

func run() int {
	cells := flag.Int("cells", 10000, "how many cells of each kind")
	only := flag.String("only", "", "one kind of cell: expression, new variable, same variable, function, loop")
	flag.Parse()
	dir, err := os.MkdirTemp("", "gilkernel-soak-*")
	if err == nil {
		defer os.RemoveAll(dir)
		err = soak(filepath.Join(dir, "gilkernel"), *cells, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		return 1
	}
	return 0
}

func soak(program string, cells int, only string) error {
	if out, err := exec.Command("go", "build", "-o", program, "gilkernel").CombinedOutput(); err != nil {
		return fmt.Errorf("building gilkernel: %w\n%s", err, out)
	}
	ctx := context.Background()
	fmt.Printf("%-14s %8s %12s %10s\n", "cells", "number", "round trip", "memory")
	for _, kind := range kinds {
		if only != "" && only != kind.name {
			continue
		}
		k, err := client.Start(ctx, &client.StartOptions{Argv: []string{program, "start", "-f", "{connection_file}"}, Env: []string{"GILKERNEL_HISTORY="}, Stderr: os.Stderr})
		if err != nil {
			return err
		}
		var last []time.Duration
		for i := 1; i <= cells; i++ {
			t := time.Now()
			res, err := k.Execute(ctx, &client.Execution{Code: fmt.Sprintf(kind.code, i), StoreHistory: true})
			if err == nil && res.Status != "ok" {
				err = fmt.Errorf("cell %d: %s: %s", i, res.EName, res.EValue)
			}
			if err != nil {
				k.Stop()
				return err
			}
			if last = append(last, time.Since(t)); len(last) > 100 {
				last = last[1:]
			}
			if i%1000 == 0 || i == 100 {
				fmt.Printf("%-14s %8d %9.2f ms %7.1f MB\n", kind.name, i, float64(slices.Sorted(slices.Values(last))[len(last)/2])/1e6, tree(k.PID()))
			}
		}
		k.Stop()
	}
	return nil
}

// tree sums the proportional memory in MB of a process and its descendants.
func tree(root int) float64 {
	parent := map[int]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // elsewhere than on Linux: nothing
	for _, s := range stats {
		b, err := os.ReadFile(s)
		if err != nil {
			continue // it ended meanwhile
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(s)))
		parent[pid], _ = strconv.Atoi(strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))[1])
	}
	total := 0.0
	for pid := range parent {
		for p := pid; p > 1; p = parent[p] {
			if p != root {
				continue
			}
			b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid)) // it ended meanwhile: nothing
			for line := range strings.Lines(string(b)) {
				if f := strings.Fields(line); len(f) >= 2 && f[0] == "Pss:" {
					kb, _ := strconv.ParseFloat(f[1], 64)
					total += kb / 1024
				}
			}
			break
		}
	}
	return total
}
