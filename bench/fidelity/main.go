// Command fidelity compares the models of the GIL with real CPythons.
//
//	go run ./bench/fidelity                     all rows, five rounds
//	go run ./bench/fidelity -rows G1,G6         some rows
//	go run ./bench/fidelity -python python3.11  only these CPythons
//	go run ./bench/fidelity -json out.json      also the figures as JSON
//	go run ./bench/fidelity -cells              also each experiment as a cell of a kernel
//	go run ./bench/fidelity -record FILE        the experiments of %%twin in each Python, for computers without them
//
// Each experiment runs on a CPython of the version (fidelity.py), on the real machine and on the simulated one, in turn
// in each round, so that other load of the computer affects all of them alike; a cell of the table is the median of the
// rounds. The real machine plays Python with compiled code that takes as long for a turn of a loop as the version's
// interpreter, and does its check; the simulated one accounts for the same time. The experiments in CPython share no
// code with the models, so the rows compare what the GIL does, not how fast Go is.
//
// With -cells each experiment is also run as Go code that a learner could type, in a kernel (cells.go): there the
// engine runs the loops and does the checks. The columns "cells" have its figures on the real and on the simulated
// machine.
//
// "real" and "sim" are the models, each followed by its ratio to CPython. If the computer has no CPython of the
// version, a reference figure in brackets replaces it, and there is no ratio. The exit status is 1 if a row misses its
// bounds; rows F have none. Rows W measure how long threads wait, rows P processes, and rows S servers: their real
// processes are of package multiprocessing, that is, this program again, without a kernel's warm spares.
package main

// This file defines the command.

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
)

func main() {
	processtest.Boot(multiprocessing.Bootstrap)
	if len(os.Args) > 2 && os.Args[1] == childRole {
		if err := beChild(os.Args[2], os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, "fidelity:", err)
			os.Exit(1)
		}
		return
	}
	only := flag.String("rows", "", "ids of rows, or names of experiments for -record, with commas; default: all")
	rounds := flag.Int("rounds", 5, "how often each experiment is done")
	short := flag.Bool("short", false, "shorter experiments, for a first look")
	file := flag.String("json", "", "file for the figures as JSON")
	pythons := flag.String("python", "",
		"paths or versions of CPythons, with commas; default: all that are found; none: \"-\"")
	cells := flag.Bool("cells", false, "do each experiment as a cell of a kernel too")
	report := flag.Bool("report", false, "exit with 0 even if a row misses its bounds")
	record := flag.String("record", "", "file for the figures of %%twin's experiments: nothing else is measured")
	flag.Parse()
	if *rounds < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	b := &bench{rounds: *rounds, sizes: sizes{turns: 4_000_000, updates: 1_000_000, naps: 60, seconds: 1},
		log: os.Stderr}
	if *short {
		b.sizes = sizes{turns: 1_000_000, updates: 400_000, naps: 30, seconds: 0.4}
	}
	if *pythons != "-" {
		var err error
		if b.pythons, err = findPythons(strings.FieldsFunc(*pythons, func(r rune) bool { return r == ',' })); err !=
			nil {
			fmt.Fprintln(os.Stderr, "fidelity:", err)
			os.Exit(2)
		}
	}
	names := strings.FieldsFunc(*only, func(r rune) bool { return r == ',' })
	if *record != "" {
		if err := b.record(*record, names); err != nil {
			fmt.Fprintln(os.Stderr, "fidelity:", err)
			os.Exit(2)
		}
		return
	}
	if *cells {
		var err error
		if b.session, err = newSession(); err != nil {
			fmt.Fprintln(os.Stderr, "fidelity:", err)
			os.Exit(2)
		}
	}
	results, err := b.run(names)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fidelity:", err)
		b.session.close()
		os.Exit(2)
	}
	b.session.close()
	write(os.Stdout, results)
	if *file != "" {
		out, err := json.MarshalIndent(results, "", "\t")
		if err == nil {
			err = os.WriteFile(*file, append(out, '\n'), 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "fidelity:", err)
			os.Exit(2)
		}
	}
	for _, r := range results {
		if !r.OK && !*report {
			os.Exit(1)
		}
	}
}

// bench is a run of the command.
type bench struct {
	rounds  int
	sizes   sizes
	pythons []cpython
	log     io.Writer
	noReal  bool     // only the simulated machine
	session *session // for cells; nil: none
}

// result is a row of the table.
type result struct {
	Row, What, Version, Value, Unit string
	CPython, Real, Simulated        *float64 // medians; nil if there is none
	RealCells, SimulatedCells       *float64 // the same for cells
	Reference                       string   // CPython's, from the reference figures
	Low, High                       float64  // accepted
	Info                            bool     // no bounds: it is only shown
	Busy                            bool     // CPython itself is out of the bounds here and now
	OK                              bool
}

// follows reports whether a model is near CPython: within a factor of three, or within the width of the bounds.
func (v value) follows(x, cpython float64) bool {
	return x > cpython/3 && x < cpython*3 || math.Abs(x-cpython) <= v.max-v.low
}

// run measures the named rows, or all.
func (b *bench) run(names []string) ([]result, error) {
	var all []result
	table := rows(b.sizes)
	for _, name := range names {
		if !slices.ContainsFunc(table, func(r row) bool { return r.id == name }) {
			return nil, fmt.Errorf("there is no row %q", name)
		}
	}
	for i, r := range table {
		if len(names) > 0 && !slices.Contains(names, r.id) {
			continue
		}
		for _, v := range r.versions {
			fmt.Fprintf(b.log, "%d of %d: %s, Python %s\n", i+1, len(table), r.id, v)
			list, err := b.row(r, v)
			if err != nil {
				return nil, fmt.Errorf("row %s: %w", r.id, err)
			}
			all = append(all, list...)
		}
	}
	return all, nil
}

