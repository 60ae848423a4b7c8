package testenv_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gilkernel/install/testenv"
)

// Many packages ask for the environment at once; all must get the same, whole one.
func TestPythonIsSharedAndWhole(t *testing.T) {
	var mu sync.Mutex
	got := map[string]int{}
	var wg sync.WaitGroup
	python := testenv.Python(t) // outside of the goroutines: it may end the test
	for range 3 {
		wg.Go(func() {
			p := testenv.Python(t)
			mu.Lock()
			defer mu.Unlock()
			got[p]++
		})
	}
	wg.Wait()
	if got[python] != 3 {
		t.Fatalf("environments: %v, want 3 times %s", got, python)
	}
	out, err := exec.CommandContext(t.Context(), python, "-c", "import jupyter_kernel_test, nbclient; print('whole')").
		CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "whole" {
		t.Errorf("importing in the environment: %v\n%s", err, out)
	}
}

func TestNewKeepsThisMachineOut(t *testing.T) {
	e := testenv.New(t)
	out, err := e.Cmd(t, "jupyter", "kernelspec", "list").CombinedOutput()
	if err != nil {
		t.Fatalf("jupyter kernelspec list: %v\n%s", err, out)
	}
	if want := filepath.Join(e.Data, "kernels", "gilkernel"); !strings.Contains(string(out), want) {
		t.Errorf("the kernelspec list has no %s:\n%s", want, out)
	}
	out, err = e.Cmd(t, "jupyter", "--paths").CombinedOutput()
	if err != nil {
		t.Fatalf("jupyter --paths: %v\n%s", err, out)
	}
	if !strings.Contains(string(out), filepath.Dir(e.Data)) {
		t.Errorf("jupyter does not use the test's place %s:\n%s", filepath.Dir(e.Data), out)
	}
}
