// Command conformance runs the programs of the Go distribution's own tests as cells of a real kernel.
//
//	go run ./bench/conformance [-engine exec|yaegi] [-run regexp] [-jobs 2] [-v] [-list]
//
// A program passes if its output, standard output and then standard error, and whether it fails, are the same as when
// the Go compiler has built it. Every program has a kernel of its own. The command prints a table by folder, the failed
// programs with the first line of their errors, and why others weren't run. The folder "own" holds this project's
// programs, in testdata: the kinds of concurrent programs that tours and books show. The exit status is 1 if fewer than
// 90 % pass in a folder, or fewer than all in chan, ken and own. With -engine yaegi it is 1 if fewer than 80 % pass, or
// more than 1 % are wrong: neither refused by name nor too slow.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/link"
	"gilkernel/kernel/notebook"
)

func main() { os.Exit(run()) }

func run() int {
	pattern := flag.String("run", "", "only programs whose name this regular expression matches")
	jobs := flag.Int("jobs", 2, "how many programs at a time")
	verbose := flag.Bool("v", false, "also print what passes")
	listOnly := flag.Bool("list", false, "list the programs and stop")
	timeout := flag.Duration("timeout", time.Minute, "for one program")
	engine := flag.String("engine", link.EngineExec, "what runs the programs: exec or yaegi")
	flag.Parse()
	failed, err := conformance(*pattern, *engine, *jobs, *timeout, *verbose, *listOnly)
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return 2
	}
	if failed {
		return 1
	}
	return 0
}

// endless is the prefix of the error about a program that exceeded its time.
const endless = "it didn't end"

// outcome is the result of a program.
type outcome struct {
	out    string
	failed bool
	err    string // the first line of an error
}

func conformance(
	pattern, engine string, jobs int, timeout time.Duration, verbose, listOnly bool,
) (failed bool, err error) {
	if err := link.CheckEngine(engine); err != nil {
		return false, err
	}
	filter, err := regexp.Compile(pattern)
	if err != nil {
		return false, err
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return false, fmt.Errorf("asking go for its GOROOT: %w", err)
	}
	all, err := list(strings.TrimSpace(string(goroot)))
	if err != nil {
		return false, err
	}
	mine, err := own(filepath.Join("bench", "conformance", "testdata"))
	if err != nil {
		return false, err
	}
	all = append(all, mine...)
	dir, err := os.MkdirTemp("", "conformance-*")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	kernel := filepath.Join(dir, "gilkernel")
	if out, err := exec.Command("go", "build", "-o", kernel, "gilkernel").CombinedOutput(); err != nil {
		return false, fmt.Errorf("building gilkernel: %w\n%s", err, out)
	}
	results := make([]string, len(all)) // "" passed
	var wg sync.WaitGroup
	turn := make(chan struct{}, max(jobs, 1))
	for i, p := range all {
		if !filter.MatchString(p.name) || p.why != "" || listOnly {
			continue
		}
		wg.Go(func() { // ends with the program
			turn <- struct{}{}
			defer func() { <-turn }()
			results[i] = check(kernel, engine, dir, p, timeout)
		})
	}
	wg.Wait()
	return report(all, results, filter, engine, verbose, listOnly), nil
}

// check runs a program both ways and returns what differs, "" if nothing does.
func check(kernel, engine, dir string, p program, timeout time.Duration) string {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	want, err := compiled(ctx, dir, p)
	if err != nil {
		return "the Go compiler: " + err.Error()
	}
	got, err := interpreted(ctx, kernel, engine, p)
	if err != nil {
		return err.Error()
	}
	switch {
	case got.failed != want.failed:
		return fmt.Sprintf("failed: %t, want %t: %s", got.failed, want.failed, got.err)
	case got.failed && strings.HasPrefix(got.err, "InterpreterLimit"):
		return got.err
	case !strings.HasPrefix(want.out, got.out) && got.failed || !got.failed && got.out != want.out:
		return fmt.Sprintf("it printed %.60q, want %.60q", got.out, want.out)
	}
	return ""
}

