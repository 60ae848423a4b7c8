// Package course makes the folder that nbgrader calls a course, of the exercises that are shipped.
//
// An assignment is a notebook with solutions between "BEGIN SOLUTION" and "END SOLUTION"; nbgrader makes the learners'
// notebook of it. See nbgrader's documentation, "Creating and grading assignments".
package course

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

var (
	//go:embed nbgrader_config.py
	config string
	//go:embed autotests.yml
	autotests string
)

// ConfigName is the file by which nbgrader knows a course's folder.
const ConfigName = "nbgrader_config.py"

// Write makes a course in dir, which it makes if necessary: the settings that nbgrader needs for Go, and for each of
// assignments, notebooks by file name, a folder source/NAME with the notebook. It returns the assignments' names, in
// order. It overwrites nothing: if a file exists already, Write writes nothing and returns an error that names the
// file.
func Write(dir string, assignments map[string][]byte) (names []string, err error) {
	files := map[string][]byte{ConfigName: []byte(config), "autotests.yml": []byte(autotests)}
	order := []string{ConfigName, "autotests.yml"}
	for _, file := range slices.Sorted(maps.Keys(assignments)) {
		name := strings.TrimSuffix(file, ".ipynb")
		names = append(names, name)
		to := path.Join("source", name, file)
		files[to] = assignments[file]
		order = append(order, to)
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", dir)
	}
	for _, file := range order {
		at := filepath.Join(dir, filepath.FromSlash(file))
		if _, err := os.Lstat(at); err == nil {
			return nil, fmt.Errorf("%s is there already, and it isn't overwritten: move it away or name another folder",
				at)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("making the course: %w", err)
		}
	}
	for _, file := range order {
		at := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return nil, fmt.Errorf("making the course: %w", err)
		}
		if err := os.WriteFile(at, files[file], 0o644); err != nil {
			return nil, fmt.Errorf("making the course: %w", err)
		}
	}
	return names, nil
}
