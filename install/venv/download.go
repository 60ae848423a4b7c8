package venv

// This file defines Download, which fetches what Open installs, for a computer without a network.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// bringsPip is the requirement of the pip that Open runs where Python has none.
const bringsPip = "pip >= 24.1\n"

// Download puts wheels into dir, which must exist, from which Open makes the environment that o describes without a
// network: for the same version of Python, on the same kind of computer. It returns that Python. A package that is
// published only as source is an error, because a compiler would be needed to install it. Wheels that dir has already
// stay. It ends early when ctx does.
func Download(ctx context.Context, o *Options, dir string) (*Python, error) {
	base, err := FindPython(ctx, o.Python, o.Env)
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "gilkernel-download-")
	if err != nil {
		return nil, fmt.Errorf("making a folder to download with: %w", err)
	}
	defer os.RemoveAll(scratch)
	folder := filepath.Join(scratch, "python")
	with := *o
	with.Requirements += bringsPip
	m := &maker{o: &with, base: base, env: &Env{Folder: folder, Python: interpreter(folder)}}
	pip, err := m.create(ctx)
	if err != nil {
		return nil, err
	}
	err = m.require(ctx, append(pip, "download", "--only-binary", ":all:", "--dest", dir), scratch)
	if errors.Is(err, errNoSuchVersion) {
		err = fmt.Errorf("%w (for Python %d.%d on %s)", err, base.Major, base.Minor, base.Machine)
	}
	return base, err
}
