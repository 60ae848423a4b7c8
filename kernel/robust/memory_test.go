//go:build linux && !race

package robust_test

// This file defines the tests of the memory limit: it counts what is used, and what is used no longer is freed. The
// race detector needs more than the limits, and allows 8,000 goroutines.

import (
	"strings"
	"testing"
)

// Many threads that the system knows fit the default limit: it doesn't count the stacks that they could have.
func TestManyThreads(t *testing.T) {
	p := open(t, "GILKERNEL_MEMORY_LIMIT=")
	p.run(define + "\nvar wg sync.WaitGroup")
	for _, code := range []string{
		"import \"gilkernel/runtime/threading\"\nts := []*threading.Thread{}\nfor range 2000 {\n" +
			"\tt := threading.NewThread(func() { time.Sleep(time.Second) })\n\tt.Start()\n\tts = append(ts, t)\n}\n" +
			"for _, t := range ts {\n\tt.Join()\n}",
		"lock := threading.NewLock()\nlock.Acquire()\nus := []*threading.Thread{}\nfor range 300 {\n" +
			"\tt := threading.NewThread(func() { lock.Acquire(); lock.Release() })\n\tt.Start()\n" +
			"\tus = append(us, t)\n}\nlock.Release()\nfor _, t := range us {\n\tt.Join()\n}",
		"for range 2000 {\n\twg.Go(func() { runtime.LockOSThread(); time.Sleep(time.Second) })\n}\nwg.Wait()",
		"for range 300 {\n\twg.Go(func() {\n\t\tif err := exec.Command(\"sleep\", \"0.2\").Run(); err != nil {\n" +
			"\t\t\tpanic(err)\n\t\t}\n\t})\n}\nwg.Wait()",
	} {
		if c := p.run(code); c.res.Status != "ok" {
			t.Errorf("%s\n%+v", code, c.res)
		}
	}
	p.wants("kept + 1", "42")
	// What a cell starts has the stack that it would have without us.
	if c := p.run(
		"out, _ := exec.Command(\"sh\", \"-c\", \"ulimit -s\").Output()\nfmt.Print(string(out))"); strings.TrimSpace(
		c.text("stdout")) == "" || strings.TrimSpace(c.text("stdout")) == "256" {
		t.Errorf("the stack of a child is %q", c.text("stdout"))
	}
}

// Each row takes more than the limit if nothing of it is freed.
func TestMemoryIsFreed(t *testing.T) {
	for _, row := range []struct {
		name  string
		cells []string
		times int
	}{
		{"variables", []string{"x := make([]byte, 64<<20)", "x := 5"}, 12},
		{"variables and functions",
			[]string{"x := make([]byte, 64<<20)\nfunc f() int { return len(x) }\nf()", "x := 5"}, 12},
		{"variables and closures", []string{"x := make([]byte, 64<<20)\nf := func() int { return len(x) }\nf()",
			"x, f := 5, 6"}, 12},
		{"simulated threads", []string{"%%simulate\nx := threading.NewThread(func() {})\nx.Start()\nx.Join()",
			"x := 5"}, 50},
		{"failed cells", []string{"b := make([]byte, 64<<20)\nvar none map[string]int\nnone[\"a\"] = len(b)", "b := 5"},
			12},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := open(t, "GILKERNEL_MEMORY_LIMIT=500MiB")
			p.run("import \"gilkernel/runtime/threading\"\n" + define)
			for range row.times {
				for _, code := range row.cells {
					if c := p.run(code); c.res.Status != "ok" && !strings.Contains(code, "none[") {
						t.Fatalf("%s\n%+v", code, c.res)
					}
				}
			}
			p.wants("kept + 1", "42")
		})
	}
}
