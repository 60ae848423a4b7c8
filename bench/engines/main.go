// Command engines runs the same programs in both engines, side by side.
//
//	go run ./bench/engines [-rounds 5]
//
// Both run in this process, in turn, and the ratio of the medians counts: below 1, exec is faster. For programs that
// have a twin, the table shows CPython, too, if there is a python3.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	engine "gilkernel/kernel/exec"
	"gilkernel/kernel/exec/exectest"
	"gilkernel/kernel/yaegi"
)

func main() {
	rounds := flag.Int("rounds", 5, "how often each program is run")
	flag.Parse()
	if err := bench(*rounds); err != nil {
		fmt.Fprintln(os.Stderr, "engines:", err)
		os.Exit(1)
	}
}

func bench(rounds int) error {
	fmt.Printf("%-22s %12s %12s %12s %8s\n", "program", "exec", "yaegi", "CPython", "ratio")
	for _, p := range programs {
		var ours, theirs, pythons []float64
		for range rounds {
			a, err := run(p.text, nil)
			if err != nil {
				return fmt.Errorf("%s in exec: %w", p.name, err)
			}
			b, err := run(p.text, yaegi.Engine{})
			if err != nil {
				return fmt.Errorf("%s in yaegi: %w", p.name, err)
			}
			ours, theirs = append(ours, a), append(theirs, b)
			if p.python != "" {
				if c, ok := inPython(p.python); ok {
					pythons = append(pythons, c)
				}
			}
		}
		python := ""
		if len(pythons) > 0 {
			python = fmt.Sprintf("%.1f ms", median(pythons))
		}
		fmt.Printf("%-22s %9.1f ms %9.1f ms %12s %8.2f\n", p.name, median(ours), median(theirs), python,
			median(ours)/median(theirs))
	}
	return nil
}

func median(v []float64) float64 { return slices.Sorted(slices.Values(v))[len(v)/2] }

// run returns how long a program's run function takes, in milliseconds. bodies runs the functions; nil: exec.
func run(text string, bodies engine.Bodies) (float64, error) {
	e := exectest.New(new(exectest.Host), bodies, yaegi.MaxCalls)
	p, err := e.Compile("p.go", "package main\n"+text)
	if err != nil {
		return 0, err
	}
	p.Init(nil)
	begun := time.Now()
	e.Call(nil, "run")
	return ms(begun), nil
}

// inPython runs a twin, which prints its time in milliseconds.
func inPython(text string) (float64, bool) {
	out, err := exec.Command("python3", "-c", "import time\n"+text).Output()
	if err != nil {
		return 0, false
	}
	t, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	return t, err == nil
}

func ms(begun time.Time) float64 { return float64(time.Since(begun)) / 1e6 }
