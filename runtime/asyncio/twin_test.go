package asyncio_test

// This file defines how programs are compared with Python's.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// twin is a program in both languages. They print the same.
type twin struct {
	name   string
	since  int // the first minor version of Python 3 that can run it; 0: 2.7 can too
	python string
	run    func(log func(...any))
}

// pythons returns the Pythons of this computer by version, "3.11", "3.13t".
func pythons(t *testing.T) map[string]string {
	paths := []string{"python3"}
	if home, err := os.UserHomeDir(); err == nil {
		more, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "*", "bin", "python"))
		paths = append(paths, more...)
	}
	found := map[string]string{}
	for _, p := range paths {
		out, err := exec.Command(p, "-c", `import sys, sysconfig
print("%d.%d%s" % (sys.version_info[0], sys.version_info[1], "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""))`).Output()
		if err == nil {
			found[strings.TrimSpace(string(out))] = p
		}
	}
	if len(found) == 0 {
		if os.Getenv("REQUIRE_PYTHON") != "" {
			t.Fatal("there is no Python")
		}
		t.Skip("there is no Python to compare with")
	}
	return found
}

// compareTwins runs all programs in each Python at once, and in Go on both machines.
func compareTwins(t *testing.T, prelude string, twins []twin) {
	for version, path := range pythons(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			minor := 0
			_, _ = fmt.Sscanf(version, "3.%d", &minor)
			script := prelude
			var run []twin
			for _, w := range twins {
				if minor >= w.since {
					run = append(run, w)
					script += "\nprint('== " + w.name + "')\n" + w.python + "\n"
				}
			}
			if len(run) == 0 {
				t.Skip("none of the programs is for this version")
			}
			cmd := exec.Command(path, "-W", "ignore", "-")
			cmd.Stdin = strings.NewReader(script)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			parts := strings.Split(string(out), "== ")[1:]
			if len(parts) != len(run) {
				t.Fatalf("%d parts, not %d: %s", len(parts), len(run), out)
			}
			for i, w := range run {
				_, want, _ := strings.Cut(parts[i], "\n")
				for _, real := range []bool{false, true} {
					var b strings.Builder
					err := newWorld(t, real, version, 1).run(func() {
						w.run(func(a ...any) { fmt.Fprintln(&b, a...) })
					})
					if got := b.String(); got != want || err != nil {
						t.Errorf("%s, real=%v: Go %v\n%sPython\n%s", w.name, real, err, got, want)
					}
				}
			}
		})
	}
}
