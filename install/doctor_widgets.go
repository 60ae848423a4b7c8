package install

// This file defines how Doctor checks whether a Jupyter can show the widget of %%schedule.

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A widgetPart is a package whose extension of JupyterLab a widget needs. Pages load it from Jupyter's data
// directories; nothing of it runs in Python.
type widgetPart struct {
	pkg string // its name at PyPI
	dir string // below labextensions
}

// widgetParts returns what the page needs to show a widget.
func widgetParts() []widgetPart {
	return []widgetPart{{"jupyterlab_widgets", "@jupyter-widgets/jupyterlab-manager"}, {"anywidget", "anywidget"}}
}

// widgets looks for the extensions that show widgets, in the data directories of the jupyter at path. Without them
// %%schedule asks its questions as text, so Doctor only notes that they are missing.
func (d *doctor) widgets(ctx context.Context, path string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--paths", "--json")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	var paths struct{ Data []string }
	if err != nil || json.Unmarshal(out, &paths) != nil {
		d.note("%s does not say where its extensions are (jupyter --paths --json)", path)
		return
	}
	if missing := missingWidgets(paths.Data); len(missing) > 0 {
		d.note("%s lacks %s: %%%%schedule asks in text there; python3 -m pip install %s shows its widget",
			path, strings.Join(missing, " and "), strings.Join(missing, " "))
		return
	}
	d.good("the JupyterLab of %s shows the widget of %%%%schedule", path)
}

// missingWidgets returns the packages whose extensions are in none of the data directories.
func missingWidgets(data []string) (missing []string) {
	for _, p := range widgetParts() {
		found := false
		for _, dir := range data {
			_, err := os.Stat(filepath.Join(dir, "labextensions", filepath.FromSlash(p.dir), "package.json"))
			found = found || err == nil
		}
		if !found {
			missing = append(missing, p.pkg)
		}
	}
	return missing
}
