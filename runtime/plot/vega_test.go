package plot_test

// This file defines the test of the charts with the real Vega-Lite, of the versions that JupyterLab 4 has.

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/install/testenv"
	"gilkernel/skip"
)

func TestVegaLite(t *testing.T) {
	if testing.Short() {
		skip.Missing(t, "-short: Vega-Lite isn't installed")
	}
	node, npm := testenv.Command(t, "node"), testenv.Command(t, "npm")
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "check.mjs"} {
		b, err := os.ReadFile(filepath.Join("testdata", "vega", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	install := exec.Command(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		skip.Missing(t, "npm can't install Vega-Lite: "+string(out))
	}
	specs := filepath.Join(dir, "specs")
	if err := os.Mkdir(specs, 0o700); err != nil {
		t.Fatal(err)
	}
	figures := gallery(t)
	for name, f := range figures {
		b, err := json.Marshal(f.Spec())
		if err == nil {
			err = os.WriteFile(filepath.Join(specs, name+".vl.json"), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	check := exec.Command(node, "check.mjs", specs)
	check.Dir = dir
	check.Stderr = os.Stderr
	out, err := check.Output()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for line := range strings.Lines(string(out)) {
		var r struct {
			File              string
			Complaints, Texts []string
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		checked++
		name := strings.TrimSuffix(r.File, ".vl.json")
		for _, c := range r.Complaints {
			t.Errorf("%s: %s", name, c)
		}
		if text := strings.Join(r.Texts, " "); !strings.Contains(text, figures[name].Caption) {
			t.Errorf("%s: the drawing lacks its caption %q: %s", name, figures[name].Caption, text)
		}
	}
	if checked != len(figures) {
		t.Errorf("%d of %d charts were drawn", checked, len(figures))
	}
}
