//go:build unix

package worker_test

// This file tests state that outlives an interpreter, and interpreters that outlive their program.

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/kernel/link"
	"gilkernel/kernel/session"
	"gilkernel/kernel/worker"
	"gilkernel/skip"
)

// A run that an interpreter hasn't taken before it died isn't lost: it can be run again.
func TestUntakenRunIsRepeated(t *testing.T) {
	e, rec := newSupervisor(t,
		worker.Options{Env: []string{fakeEnv + "=once", fakeEnv + "_FILE=" + filepath.Join(t.TempDir(), "once")}})
	if res := run(t, e, 1, "print a"); !res.Replaced || res.Crash != nil {
		t.Fatalf("%+v (crash %+v)", res, res.Crash)
	}
	if d := <-rec.died; d.crash.Kind != "killed" {
		t.Errorf("Died got %+v", d.crash)
	}
	wantStatus(t, run(t, e, 2, "print b"), "ok")
	rec.expect("map[2 stdout:b\n]")
}

// Changes that cells make to the process, by any call, apply to its successor, too.
func TestWorldIsFollowed(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("REMOVED", "1")
	e, rec := newReal(t, worker.Options{Spare: true})
	s := session.New(nil)
	ask := "fmt.Println(os.Getwd())\nfmt.Println(os.Getenv(`KEPT`), os.Getenv(`LATER`))\n" +
		"fmt.Println(os.LookupEnv(`REMOVED`))"
	want := dir + " <nil>\na=b 2\n false\n"
	wantStatus(t,
		runReal(e, compiled(t, s, 1, "os.Chdir(`"+dir+"`)\nsyscall.Setenv(`KEPT`, `a=b`)\nos.Unsetenv(`REMOVED`)")),
		"ok")
	wantStatus(t, runReal(e, compiled(t, s, 2, "os.Setenv(`LATER`, `2`)")), "ok")
	for i := range 2 { // also to the successor's successor
		if res := runReal(e, compiled(t, s, 10+i, "os.Exit(1)")); res.Crash == nil {
			t.Fatalf("no crash: %+v", res)
		}
		rec.mu.Lock()
		clear(rec.text)
		rec.mu.Unlock()
		wantStatus(t, runReal(e, compiled(t, s, 20+i, ask)), "ok")
		rec.mu.Lock()
		for _, got := range rec.text {
			if got != want {
				t.Errorf("the next interpreter has %q, want %q", got, want)
			}
		}
		rec.mu.Unlock()
	}
	if e.Dir() != dir {
		t.Errorf("Dir is %s", e.Dir())
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	runReal(e, compiled(t, s, 30, "os.Exit(1)"))
	wantStatus(t, runReal(e, compiled(t, s, 31, "")), "ok")
	if got := rec.streams(); !strings.Contains(got, "The working directory of this session is gone") {
		t.Errorf("a directory that is gone: %s", got)
	}
}

// When the program is replaced or removed while the kernel runs, interpreters still run the same program.
func TestProgramIsReplaced(t *testing.T) {
	if os.Getenv(fakeEnv+"_KERNEL") != "" {
		t.Setenv(fakeEnv, "yes") // for interpreters only: this is the kernel process
		e := worker.New(newRecorder(t), &worker.Options{})
		defer e.Close()
		e.Run(context.Background(), link.Run{ID: 1, Label: "In[1]", Source: "print a"})
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(exe); err != nil {
			t.Fatal(err)
		}
		if res := e.Run(context.Background(), link.Run{ID: 2, Label: "In[2]", Source: "exit 3"}); res.Crash == nil {
			t.Fatal("no crash")
		}
		wantStatus(t, run(t, e, 3, "print b"), "ok")
		if err := os.WriteFile(exe, []byte("#!/bin/false\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if res := e.Run(context.Background(), link.Run{ID: 4, Label: "In[4]", Source: "exit 3"}); res.Crash == nil {
			t.Fatal("no crash")
		}
		wantStatus(t, run(t, e, 5, "print b"), "ok")
		return
	}
	if _, err := os.Stat("/proc/self/exe"); err != nil {
		skip.Missing(t, "this system executes files by their names only")
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "kernel")
	if err := os.WriteFile(copied, program, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(copied, "-test.run=^TestProgramIsReplaced$", "-test.v")
	cmd.Env = append(os.Environ(), fakeEnv+"_KERNEL=yes")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
