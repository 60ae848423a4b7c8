// Command soak runs many cells in one kernel and shows whether it grows or slows down.
//
//	go run ./bench/soak [-cells 10000]
//
// Every thousand cells it prints the median round trip of the last hundred and the memory of the whole process tree,
// from Linux's /proc. Both should stay constant.
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

	"gilkernel/bench/pss"
	"gilkernel/kernel/client"
)

func main() { os.Exit(run()) }

// A kind is a kind of cells: its codes come in turn, %d is the cell's number.
type kind struct {
	name  string
	codes []string
	fails bool // some of them are meant to fail
}

func kinds() []kind {
	return []kind{
		{"expression", []string{"%d + 1"}, false},
		{"new variable", []string{"var v%[1]d = %[1]d\nv%[1]d + 1"}, false},
		{"same variable", []string{"x := %d\nx * 2"}, false},
		{"new function", []string{"func f%[1]d(n int) int {\n\treturn n + %[1]d\n}\nf%[1]d(1)"}, false},
		{"function", []string{"func f(n int) int {\n\treturn n + %d\n}\nf(1)"}, false},
		{"loop",
			[]string{"sum := 0\nfor i := range 10 {\n\tif i %% 2 == 0 {\n\t\tsum += i * %d\n\t}\n}\nfmt.Println(sum)"},
			false},
		{"mix", []string{
			"import \"gilkernel/runtime/threading\"\nw := func() {\n\ts := 0\n\tfor i := range 1000 {\n" +
				"\t\ts += i + %d\n\t}\n}",
			"%%%%simulate\nx := threading.NewThread(w)\nx.Start()\nx.Join()\n_ = %d",
			"x := %d",
			"xs := make([]byte, 1<<20+%d)\nfunc length() int { return len(xs) }\nlength()",
			"xs := %d",
			"none := map[string]int(nil)\nnone[\"a\"] = %d",
			"undefined + %d",
			"var wg sync.WaitGroup\nfor i := range 20 {\n" +
				"\twg.Go(func() { time.Sleep(time.Duration(i+%d%%10) * 10 * time.Microsecond) })\n}\nwg.Wait()",
			"t := threading.NewThread(w)\nt.Start()\nt.Join()\n_ = %d",
			"%%%%simulate\nfor range 3 {\n\tthreading.NewThread(w).Start()\n}\n_ = %d",
			"type T struct{ a, b int }\nts := []T{{1, %d}}\nts",
			"type T struct{ a string }\nts := T{\"%d\"}\nts",
			"old := os.Stdout\nr, p, _ := os.Pipe()\nos.Stdout = p\nfmt.Println(%d)\nos.Stdout = old\np.Close()\n" +
				"b, _ := io.ReadAll(r)\nr.Close()\nstring(b)",
		}, true},
	}
}

func run() int {
	cells := flag.Int("cells", 10000, "how many cells of each kind")
	only := flag.String("only", "", "one kind of cell, by the name that the table has")
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
	for _, kind := range kinds() {
		if only != "" && only != kind.name {
			continue
		}
		k, err := client.Start(ctx, &client.StartOptions{Argv: []string{program, "start", "-f", "{connection_file}"},
			Env: []string{"GILKERNEL_HISTORY="}, Stderr: os.Stderr})
		if err != nil {
			return err
		}
		var last []time.Duration
		for i := 1; i <= cells; i++ {
			t, turn := time.Now(), (i-1)%len(kind.codes)
			res, err := k.Execute(ctx, &client.Execution{Code: fmt.Sprintf(kind.codes[turn], i), StoreHistory: true})
			if err == nil && res.Status != "ok" && (!kind.fails || i <= 5) {
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
				fmt.Printf("%-14s %8d %9.2f ms %7.1f MB\n", kind.name, i,
					float64(slices.Sorted(slices.Values(last))[len(last)/2])/1e6, tree(k.PID()))
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
			total += pss.Of(pid)
			break
		}
	}
	return total
}
