package install

// This file defines the private Python environment that lab, bundle and doctor agree on.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gilkernel/install/venv"
)

// environment opens the private Python environment, and shows its progress.
func (l *lab) environment(ctx context.Context) (*venv.Env, error) {
	show := newProgress(l.Stderr)
	defer show.end()
	o := l.environmentOptions(show.update)
	if l.offline {
		if err := l.withoutNetwork(ctx, o); err != nil {
			return nil, err
		}
	}
	env, err := venv.Open(ctx, o)
	switch {
	case ctx.Err() != nil:
		return nil, context.Canceled
	case err != nil && o.Wheels != "":
		return nil, &noJupyter{fmt.Errorf("%w (the bundle was made by another gilkernel, or with another patch "+
			"release of this Python)", err)}
	case err != nil:
		return nil, &noJupyter{err}
	}
	return env, nil
}

func (c *command) environmentOptions(progress func(venv.Progress)) *venv.Options {
	return &venv.Options{
		Folder:       c.Cache,
		Name:         labName,
		Requirements: requirements,
		Constraints:  constraints,
		Imports:      []string{"zmq", "jupyterlab", "jupyter_server", "nbformat", "anywidget", "jupyterlab_widgets"},
		Progress:     progress,
	}
}

// quiet writes the settings of the private environment that keep JupyterLab from asking, over the first lesson,
// whether it may fetch news. The user's own settings overrule them.
func quiet(data string) error {
	const settings = `{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": ` +
		`false}}` + "\n"
	path := filepath.Join(data, "lab", "settings", "overrides.json")
	if b, err := os.ReadFile(path); err == nil && string(b) == settings {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing JupyterLab's settings: %w", err)
	}
	if err := os.WriteFile(path, []byte(settings), 0o644); err != nil {
		return fmt.Errorf("writing JupyterLab's settings: %w", err)
	}
	return nil
}
