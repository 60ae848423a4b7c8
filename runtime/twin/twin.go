// Package twin runs little programs in Go beside the same in real Pythons.
//
// It is for tests: queue, futures, asyncio and threading are compared with each Python of the computer, on both
// machines. A Suite has rows: behaviours that CPython's own test suite checks, with what they print in each version;
// multiprocessing, socketserver and futures have them.
package twin

// This file defines the Pythons of a computer, and the comparison.

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/cpython"
	"gilkernel/skip"
)

// A Python is an interpreter of this computer.
type Python struct {
	Version string // "2.7", "3.11", "3.13t"
	Path    string
}

// Pythons returns the CPythons of this computer, one for each version: the newest release of it, those of Python 3
// first. If there is none, the test is skipped, or fails if the environment variable GILKERNEL_REQUIRE_ALL is "1".
func Pythons(t testing.TB) []Python {
	t.Helper()
	home, _ := os.UserHomeDir() // "" has no Pythons
	f := &cpython.Finder{}
	found, err := f.Find(t.Context(), &cpython.Env{OS: runtime.GOOS, Home: home, Getenv: os.Getenv})
	if err != nil {
		t.Fatal(err)
	}
	// Of one minor version the newest is compared with: the texts of errors differ between releases.
	slices.SortStableFunc(found, func(a, b cpython.Python) int {
		if two := strings.HasPrefix(a.Version, "2."); two != strings.HasPrefix(b.Version, "2.") {
			if two {
				return 1
			}
			return -1
		}
		return patch(b) - patch(a)
	})
	var all []Python
	seen := map[string]bool{}
	for _, p := range found {
		if v := p.Minor(); p.Implementation == "CPython" && !p.Venv && !seen[v] {
			seen[v] = true
			all = append(all, Python{v, p.Path})
		}
	}
	if len(all) == 0 {
		skip.Missing(t, "there is no Python on this computer to compare with")
	}
	return all
}

// patch returns the third number of a version, 0 if there is none.
func patch(p cpython.Python) (n int) {
	if parts := strings.Split(p.Version, "."); len(parts) > 2 {
		_, _ = fmt.Sscanf(parts[2], "%d", &n)
	}
	return n
}

// patience is how long a program on the real machine may take to do what depends on when the computer runs its threads.
const patience = time.Minute

// A Program is one in both languages. They print the same.
type Program struct {
	Name  string
	Since int // the first minor version of Python 3 that can run it; 0: 2.7 can too
	// Timed says that what it prints depends on which of several waits ends first. The script in Python must be one
	// whose clock doesn't depend on how loaded the computer is; the real machine gets patience to print the same once.
	Timed  bool
	Python string
	Go     func(log func(...any)) // log is print
}

// Compare runs all programs in each Python, behind a prelude in one process, and in Go on both machines: what they
// print must be the same.
func Compare(t *testing.T, prelude string, programs []Program) {
	t.Helper()
	for _, py := range Pythons(t) {
		t.Run(py.Version, func(t *testing.T) {
			t.Parallel()
			minor := 0
			_, _ = fmt.Sscanf(py.Version, "3.%d", &minor)
			script := prelude
			var run []Program
			for _, p := range programs {
				if minor >= p.Since {
					run = append(run, p)
					script += "\nprint('== " + p.Name + "')\n" + p.Python + "\n"
				}
			}
			if len(run) == 0 {
				return // none of the programs is for this version
			}
			cmd := exec.Command(py.Path, "-W", "ignore", "-")
			cmd.Stdin = strings.NewReader(script)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			parts := strings.Split(string(out), "== ")[1:]
			if len(parts) != len(run) {
				t.Fatalf("%d parts, not %d: %s", len(parts), len(run), out)
			}
			for i, p := range run {
				_, want, _ := strings.Cut(parts[i], "\n")
				for _, real := range []bool{false, true} {
					for late := time.Now().Add(patience); ; {
						got, err := output(t, real, py.Version, p.Go)
						if got == want && err == nil {
							break
						}
						if !real || !p.Timed || time.Now().After(late) {
							t.Errorf("%s, real=%v: Go %v\n%sPython\n%s", p.Name, real, err, got, want)
							break
						}
					}
				}
			}
		})
	}
}
