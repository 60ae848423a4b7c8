package jupyter_test

// This file defines the test of %%schedule's widget in a real browser: by keys and by mouse, to a lost update and to a
// deadlock, undone, replayed and reloaded.

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gilkernel/install/testenv"
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
	d := newDriver(t, "schedule.mjs")
	folder := filepath.Join(d.dir, "notebooks")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	const empty = `{"cells": [], "metadata": {"kernelspec": {"name": "gilkernel", "display_name": "Go (GIL)", ` +
		`"language": "go"}}, "nbformat": 4, "nbformat_minor": 5}`
	if err := os.WriteFile(filepath.Join(folder, "00-start.ipynb"), []byte(empty), 0o600); err != nil {
		t.Fatal(err)
	}
	recorded := filepath.Join(d.dir, "recorded.ipynb")
	cell, err := json.Marshal(lostUpdate)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(recorded, []byte(`{"cells": [{"cell_type": "code", "id": "a", "execution_count": null, `+
		`"metadata": {}, "outputs": [], "source": `+string(cell)+`}], "metadata": {}, "nbformat": 4, `+
		`"nbformat_minor": 5}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), env.Program, "run", "--html", "--output", d.dir+"/out",
		recorded).CombinedOutput(); err != nil {
		t.Fatalf("gilkernel run --html: %v\n%s", err, out)
	}
	d.drive(map[string]any{
		"page":       filepath.Join(d.dir, "out", "recorded.html"),
		"url":        startLab(t, env, folder),
		"lostUpdate": lostUpdate, "deadlock": crosswise,
		"lostUpdatePlan": []turn{{-1, "writes counter"}, {2, "Thread-2[^.]* writes counter"}, {-1, "has ended"}},
		"deadlockPlan":   []turn{{-1, "acquires x"}, {2, "acquires y"}, {-1, "has ended"}},
	}, "the widget isn't what a learner should see")
}
