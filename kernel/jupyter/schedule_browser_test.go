package jupyter_test

// This file defines the test of %%schedule's widget in a real browser: by keys and by mouse, to a lost update and to a
// deadlock, undone, replayed and reloaded.

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"gilkernel/install/testenv"
	"gilkernel/skip"
)

// scheduled cells have a goal that one preemption reaches.
const (
	lostUpdate = `%%schedule python=3.9 goal=lost-update
import "gilkernel/runtime/threading"
counter := 0
work := func() { counter++ }
a, b := threading.NewThread(work), threading.NewThread(work)
a.Start(); b.Start()
a.Join(); b.Join()
counter`
	crosswise = `%%schedule python=3.12 goal=deadlock
import "gilkernel/runtime/threading"
x, y := threading.NewLock("x"), threading.NewLock("y")
both := func(first, second *threading.Lock) {
	first.Acquire()
	for range 2 {
	}
	second.Acquire()
	second.Release()
	first.Release()
}
a := threading.NewThread(both, threading.Args(x, y))
b := threading.NewThread(both, threading.Args(y, x))
a.Start(); b.Start()
a.Join(); b.Join()`
)

// A turn is a thread that goes on until what is said matches Until; -1 is the one that needs no preemption.
type turn struct {
	Thread int    `json:"thread"`
	Until  string `json:"until"`
}

// %%schedule by jupyter_client and nbclient: the widget's messages, scripted answers, a page.
func TestScheduleInJupyterClient(t *testing.T) {
	env := testenv.New(t)
	out, err := env.Cmd(t, "python", "testdata/schedule.py").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestScheduleInJupyterLab(t *testing.T) {
	env := testenv.New(t)
	node, npm := testenv.Command(t, "node"), testenv.Command(t, "npm")
	browser := browserOf(t)
	dir := t.TempDir()
	copyInto(t, dir, "testdata/browser/package.json", "testdata/browser/package-lock.json",
		"testdata/browser/schedule.mjs")
	install := exec.Command(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		skip.Missing(t, "npm can't install playwright-core: "+string(out))
	}
	folder := filepath.Join(dir, "notebooks")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	const empty = `{"cells": [], "metadata": {"kernelspec": {"name": "gilkernel", "display_name": "Go (GIL)", ` +
		`"language": "go"}}, "nbformat": 4, "nbformat_minor": 5}`
	if err := os.WriteFile(filepath.Join(folder, "00-start.ipynb"), []byte(empty), 0o600); err != nil {
		t.Fatal(err)
	}
	shots := os.Getenv("GILKERNEL_SCREENSHOTS") // where to keep the pictures, for a person to look at
	if shots == "" {
		shots = t.TempDir()
	}
	recorded := filepath.Join(dir, "recorded.ipynb")
	cell, err := json.Marshal(lostUpdate)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(recorded, []byte(`{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, `+
		`"metadata": {}, "outputs": [], "source": `+string(cell)+`}], "metadata": {}, "nbformat": 4, `+
		`"nbformat_minor": 5}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), env.Program, "run", "--html", "--output", dir+"/out",
		recorded).CombinedOutput(); err != nil {
		t.Fatalf("gilkernel run --html: %v\n%s", err, out)
	}
	config, err := json.Marshal(map[string]any{
		"page": filepath.Join(dir, "out", "recorded.html"),
		"url":  startLab(t, env, folder), "chromium": browser, "shots": shots,
		"lostUpdate": lostUpdate, "deadlock": crosswise,
		"lostUpdatePlan": []turn{{-1, "writes counter"}, {2, "Thread-2[^.]* writes counter"}, {-1, "has ended"}},
		"deadlockPlan":   []turn{{-1, "acquires x"}, {2, "acquires y"}, {-1, "has ended"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "config.json")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	drive := exec.CommandContext(ctx, node, "schedule.mjs", file)
	drive.Dir = dir
	out, err := drive.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("the widget isn't what a learner should see: %v", err)
	}
}
