// Package toolchain changes Go's own tools and library, and modules, where they make a program larger than it must be.
//
// The changes are to sources, and are made anew for each build, in a folder of its own: the Go that is installed stays
// as it is. Nothing that a program computes is changed, and nothing of it is slower but sorting by a function. A
// traceback of Go's says less: it has no arguments but those of gilkernel/runtime, and for a function of another module
// the line is the one where it begins.
//
//	the linker   leaves out arguments and lines for tracebacks, names that nobody reads, functions
//	             that are the same, methods that nothing can call, and the fields of types that
//	             nothing can name                                                                     linker.go
//	slices       has the code of sorting by a function once, instead of once for each type            library.go
//	time/tzdata  is compressed until it is asked for                                                  library.go
//	modules      a small one stands for a large one that is hardly used                               modules.go
//
// A change to Go whose place isn't found, as in one that isn't released yet, isn't made; the program is merely larger.
package toolchain

// This file defines Tools, which makes the changes.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Tools are a Go with the changes.
type Tools struct {
	root, goroot string
	// Replace has files of Go's library, by their paths, and the paths of what stands for them, as -overlay reads it.
	// What isn't as it is known isn't in it.
	Replace map[string]string
	// Exec is the command for -toolexec, quoted, or "" if the linker isn't as it is known.
	Exec string
}

// edit is a change to a file of Go's, which is named by its path below GOROOT/src.
type edit struct{ file, old, new string }

// Make makes the changes to the Go that builds in the directory root. What it writes is in folder, which must exist and
// stay until the program is built. Building a linker takes some seconds. Calls with the same folder must not overlap.
func Make(ctx context.Context, root, folder string) (*Tools, error) {
	find := exec.CommandContext(ctx, "go", "env", "GOROOT")
	find.Dir = root
	out, err := output(find)
	if err != nil {
		return nil, fmt.Errorf("finding Go: %w", err)
	}
	// The go command replaces no file below the module cache, where a Go may be that it has fetched itself.
	t := &Tools{root: root, goroot: filepath.Join(folder, "goroot")}
	if err := os.Symlink(strings.TrimSpace(out), t.goroot); err != nil {
		return nil, fmt.Errorf("finding Go: %w", err)
	}
	sources := os.DirFS(t.goroot + "/src")
	files, err := library(sources)
	if err != nil {
		return nil, err
	}
	if t.Replace, err = t.write(folder, files); err != nil {
		return nil, err
	}
	if files, ok := linker(sources); ok {
		if t.Exec, err = t.link(ctx, folder, files); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Command returns the go command of this Go, to be run where Make's is. The arguments must say what to do with Replace
// and Exec.
func (t *Tools) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(t.goroot, "bin", "go"), args...)
	cmd.Dir = t.root
	cmd.Env = append(os.Environ(), "GOROOT="+t.goroot, "GOTOOLCHAIN=local", "GOFLAGS=", "CGO_ENABLED=0")
	return cmd
}

// apply makes edits, all or none: ok is false if the place of one isn't there, or is there twice.
func apply(sources fs.FS, edits []edit) (files map[string]string, ok bool) {
	files = map[string]string{}
	for _, e := range edits {
		text, known := files[e.file]
		if !known {
			b, err := fs.ReadFile(sources, e.file)
			if err != nil {
				return nil, false
			}
			text = string(b)
		}
		if strings.Count(text, e.old) != 1 {
			return nil, false
		}
		files[e.file] = strings.Replace(text, e.old, e.new, 1)
	}
	return files, true
}

// write writes files, which are named by their paths below GOROOT/src, into folder, and returns where each is.
func (t *Tools) write(folder string, files map[string]string) (map[string]string, error) {
	replace := map[string]string{}
	for name, text := range files {
		path := filepath.Join(folder, "go-"+strings.ReplaceAll(name, "/", "-"))
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return nil, fmt.Errorf("changing Go's sources: %w", err)
		}
		replace[filepath.Join(t.goroot, "src", filepath.FromSlash(name))] = path
	}
	return replace, nil
}

// script runs a tool of Go's, in $1, the changed linker in place of the linker. To the go command the linker is another
// version, so that a program that the ordinary one has linked isn't up to date.
const script = `#!/bin/sh
case "$1 $2" in
*/link\ -V=full) echo "$("$1" -V=full) SUM" ;;
*/link\ *) shift && exec 'LINKER' "$@" ;;
*) exec "$@" ;;
esac
`

// link builds the linker from files that are changed, and returns the command for -toolexec.
func (t *Tools) link(ctx context.Context, folder string, files map[string]string) (string, error) {
	replace, err := t.write(folder, files)
	if err != nil {
		return "", err
	}
	overlay, program := filepath.Join(folder, "linker.json"), filepath.Join(folder, "linker")
	if err := WriteOverlay(overlay, replace); err != nil {
		return "", err
	}
	cmd := t.Command(ctx, "build", "-trimpath", "-overlay", overlay, "-o", program, "cmd/link")
	cmd.Env = append(cmd.Env, "GOOS=", "GOARCH=") // for this computer
	if _, err := output(cmd); err != nil {
		return "", fmt.Errorf("building the linker: %w", err)
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(sum, "%s\n%s\n", name, files[name])
	}
	text := strings.NewReplacer("LINKER", strings.ReplaceAll(program, `'`, `'\''`),
		"SUM", hex.EncodeToString(sum.Sum(nil)[:8])).Replace(script)
	path := filepath.Join(folder, "tool")
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		return "", fmt.Errorf("building the linker: %w", err)
	}
	return `"` + path + `"`, nil // the go command knows quotes, but no quote in them
}

// WriteOverlay writes a file for go build's -overlay: by their paths, files and what stands for them.
func WriteOverlay(path string, replace map[string]string) error {
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(path, b, 0o644)
	}
	if err != nil {
		return fmt.Errorf("listing the files that are replaced: %w", err)
	}
	return nil
}

// output runs a command and returns what it prints; what it says of an error is in the error.
func output(cmd *exec.Cmd) (string, error) {
	out, err := cmd.Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return "", fmt.Errorf("%w\n%s", err, failed.Stderr)
	}
	return string(out), err
}
