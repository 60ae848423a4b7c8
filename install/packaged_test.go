package install_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/install"
	"gilkernel/install/kernelspec"
)

// The program of a wheel finds its kernel, also where the environment isn't switched on, and leaves it to pip.
func TestProgramOfAPackage(t *testing.T) {
	w := newWorld(t)
	env := filepath.Join(w.home, "env")
	kernels := filepath.Join(env, "share", "jupyter", "kernels")
	spec, err := kernelspec.FromTemplate(w.Template, "{resource_dir}/gilkernel", "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := kernelspec.Write(spec, kernels, kernelspec.Name, nil)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "gilkernel")
	if err := os.Rename(w.Executable, program); err != nil {
		t.Fatal(err)
	}
	w.Executable = program
	probed := ""
	w.Probe = func(_ context.Context, argv, _ []string) (install.Report, error) {
		probed = argv[0]
		return install.Report{}, nil
	}
	if code := install.List(t.Context(), nil, w.Options); code != 0 ||
		!strings.Contains(w.out.String(), program+", works (gilkernel 1.2.3)") {
		t.Errorf("List: exit status %d: %s%s", code, &w.out, &w.err)
	}
	w.out.Reset()
	if code := install.Doctor(t.Context(), nil, w.Options); code != 0 || probed != program {
		t.Errorf("Doctor: exit status %d, it probed %q: %s%s", code, probed, &w.out, &w.err)
	}
	for _, run := range []func() int{
		func() int { return install.Uninstall([]string{"--yes"}, w.Options) },
		func() int { return install.Install([]string{"--prefix", env, "--force"}, w.Options) },
	} {
		w.err.Reset()
		if code := run(); code != 1 || !strings.Contains(w.err.String(), "pip uninstall gilkernel") {
			t.Errorf("exit status %d: %s", code, &w.err)
		}
		if _, err := os.Stat(program); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	w.out.Reset()
	if code := install.Doctor(t.Context(), nil, w.Options); code != 1 ||
		!strings.Contains(w.out.String(), "→ pip install --force-reinstall") {
		t.Errorf("Doctor without the program: exit status %d: %s", code, &w.out)
	}
}