// row measures one row for one version.
func (b *bench) row(r row, version string) ([]result, error) {
	places := map[string]func(seed uint64) ask{"sim": func(seed uint64) ask {
		return onModel(true, version, r.cores, seed)
	}}
	if b.session != nil {
		places["sim cells"] = func(seed uint64) ask { return b.session.ask(true, version, r.cores, seed) }
	}
	if !b.noReal {
		places["real"] = func(seed uint64) ask { return onModel(false, version, r.cores, seed) }
		if b.session != nil {
			places["real cells"] = func(uint64) ask { return b.session.ask(false, version, r.cores, 0) }
		}
	}
	for _, p := range b.pythons {
		if p.version == version {
			places["cpython"] = func(uint64) ask { return p.ask }
		}
	}
	got := map[string][][]float64{}
	for round := range b.rounds {
		for _, place := range []string{"cpython", "real", "real cells", "sim", "sim cells"} {
			f, ok := places[place]
			if !ok {
				continue
			}
			v, err := r.measure(f(uint64(round)))
			if errors.Is(err, errNoCell) {
				continue
			}
			if err != nil {
				return nil, err
			}
			got[place] = append(got[place], v)
		}
	}
	var list []result
	for i, v := range r.values {
		res := result{
			Row:       r.id,
			What:      r.what,
			Version:   version,
			Value:     v.name,
			Unit:      v.unit,
			Reference: v.cpython,
			Low:       v.low,
			High:      v.max,
			Info:      r.info || v.info,
			OK:        true,
		}
		at := func(place string) *float64 {
			var xs []float64
			for _, g := range got[place] {
				xs = append(xs, g[i])
			}
			if len(xs) == 0 {
				return nil
			}
			m := median(xs)
			return &m
		}
		res.CPython, res.Real, res.Simulated = at("cpython"), at("real"), at("sim")
		res.RealCells, res.SimulatedCells = at("real cells"), at("sim cells")
		within := func(x *float64) bool { return x == nil || *x >= v.low && *x <= v.max }
		if !res.Info {
			// If CPython itself is out of bounds, the computer has other load, and the real machine only
			// has to follow.
			res.Busy = !within(res.CPython)
			real := func(x *float64) bool { return v.own || within(x) || res.Busy && v.follows(*x, *res.CPython) }
			res.OK = within(res.Simulated) && real(res.Real) &&
				(v.apart || within(res.SimulatedCells) && real(res.RealCells))
		}
		list = append(list, res)
	}
	return list, nil
}

// onModel runs experiments on models, a new one for each.
func onModel(simulated bool, version string, cores int, seed uint64) ask {
	return func(name string, a args) (out []float64, err error) {
		if _, ok := withProcesses()[name]; ok {
			if simulated && cores == 0 {
				cores = 2 // as the reference machine
			}
			return onProcesses(simulated, version, cores, seed, name, a)
		}
		o := &gil.Options{Version: version, CheckInterval: a.int("ticks")}
		if f := a.float("ms"); f > 0 && name != "overlap" {
			o.SwitchInterval = time.Duration(f * float64(time.Millisecond))
		}
		p, err := newModel(simulated, cores, seed, o)
		if err != nil {
			return nil, err
		}
		// A hanging experiment is a failure of a model; the error says of which.
		hangs := time.AfterFunc(patience, func() { p.m.Stop(fmt.Errorf("%s on %s hangs", name, version)) })
		defer hangs.Stop()
		err = p.run(func(t *machine.Thread) { out = experiments()[name](p, t, a) })
		return out, err
	}
}

// write prints the table.
func write(w io.Writer, results []result) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "row\tPython\tCPython\treal\t/\tcells\t/\tsim\t/\tcells\t/\taccepted\t\twhat")
	for _, r := range results {
		python := "[" + r.Reference + "]"
		if r.CPython != nil {
			python = number(*r.CPython)
		}
		accepted, verdict := fmt.Sprintf("%g to %g", r.Low, r.High), "ok"
		if r.Info {
			accepted, verdict = "", ""
		} else if !r.OK {
			verdict = "MISS"
		} else if r.Busy {
			verdict = "ok*"
		}
		what := r.What
		if r.Value != "" {
			what += "; " + r.Value
		}
		if r.Unit != "" {
			what += " (" + r.Unit + ")"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t", r.Row, r.Version, python)
		for _, x := range []*float64{r.Real, r.RealCells, r.Simulated, r.SimulatedCells} {
			fmt.Fprintf(tw, "%s\t%s\t", optional(x), over(x, r.CPython))
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", accepted, verdict, what)
	}
	_ = tw.Flush()
	if slices.ContainsFunc(results, func(r result) bool { return r.Busy }) {
		fmt.Fprintln(w, "*  CPython itself was out of bounds: the computer was busy, or isn't one with 2 cores; the "+
			"real machine did as it did")
	}
}

func number(x float64) string { return fmt.Sprintf("%.3g", x) }

func optional(x *float64) string {
	if x == nil {
		return "-"
	}
	return number(*x)
}

// over returns the ratio of a model to CPython as text.
func over(x, y *float64) string {
	if x == nil || y == nil || *y == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", *x / *y)
}
