package jupyter_test

// This file defines drivers: scripts that use a page in a real browser as a learner would.

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

// chromium names the browser's commands by system.
var chromium = []string{"chromium", "chromium-browser", "google-chrome"}

// driveTime is how long a script may take.
const driveTime = 10 * time.Minute

// A driver is a script of testdata/browser with what it needs.
type driver struct {
	t                     *testing.T
	node, script, browser string
	dir                   string // where the script is; the test may put files beside it
}

// newDriver skips the test if something that scripts need isn't there.
func newDriver(t *testing.T, script string) *driver {
	t.Helper()
	node, npm := testenv.Command(t, "node"), testenv.Command(t, "npm")
	d := &driver{t: t, node: node, script: script, dir: t.TempDir()}
	for _, name := range chromium {
		if path, err := exec.LookPath(name); err == nil {
			d.browser = path
			break
		}
	}
	if d.browser == "" {
		skip.Missing(t, "no Chromium is installed")
	}
	for _, name := range []string{"package.json", "package-lock.json", "page.mjs", script} {
		copyInto(t, d.dir, "testdata/browser/"+name)
	}
	install := exec.Command(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = d.dir
	if out, err := install.CombinedOutput(); err != nil {
		skip.Missing(t, "npm can't install playwright-core: "+string(out))
	}
	return d
}

// drive runs the script. page.mjs reads the config, to which drive adds the browser and the folder for screenshots.
func (d *driver) drive(config map[string]any, complaint string) {
	t := d.t
	t.Helper()
	shots := os.Getenv("GILKERNEL_SCREENSHOTS") // where to keep the pictures, for a person to look at
	if shots == "" {
		shots = t.TempDir()
	}
	config["chromium"], config["shots"] = d.browser, shots
	data, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(d.dir, "config.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), driveTime)
	defer cancel()
	drive := exec.CommandContext(ctx, d.node, d.script, file)
	drive.Dir = d.dir
	out, err := drive.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("%s: %v", complaint, err)
	}
}
