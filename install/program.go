package install

// This file defines which program a kernelspec points at: one that will still be there tomorrow.

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// executable is the absolute path of the program to install.
func (c *command) executable() (string, error) {
	path := c.Executable
	if path == "" {
		var err error
		if path, err = os.Executable(); err != nil {
			return "", fmt.Errorf("finding the running program: %w", err)
		}
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding the running program: %w", err)
	}
	return path, nil
}

// passing says whether a program is one that `go run` or `go test` made: those are removed at the end, or some days
// later with the build cache.
func (c *command) passing(path string) bool {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	for _, part := range strings.Split(filepath.ToSlash(path), "/") {
		if strings.HasPrefix(part, "go-build") {
			return true
		}
	}
	for _, dir := range []string{c.System.Getenv("GOCACHE"), os.TempDir()} {
		if dir == "" {
			continue
		}
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dir = real
		}
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
			return true
		}
	}
	return false
}

// lasting is the path that best names an installed program: the one that PATH finds, if that is the same file. A
// package manager keeps that path when it replaces the versioned one behind it.
func lasting(path string) string {
	found, err := exec.LookPath(filepath.Base(path))
	if err != nil {
		return path
	}
	found, err = filepath.Abs(found)
	if err != nil {
		return path
	}
	a, err1 := os.Stat(found)
	b, err2 := os.Stat(path)
	if err1 == nil && err2 == nil && os.SameFile(a, b) {
		return found
	}
	return path
}

// cached copies the program into the cache, under a name that tells its content, and returns the copy's path. The same
// program is copied once. The copy appears completely or not at all.
func (c *command) cached(program string) (string, error) {
	dir := filepath.Join(c.Cache, "bin")
	if filepath.Dir(program) == dir {
		return program, nil // the cached program itself runs
	}
	in, err := os.Open(program)
	if err != nil {
		return "", fmt.Errorf("reading the program: %w", err)
	}
	defer in.Close()
	h := sha256.New()
	if _, err := io.Copy(h, in); err != nil {
		return "", fmt.Errorf("reading the program: %w", err)
	}
	path := filepath.Join(dir, "gilkernel-"+hex.EncodeToString(h.Sum(nil)[:8])+filepath.Ext(program))
	if filepath.Ext(program) != ".exe" {
		path = strings.TrimSuffix(path, filepath.Ext(program))
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		now := time.Now()
		os.Chtimes(path, now, now) // in use, says prune
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making the cache: %w", err)
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("reading the program: %w", err)
	}
	out, err := os.CreateTemp(dir, ".copy-")
	if err != nil {
		return "", fmt.Errorf("copying the program: %w", err)
	}
	defer os.Remove(out.Name()) // fails after the rename, as it should
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return "", fmt.Errorf("copying the program: %w", err)
	}
	if err := out.Close(); err != nil {
		return "", fmt.Errorf("copying the program: %w", err)
	}
	if err := os.Chmod(out.Name(), 0o755); err != nil {
		return "", fmt.Errorf("copying the program: %w", err)
	}
	if err := os.Rename(out.Name(), path); err != nil {
		return "", fmt.Errorf("copying the program: %w", err)
	}
	prune(dir)
	return path, nil
}

// prune removes old copies from the cache. The three newest stay, and so do those of the last day: a kernel that runs
// starts its interpreters from its own program, and must find it.
func prune(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	type copied struct {
		path string
		used time.Time
	}
	var all []copied
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			all = append(all, copied{filepath.Join(dir, e.Name()), info.ModTime()})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].used.After(all[j].used) })
	for i, p := range all {
		if i >= 3 && time.Since(p.used) > 24*time.Hour {
			os.Remove(p.path)
		}
	}
}
