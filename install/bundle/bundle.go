// Package bundle keeps the folder from which gilkernel installs JupyterLab without a network, such as one on a memory
// stick.
package bundle

// This file defines Bundle, such a folder as it is read.

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"gilkernel/install/release/dist"
	"gilkernel/install/venv"
)

// markName is the file that makes a folder a bundle. It is the first that is written, and the checksums are the last:
// a folder with the one and without the other was interrupted.
const markName = "gilkernel-bundle.json"

// ReadmeName is the file that says what to do with a bundle.
const ReadmeName = "README.txt"

// wheelsName is the folder of the wheels.
const wheelsName = "wheels"

// A Bundle is a folder that Write has made. It is only read, so its methods may be called concurrently.
type Bundle struct {
	Dir     string   `json:"-"`
	Version string   `json:"version"` // of the program in it
	Pythons []Python `json:"pythons"` // for which it has wheels

	// Portable is whether the program needs no C library, which would have to be as new as that of the computer that
	// built it.
	Portable bool `json:"portable"`
}

// A Python is what a compiled wheel is for.
type Python struct {
	Version string `json:"version"` // without the patch release: 3.12
	OS      string `json:"os"`      // in Go's words
	Machine string `json:"machine"` // in Python's words: x86_64
}

func (p Python) String() string { return fmt.Sprintf("Python %s on %s %s", p.Version, p.OS, p.Machine) }

// described returns an interpreter of this computer as bundles name it.
func described(p *venv.Python) Python {
	return Python{Version: fmt.Sprintf("%d.%d", p.Major, p.Minor), OS: runtime.GOOS, Machine: p.Machine}
}

// Is reports whether a folder is a bundle, whole or not.
func Is(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, markName))
	return err == nil
}

// Open reads a bundle. The error about a folder that is none, or that was interrupted, is one sentence for the user.
func Open(dir string) (*Bundle, error) {
	b := &Bundle{Dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, markName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is no bundle: it has no file %s; the command gilkernel bundle makes bundles", dir,
			markName)
	}
	if err == nil {
		err = json.Unmarshal(text, b)
	}
	if err != nil {
		return nil, fmt.Errorf("the bundle can't be read (%w): copy it again", err)
	}
	if _, err := os.Stat(filepath.Join(dir, dist.SumsName)); err != nil || len(b.Pythons) == 0 {
		return nil, fmt.Errorf("the bundle %s is incomplete: make it or copy it again", dir)
	}
	return b, nil
}

// Wheels returns the folder of the wheels, for venv's Options.
func (b *Bundle) Wheels() string { return filepath.Join(b.Dir, wheelsName) }

// Python returns the path of an interpreter on this computer that the wheels are for: the first that venv would take,
// or one that has its version in its name. Without any Python, the error is or wraps venv.ErrNoPython.
func (b *Bundle) Python(ctx context.Context) (string, error) {
	first, err := venv.FindPython(ctx, "", nil)
	if err != nil {
		return "", err
	}
	if b.fits(first) {
		return "", nil
	}
	var has []string
	for _, p := range b.Pythons {
		name := "python" + p.Version
		if other, err := venv.FindPython(ctx, name, nil); err == nil && b.fits(other) {
			return name, nil
		}
		has = append(has, p.String())
	}
	return "", fmt.Errorf("the bundle is for %s, and this computer has %s: install one of those that it is for, or make "+
		"a bundle with this one", strings.Join(has, ", "), described(first))
}

func (b *Bundle) fits(p *venv.Python) bool {
	for _, has := range b.Pythons {
		if has == described(p) {
			return true
		}
	}
	return false
}

// Check reads all wheels, and returns an error that names the first that is missing or damaged. It ends early when ctx
// does.
func (b *Bundle) Check(ctx context.Context) error {
	f, err := os.Open(filepath.Join(b.Dir, dist.SumsName))
	if err != nil {
		return fmt.Errorf("reading the bundle's checksums: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		want, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || !strings.HasPrefix(name, wheelsName+"/") {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		got, err := sum(filepath.Join(b.Dir, filepath.FromSlash(name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("the bundle lacks %s: copy it again", name)
		case err != nil:
			return fmt.Errorf("the bundle can't be read: %w", err)
		case got != want:
			return fmt.Errorf("%s in the bundle is damaged: copy it again", name)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading the bundle's checksums: %w", err)
	}
	return nil
}

// sum returns the checksum of a file.
func sum(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