// compiled returns the outcome of a program that the Go compiler has built.
func compiled(ctx context.Context, dir string, p program) (o outcome, err error) {
	bin := filepath.Join(dir, strings.NewReplacer("/", "_").Replace(p.name)+".bin")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", bin, p.path).CombinedOutput(); err != nil {
		return o, fmt.Errorf("%w: %.200s", err, out)
	}
	defer os.Remove(bin)
	cmd := exec.CommandContext(ctx, bin)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if ctx.Err() != nil {
		return o, ctx.Err()
	}
	return outcome{out: stdout.String() + stderr.String(), failed: err != nil}, nil
}

// interpreted returns the outcome of a program as a cell.
func interpreted(ctx context.Context, kernel, engine string, p program) (o outcome, err error) {
	text, err := os.ReadFile(p.path)
	if err != nil {
		return o, err
	}
	k, err := client.Start(ctx,
		&client.StartOptions{Argv: []string{kernel, "start", "-f", "{connection_file}", "--engine", engine},
			Env: []string{"GILKERNEL_HISTORY="}})
	if err != nil {
		return o, fmt.Errorf("starting a kernel: %w", err)
	}
	defer k.Stop()
	var stdout, stderr strings.Builder
	res, err := k.Execute(ctx, &client.Execution{Code: string(text), Output: func(out *notebook.Output, _ bool) {
		if out == nil {
			return
		}
		if out.Name == "stderr" {
			stderr.WriteString(string(out.Text))
		} else if out.Name == "stdout" {
			stdout.WriteString(string(out.Text))
		}
	}})
	if err != nil {
		return o, fmt.Errorf(endless+": %w", err)
	}
	o = outcome{out: stdout.String() + stderr.String(), failed: res.Status != "ok",
		err: strings.SplitN(res.EName+": "+res.EValue, "\n", 2)[0]}
	if o.failed && strings.Contains(res.EValue, "os.Exit(0)") {
		o.failed = false // a program may end like that
	}
	return o, nil
}

// report prints the tables, and reports whether too little passed.
func report(
	all []program, results []string, filter *regexp.Regexp, engine string, verbose, listOnly bool,
) (failed bool) {
	type count struct{ passed, failed, excluded int }
	counts := map[string]*count{}
	refused, slow, wrong := 0, 0, 0
	for i, p := range all {
		if !filter.MatchString(p.name) {
			continue
		}
		c := counts[p.folder]
		if c == nil {
			c = &count{}
			counts[p.folder] = c
		}
		switch {
		case p.why != "":
			c.excluded++
		case results[i] != "":
			c.failed++
			switch {
			case strings.Contains(results[i], "InterpreterLimit"):
				refused++
			case strings.HasPrefix(results[i], endless):
				slow++
			default:
				wrong++
			}
			fmt.Printf("FAIL  %-32s %s\n", p.name, results[i])
		default:
			c.passed++
			if verbose || listOnly {
				fmt.Printf("ok    %s\n", p.name)
			}
		}
	}
	fmt.Println("\nnot run:")
	for _, p := range all {
		if p.why != "" && filter.MatchString(p.name) {
			fmt.Printf("      %-32s %s\n", p.name, p.why)
		}
	}
	fmt.Printf("\n%-12s %8s %8s %8s %8s\n", "folder", "run", "passed", "not run", "")
	total := count{}
	for _, folder := range slices.Concat(folders, []string{"own"}) {
		c := counts[folder]
		if c == nil {
			continue
		}
		n := c.passed + c.failed
		total.passed, total.failed, total.excluded = total.passed+c.passed, total.failed+c.failed,
			total.excluded+c.excluded
		if n == 0 {
			continue
		}
		fmt.Printf("%-12s %8d %8d %8d %7.1f%%\n", folder, n, c.passed, c.excluded, 100*float64(c.passed)/float64(n))
		whole := folder == "chan" || folder == "ken" || folder == "own"
		failed = failed || whole && c.failed > 0 || 10*c.passed < 9*n
	}
	if n := total.passed + total.failed; n > 0 {
		fmt.Printf("%-12s %8d %8d %8d %7.1f%%\n", "all", n, total.passed, total.excluded,
			100*float64(total.passed)/float64(n))
	}
	fmt.Printf("not passed: %d refused by name, %d not ended, %d wrong\n", refused, slow, wrong)
	if n := total.passed + total.failed; engine == link.EngineYaegi {
		failed = 10*total.passed < 8*n || 100*wrong > n
	}
	return failed && !listOnly
}
