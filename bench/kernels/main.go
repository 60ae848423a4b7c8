// Command kernels compares gilkernel with ipykernel in one run on one computer.
//
//	go run ./bench/kernels [-rounds 5] [-only start,execute,…] [-before PROGRAM] [-json FILE]
//
// The kernels get the same requests through the same client, in interleaved rounds, and the ratio of the medians
// counts: seconds on a shared computer say little, ratios from one run say much. The goals are the project's own. With
// -before, another gilkernel, such as one built before a change, runs in the same rounds, and the last column is the
// ratio to it.
package main

// This file defines the command: flags, rounds and the table.

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gilkernel/install/venv"
)

// goals are the ratios to ipykernel to stay below.
var goals = []struct {
	metric, unit string
	goal         float64
}{
	{"start to first result", "ms", 0.25},
	{"execute round trip", "ms", 0.1},
	{"kernel_info round trip", "ms", 0.4},
	{"first output", "ms", 0.05},
	{"output after its print", "ms", 0.05},
	{"100,000 lines", "ms", 0.5},
	{"lines lost", "", 0},
	{"interrupt", "ms", 0.3},
	{"restart", "ms", 0.25},
	{"memory of each of ten", "MB", 0.6},
	{"idle CPU", "ms/s", 0},
}

func main() { os.Exit(run()) }

func run() int {
	rounds := flag.Int("rounds", 5, "how often each probe is run")
	only := flag.String("only", "", "comma-separated probes: "+strings.Join(probeNames(), ","))
	before := flag.String("before", "", "another gilkernel `program` to measure in the same rounds")
	out := flag.String("json", "", "write the raw samples to this `file`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	kernels, cleanup, err := prepare(ctx, *before)
	if err != nil {
		fmt.Fprintf(os.Stderr, "kernels: %v\n", err)
		return 1
	}
	defer cleanup()
	wanted := strings.FieldsFunc(*only, func(r rune) bool { return r == ',' })
	for _, w := range wanted {
		if !slices.Contains(probeNames(), w) {
			fmt.Fprintf(os.Stderr, "kernels: there is no probe %q; there are %s\n", w, strings.Join(probeNames(), ", "))
			return 2
		}
	}
	samples := map[string]map[string][]float64{}
	for round := range *rounds {
		for _, p := range probes {
			if len(wanted) > 0 && !slices.Contains(wanted, p.name) {
				continue
			}
			for i := range kernels {
				k := kernels[(i+round)%len(kernels)] // so that none is always first
				got, err := p.run(ctx, k)
				if ctx.Err() != nil {
					return 1
				}
				if err != nil {
					fmt.Fprintf(os.Stderr, "kernels: %s of %s: %v\n", p.name, k.name, err)
					continue
				}
				for metric, values := range got {
					if samples[metric] == nil {
						samples[metric] = map[string][]float64{}
					}
					samples[metric][k.name] = append(samples[metric][k.name], values...)
				}
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, *rounds)
	}
	report(samples)
	if *out != "" {
		b, err := json.MarshalIndent(samples, "", " ")
		if err == nil {
			err = os.WriteFile(*out, b, 0o644)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "kernels: %v\n", err)
			return 1
		}
	}
	return 0
}

// report prints the table of medians.
func report(samples map[string]map[string][]float64) {
	fmt.Printf("%-26s %12s %12s %8s %8s %12s %8s\n", "", "gilkernel", "ipykernel", "ratio", "goal", "before", "ratio")
	for _, g := range goals {
		ours, theirs, before := samples[g.metric]["gilkernel"], samples[g.metric]["ipykernel"],
			samples[g.metric]["before"]
		if len(ours) == 0 || len(theirs) == 0 {
			continue
		}
		fmt.Printf("%-26s %12s %12s %8s %8.2f", g.metric, number(median(ours))+" "+g.unit,
			number(median(theirs))+" "+g.unit, ratio(ours, theirs), g.goal)
		if len(before) > 0 {
			fmt.Printf(" %12s %8s", number(median(before))+" "+g.unit, ratio(ours, before))
		}
		fmt.Println()
	}
}

// ratio returns the ratio of the medians as text.
func ratio(ours, theirs []float64) string {
	if b := median(theirs); b > 0 {
		return fmt.Sprintf("%.3f", median(ours)/b)
	}
	return "-"
}

func number(x float64) string {
	if x >= 100 || x == 0 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

func median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// prepare builds our program and opens the environment that the tests use, for ipykernel. before is the
// path of another gilkernel, "" for none.
func prepare(ctx context.Context, before string) (kernels []*kernel, cleanup func(), err error) {
	dir, err := os.MkdirTemp("", "gilkernel-bench-*")
	if err != nil {
		return nil, nil, err
	}
	cleanup = func() { os.RemoveAll(dir) }
	program := filepath.Join(dir, "gilkernel")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "gilkernel").CombinedOutput(); err != nil {
		cleanup()
		return nil, nil, fmt.Errorf("building gilkernel: %w\n%s", err, out)
	}
	python, err := environment(ctx)
	if err != nil {
		cleanup()
		return nil, nil, err
	}
	ours := func(name, program string) *kernel {
		return &kernel{name: name, argv: []string{program, "start", "-f", "{connection_file}"}, code: goCells,
			env: []string{"GILKERNEL_HISTORY=" + filepath.Join(dir, name+".jsonl")}}
	}
	kernels = []*kernel{ours("gilkernel", program),
		{name: "ipykernel", argv: []string{python, "-m", "ipykernel_launcher", "-f", "{connection_file}"},
			code: pythonCells, signal: true,
			env: []string{"IPYTHONDIR=" + filepath.Join(dir, "ipython")}},
	}
	if before != "" {
		kernels = append(kernels, ours("before", before))
	}
	return kernels, cleanup, nil
}

// environment returns the Python of the environment that the tests use.
func environment(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	read := func(name string) string {
		b, rerr := os.ReadFile(filepath.Join("install", name))
		if rerr != nil && err == nil {
			err = fmt.Errorf("run this command in the project's folder: %w", rerr)
		}
		return string(b)
	}
	o := &venv.Options{
		Folder: filepath.Join(cache, "gilkernel"), Name: "test",
		Requirements: read("requirements.txt") + read("requirements-test.txt"), Constraints: read("constraints.txt"),
		Imports:  []string{"zmq", "jupyterlab", "nbclient", "jupyter_kernel_test", "ipykernel"},
		Progress: func(p venv.Progress) { fmt.Fprintln(os.Stderr, p.Phase) },
	}
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	env, err := venv.Open(ctx, o)
	if err != nil {
		return "", err
	}
	return env.Python, nil
}
