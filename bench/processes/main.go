//go:build unix

// Command processes compares multiprocessing with CPython's, in one run on one computer.
//
//	go run ./bench/processes                      all rows, five rounds
//	go run ./bench/processes -rows 'Queue|Lock'   the rows whose names match
//	go run ./bench/processes -python 3.11         another CPython than the newest one
//	go run ./bench/processes -cells=false         without a kernel: a first look
//	go run ./bench/processes -starts 20           how long it takes from a process's start to its first result, see starts.go
//
// Each row is one program (work/work.go and, in Python, processes.py) that runs three times in each round: in CPython,
// as compiled Go, and as a cell of a kernel, where the engine runs it as it runs a learner's. In all three, the
// processes are real processes of the operating system. They run one after the other, so that other load of the
// computer affects all alike. A figure is the median of the rounds, and the ratio of the medians counts: above 1, Go is
// ahead. The exit status is 1 if it is behind in any row.
package main

// This file defines the command.

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
)

func main() {
	processtest.Boot(multiprocessing.Bootstrap)
	rounds := flag.Int("rounds", 5, "how often each row is measured")
	only := flag.String("rows", "", "a regular expression for the names of rows; default: all")
	python := flag.String("python", "", "path or version of the CPython; default: the newest that is found")
	cells := flag.Bool("cells", true, "measure cells of a kernel too")
	starts := flag.Int("starts", 0, "measure this many starts of processes, and nothing else")
	report := flag.Bool("report", false, "exit with 0 even if a row is behind")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil || *rounds < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	measure := func() (bool, error) { return run(pattern, *rounds, *python, *cells) }
	if *starts > 0 {
		measure = func() (bool, error) { return runStarts(*starts, *python) }
	}
	ahead, err := measure()
	if err != nil {
		fmt.Fprintln(os.Stderr, "processes:", err)
		os.Exit(2)
	}
	if !ahead && !*report {
		os.Exit(1)
	}
}

// run measures the rows and prints the table. It reports whether Go is ahead in each row.
func run(pattern *regexp.Regexp, rounds int, python string, cells bool) (ahead bool, err error) {
	ctx := context.Background()
	py, err := findPython(ctx, python)
	if err != nil {
		return false, err
	}
	sides := []side{py}
	compiled, err := newCompiled(py.Minor())
	if err != nil {
		return false, err
	}
	defer compiled.close()
	sides = append(sides, compiled)
	if cells {
		s, err := newSession(ctx, py.Minor())
		if err != nil {
			return false, err
		}
		defer s.close()
		sides = append(sides, s)
	}
	head := fmt.Sprintf("%-46s %12s", "row", "CPython "+py.Version)
	for _, s := range sides[1:] {
		head += fmt.Sprintf(" %12s %7s", s.name(), "ratio")
	}
	fmt.Println(head)
	ahead = true
	for _, r := range rows {
		if !pattern.MatchString(r.name) {
			continue
		}
		samples := make([][]float64, len(sides))
		for round := range rounds {
			for i := range sides {
				i = (i + round) % len(sides) // so that none is always first
				x, err := sides[i].measure(ctx, r)
				if err != nil {
					return false, fmt.Errorf("%s, %s: %w", r.name, sides[i].name(), err)
				}
				samples[i] = append(samples[i], x*r.scale())
			}
		}
		base := median(samples[0])
		line := fmt.Sprintf("%-46s %12s", r.name+", "+r.unit(), figure(base))
		for i := range sides[1:] {
			x := median(samples[i+1])
			line += fmt.Sprintf(" %12s %7.2f", figure(x), x/base)
			ahead = ahead && x > base
		}
		fmt.Println(strings.TrimRight(line, " "))
	}
	return ahead, nil
}

func median(v []float64) float64 { return slices.Sorted(slices.Values(v))[len(v)/2] }

func figure(x float64) string {
	switch {
	case x >= 1e6:
		return fmt.Sprintf("%.2f M", x/1e6)
	case x >= 1000:
		return fmt.Sprintf("%.1f k", x/1000)
	}
	return fmt.Sprintf("%.1f", x)
}
