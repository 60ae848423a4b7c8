// Package lessons keeps the learner's working copy of the notebooks that are shipped.
//
// The copy is the learner's: what they changed, by writing or by running a cell, is never overwritten. What they have
// not touched follows the shipped notebooks. Reset brings a shipped notebook back and keeps the learner's beside it.
package lessons

// This file defines the working copy.

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // editorSettings
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// manifestName is the file in the working copy that says what was copied. Its name hides it from file browsers.
const manifestName = ".gilkernel-lessons.json"

// editorName is the file in the working copy that has VS Code ask the kernel for completions while a cell is typed, and
// editorSettings its text.
const editorName = ".vscode/settings.json"

//go:embed settings.json
var editorSettings []byte

// manifest is what the file says: for each notebook the hash of the shipped one that the copy was made of.
type manifest struct {
	Copied map[string]string `json:"copied"`
}

// A Copy is a working copy. It is used by one goroutine at a time.
type Copy struct {
	shipped fs.FS
	dir     string
}

// At returns the working copy of shipped in a directory, which need not exist.
func At(dir string, shipped fs.FS) *Copy { return &Copy{shipped, dir} }

// Dir returns the directory of the working copy.
func (c *Copy) Dir() string { return c.dir }

// Names returns the notebooks that are shipped, by their paths, in order.
func (c *Copy) Names() ([]string, error) {
	var names []string
	err := fs.WalkDir(c.shipped, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(name) == ".ipynb" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the lessons: %w", err)
	}
	return names, nil
}

// Update makes the working copy, or brings it up to date, with settings for VS Code if it has none. It returns the
// notebooks that the learner changed and of which a newer one is shipped by now: those stay as they are.
func (c *Copy) Update() (older []string, err error) {
	names, err := c.Names()
	if err != nil {
		return nil, err
	}
	m := c.manifest()
	for _, name := range names {
		ours, err := fs.ReadFile(c.shipped, name)
		if err != nil {
			return nil, fmt.Errorf("reading the lessons: %w", err)
		}
		theirs, err := os.ReadFile(c.file(name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			err = write(c.file(name), ours)
		case err != nil:
		case bytes.Equal(ours, theirs):
		case hash(theirs) == m.Copied[name]:
			err = write(c.file(name), ours)
		case hash(ours) != m.Copied[name]:
			older = append(older, name)
			continue // the next start must report it again
		}
		if err != nil {
			return nil, fmt.Errorf("copying the lessons to %s: %w", c.dir, err)
		}
		m.Copied[name] = hash(ours)
	}
	if _, err := os.Stat(c.file(editorName)); errors.Is(err, fs.ErrNotExist) {
		if err := write(c.file(editorName), editorSettings); err != nil {
			return nil, fmt.Errorf("copying the lessons to %s: %w", c.dir, err)
		}
	}
	return older, c.save(m)
}

// Reset brings shipped notebooks back, all of them if no names are given, and keeps the learner's that differ beside
// them. A name may lack its .ipynb. It returns the paths of what it kept. A name that isn't shipped is an error that
// lists those that are.
func (c *Copy) Reset(names ...string) (kept []string, err error) {
	all, err := c.Names()
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		names = all
	}
	for i, name := range names {
		name = strings.TrimSuffix(filepath.ToSlash(name), ".ipynb") + ".ipynb"
		if names[i] = name; !slices.Contains(all, name) {
			return nil, fmt.Errorf("there is no lesson %q; the lessons are %s", strings.TrimSuffix(name, ".ipynb"),
				list(all))
		}
	}
	m := c.manifest()
	for _, name := range names {
		ours, err := fs.ReadFile(c.shipped, name)
		if err != nil {
			return kept, fmt.Errorf("reading the lessons: %w", err)
		}
		theirs, err := os.ReadFile(c.file(name))
		if err == nil && !bytes.Equal(ours, theirs) && hash(theirs) != m.Copied[name] {
			beside, err := keep(c.file(name), theirs)
			if err != nil {
				return kept, fmt.Errorf("keeping a copy of %s: %w", name, err)
			}
			kept = append(kept, beside)
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return kept, fmt.Errorf("reading %s: %w", name, err)
		}
		if err := write(c.file(name), ours); err != nil {
			return kept, fmt.Errorf("copying the lessons to %s: %w", c.dir, err)
		}
		m.Copied[name] = hash(ours)
	}
	return kept, c.save(m)
}

func (c *Copy) file(name string) string { return filepath.Join(c.dir, filepath.FromSlash(name)) }

// manifest reads the file. Without one, or with one that is damaged, every notebook that differs counts as changed by
// the learner.
func (c *Copy) manifest() manifest {
	var m manifest
	if b, err := os.ReadFile(c.file(manifestName)); err == nil {
		_ = json.Unmarshal(b, &m)
	}
	if m.Copied == nil {
		m.Copied = map[string]string{}
	}
	return m
}

func (c *Copy) save(m manifest) error {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	if old, err := os.ReadFile(c.file(manifestName)); err == nil && bytes.Equal(old, b) {
		return nil
	}
	if err := write(c.file(manifestName), b); err != nil {
		return fmt.Errorf("copying the lessons to %s: %w", c.dir, err)
	}
	return nil
}

// keep writes text beside a file, under the first of its names "x (mine).ipynb", "x (mine 2).ipynb" … that is free.
func keep(file string, text []byte) (string, error) {
	base := strings.TrimSuffix(file, ".ipynb")
	for n := 1; ; n++ {
		name := base + " (mine).ipynb"
		if n > 1 {
			name = fmt.Sprintf("%s (mine %d).ipynb", base, n)
		}
		w, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = w.Write(text)
		return name, errors.Join(err, w.Close())
	}
}

// write replaces a file by a rename, so that an interrupted start leaves no half-written notebook.
func write(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	w, err := os.CreateTemp(filepath.Dir(file), ".lesson-*")
	if err != nil {
		return err
	}
	defer os.Remove(w.Name()) // fails when it was renamed
	_, err = w.Write(text)
	if err := errors.Join(err, w.Chmod(0o644), w.Close()); err != nil {
		return err
	}
	return os.Rename(w.Name(), file)
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// list names the lessons, and the folders that have more.
func list(all []string) string {
	var words []string
	for _, name := range all {
		word := strings.TrimSuffix(name, ".ipynb")
		if dir := path.Dir(name); dir != "." {
			word = "the notebooks in " + dir
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}
