package main

// This file defines the tests of the command line as a person sees it: what a command prints, and with which status it
// exits. The scripts are in testdata/commands; in each, gilkernel is this program.

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gilkernel": main})
}

func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/commands",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			for _, v := range [][2]string{
				{"HOME", home}, {"XDG_CACHE_HOME", filepath.Join(home, "cache")},
				{"GILKERNEL_HISTORY", filepath.Join(home, "history.jsonl")},
				{"JUPYTER_DATA_DIR", filepath.Join(home, "data")},
				{"JUPYTER_RUNTIME_DIR", filepath.Join(home, "runtime")},
				{"PATH", filepath.Dir(firstOf(e.Getenv("PATH"), "gilkernel"))}, // no Python, no Jupyter
			} {
				e.Setenv(v[0], v[1])
			}
			return os.MkdirAll(home, 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"sentence": sentence},
	})
}

// firstOf returns the path of a program in a list of folders, "" if none has it.
func firstOf(path, program string) string {
	for _, dir := range filepath.SplitList(path) {
		if name := filepath.Join(dir, program); exists(name) {
			return name
		}
	}
	return ""
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// sentence holds what was printed to stderr against the rule for errors: the first line says what is wrong, without
// Go's own words for it, and nothing of it is a stack trace.
func sentence(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: sentence")
	}
	text := ts.ReadFile("stderr")
	first, _, _ := strings.Cut(text, "\n")
	switch {
	case strings.TrimSpace(first) == "":
		ts.Fatalf("nothing says what is wrong: stderr is %q", text)
	case len(first) > 300:
		ts.Fatalf("the first line has %d bytes: %s", len(first), first)
	}
	for _, leak := range []string{"goroutine ", "panic:", "runtime error", "%!", "<nil>"} {
		if strings.Contains(text, leak) {
			ts.Fatalf("stderr has %q: %s", leak, text)
		}
	}
}
