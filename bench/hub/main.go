// Command hub measures a workshop: learners who come to one JupyterHub at the same time, with gilkernel and with
// ipykernel, on the same servers.
//
//	go run ./bench/hub [-learners 30] [-cells 20] [-rounds 2] [-seed 1] [-log FILE]
//
// It needs Linux, Python 3.10 or newer and npm: JupyterHub and its proxy are installed in the user's cache directory.
// The hub has the configuration of install/hub, and is asked by its REST API and over the websockets that JupyterLab
// uses. Each learner starts a kernel, then runs cells with pauses of up to two seconds between them; all do that at
// once.
package main

// This file defines the command: what is measured in which order, and the table.

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

// figures are what one kind of kernel did in all rounds.
type figures struct {
	starts, cells       []float64 // ms: a kernel to its first result, and cells while all run
	kernelPSS, fullPSS  []float64 // MB of a learner: the kernel, and with the server
	gone                int       // learners whose kernel or server gave up
	sent, lost, refused int       // lines that cells should print, and that didn't arrive; cells without a good reply
}

func main() { os.Exit(run()) }

func run() int {
	learners := flag.Int("learners", 30, "how many come at once")
	cells := flag.Int("cells", 20, "how many cells each of them runs")
	rounds := flag.Int("rounds", 2, "how often each kernel is measured")
	seed := flag.Uint64("seed", 1, "of the pauses between cells")
	logged := flag.String("log", "", "the file that keeps what the hub and its servers print")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	h, err := openHub(ctx, *logged)
	if err != nil {
		fmt.Fprintf(os.Stderr, "hub: %v\n", err)
		return 1
	}
	defer h.close()
	servers, err := each(*learners, func(i int) (float64, error) { return h.startServer(ctx, name(i)) })
	if err != nil {
		fmt.Fprintf(os.Stderr, "hub: %v\n", err)
		return 1
	}
	all := map[string]*figures{}
	for round := range *rounds {
		kinds := []string{"gilkernel", "python3"}
		if round%2 == 1 {
			slices.Reverse(kinds) // neither is always the first
		}
		for _, kind := range kinds {
			if all[kind] == nil {
				all[kind] = &figures{}
			}
			if err := h.workshop(ctx, kind, *learners, *cells, *seed+uint64(round), all[kind]); err != nil {
				fmt.Fprintf(os.Stderr, "hub: %s: %v\n", kind, err)
				return 1
			}
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, *rounds, kind)
		}
	}
	report(*learners, servers, all)
	return 0
}

// name returns the name of a learner.
func name(i int) string { return fmt.Sprintf("learner%02d", i+1) }

// each does the same for all learners at once and returns what it returned for each.
func each[T any](n int, do func(i int) (T, error)) ([]T, error) {
	values, errs := make([]T, n), make(chan error, n)
	for i := range n {
		go func() { // ends with do; each waits
			var err error
			values[i], err = do(i)
			errs <- err
		}()
	}
	var first error
	for range n {
		if err := <-errs; first == nil {
			first = err
		}
	}
	return values, first
}

// report prints the table.
func report(learners int, servers []float64, all map[string]*figures) {
	ours, theirs := all["gilkernel"], all["python3"]
	fmt.Printf("%d learners at once; a single-user server is ready after %.1f s (median), %.1f s (the last)\n\n",
		learners, quantile(servers, 0.5)/1000, quantile(servers, 1)/1000)
	fmt.Printf("%-38s %12s %12s\n", "", "gilkernel", "ipykernel")
	row := func(what, format string, of func(*figures) float64) {
		fmt.Printf("%-38s %12s %12s\n", what, fmt.Sprintf(format, of(ours)), fmt.Sprintf(format, of(theirs)))
	}
	starts := func(q float64) func(*figures) float64 {
		return func(f *figures) float64 { return quantile(f.starts, q) / 1000 }
	}
	cells := func(q float64) func(*figures) float64 {
		return func(f *figures) float64 { return quantile(f.cells, q) }
	}
	row("kernel to its first result, median", "%.1f s", starts(0.5))
	row("kernel to its first result, p95", "%.1f s", starts(0.95))
	row("a cell while all run, median", "%.0f ms", cells(0.5))
	row("a cell while all run, p95", "%.0f ms", cells(0.95))
	row("a cell while all run, the slowest", "%.0f ms", cells(1))
	row("PSS of a learner's kernel, median", "%.0f MB", func(f *figures) float64 { return quantile(f.kernelPSS, 0.5) })
	row("PSS of kernel and server, median", "%.0f MB", func(f *figures) float64 { return quantile(f.fullPSS, 0.5) })
	row("lines printed", "%.0f", func(f *figures) float64 { return float64(f.sent) })
	row("lines lost", "%.0f", func(f *figures) float64 { return float64(f.lost) })
	row("learners whose kernel gave up", "%.0f", func(f *figures) float64 { return float64(f.gone) })
	row("cells without a good reply", "%.0f", func(f *figures) float64 { return float64(f.refused) })
}

// quantile returns the value below which a share q of the values is; 0 of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// since returns the milliseconds since t.
func since(t time.Time) float64 { return float64(time.Since(t)) / float64(time.Millisecond) }
