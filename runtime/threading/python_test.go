package threading_test

// This file defines the comparison with real Pythons: the programs of the table are run in each that is there.

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// prelude is what the programs use.
const prelude = `# coding: utf-8
from __future__ import print_function
import sys, time, threading
try: import _thread
except ImportError: import thread as _thread
def word(v): return str(v)
def say(*a):
    sys.stdout.write(' '.join(word(v) for v in a) + '\n'); sys.stdout.flush()
def attempt(f):
    try: f(); say('no exception')
    except threading.ThreadError if sys.version_info < (3,) else ZeroDivisionError as e: say('thread.error: %s' % e)
    except BaseException as e: say(('%s: %s' % (type(e).__name__, e)).rstrip())
def names(l): return ' '.join(t.name for t in l)
`

// script is all programs that apply, each behind a line with its number.
func script(rs []row) string {
	var b strings.Builder
	b.WriteString(prelude)
	for i, r := range rs {
		fmt.Fprintf(&b, "say('== %d')\nexec(%q, dict(globals()))\n", i, r.python)
	}
	return b.String()
}

func TestAgainstPython(t *testing.T) {
	for _, py := range twin.Pythons(t) {
		t.Run(py.Version, func(t *testing.T) {
			var rs []row
			for _, r := range rows() {
				if r.applies(py.Version) {
					rs = append(rs, r)
				}
			}
			file := filepath.Join(t.TempDir(), "rows.py")
			if err := os.WriteFile(file, []byte(script(rs)), 0o600); err != nil {
				t.Fatal(err)
			}
			var stderr bytes.Buffer
			cmd := exec.Command(py.Path, file)
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s: %v\n%s", py.Path, err, stderr.String())
			}
			parts := strings.Split("\n"+string(out), "\n== ")
			if len(parts) != len(rs)+1 {
				t.Fatalf("%d of %d programs ran\n%s", len(parts)-1, len(rs), stderr.String())
			}
			for i, r := range rs {
				_, want, _ := strings.Cut(parts[i+1], "\n")
				if want != "" && !strings.HasSuffix(want, "\n") {
					want += "\n"
				}
				for _, simulated := range []bool{true, false} {
					got := play(t, newWorld(t, simulated, py.Version, machine.Options{}), r)
					if got != want {
						t.Errorf("%s, %s machine\nGo:\n%sPython:\n%s", r.name, machineName(simulated), got, want)
					}
				}
			}
		})
	}
}

// What a thread that dies prints: all but the traceback's places is the same.
func TestUncaughtAgainstPython(t *testing.T) {
	const source = prelude + `
def boom(*a): raise ValueError('no') if not a else RuntimeError(*a)
for t in (threading.Thread(target=boom), threading.Thread(target=boom, args=('text',), name='w'), threading.Thread(target=boom, args=(), daemon=True) if sys.version_info >= (3, 3) else threading.Thread(target=boom)):
    t.start(); t.join()
`
	places := regexp.MustCompile(`(?m)^(  .*|Traceback .*|)\n`)
	for _, py := range twin.Pythons(t) {
		var stderr bytes.Buffer
		cmd := exec.Command(py.Path, "-c", source)
		cmd.Stderr = &stderr
		if err := cmd.Run(); err != nil {
			t.Fatal(py.Version, err)
		}
		want := places.ReplaceAllString(stderr.String(), "")
		w := newWorld(t, true, py.Version, machine.Options{})
		boom := func(a ...string) {
			if len(a) == 0 {
				panic(exceptions.Value("no"))
			}
			panic(exceptions.Runtime("%s", a[0]))
		}
		threading.SetHost(w.in, threading.Host{Stderr: &w.stderr, FuncName: func(any) string { return "boom" }})
		if err := w.run(func() {
			for _, th := range []*threading.Thread{threading.NewThread(boom),
				threading.NewThread(boom, threading.Args("text"), threading.Name("w")),
				threading.NewThread(boom, threading.Daemon(true))} {
				th.Start()
				th.Join()
			}
		}); err != nil {
			t.Fatal(err)
		}
		if got := places.ReplaceAllString(w.stderr.String(), ""); got != want {
			t.Errorf("Python %s\nGo:\n%sPython:\n%s", py.Version, got, want)
		}
	}
}
