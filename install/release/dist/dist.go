// Package dist makes what is published of the program: for each system an archive and a wheel, and their checksums.
//
// What it writes depends on the sources and on Go alone, not on the time, the computer or the user, so anyone can check
// a published file by making it again.
package dist

// This file defines Release, which writes all files.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// SumsName is the file of checksums, as `sha256sum -c` reads it.
const SumsName = "SHA256SUMS"

// A Release is a version to publish.
type Release struct {
	Texts   fs.FS   // the module's root directory; Wheel needs its LICENSE, README.md and kernel.json
	Version string  // a version in the normal form of Python's, such as 0.3.0 or 0.3.0rc1
	Build   Builder // for Write
}

// A file is a member of an archive or of a wheel.
type file struct {
	name string // with slashes
	mode fs.FileMode
	data []byte
}

// epoch is the time of every file: zip knows none before.
func epoch() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

// Write makes the archives and wheels of the targets in dir, which it makes if necessary, and the file SumsName with
// the checksums of exactly these. It returns the names of what it wrote, in order. A file of the same name is replaced.
// At an error, some files may be written, but no new SumsName. Calls with the same dir must not overlap.
func (r *Release) Write(ctx context.Context, dir string, targets []Target) ([]string, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder to write to: %w", err)
	}
	sums := map[string]string{}
	for _, t := range targets {
		program, err := r.program(ctx, t)
		if err != nil {
			return nil, err
		}
		wheel := func(t Target, program []byte) (string, []byte, error) { return r.Wheel(t.Platforms(), program) }
		for _, pack := range []func(Target, []byte) (string, []byte, error){r.archive, wheel} {
			name, b, err := pack(t, program)
			if err != nil {
				return nil, fmt.Errorf("packing for %s: %w", t, err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
				return nil, fmt.Errorf("packing for %s: %w", t, err)
			}
			sum := sha256.Sum256(b)
			sums[name] = hex.EncodeToString(sum[:])
		}
	}
	names := slices.Sorted(maps.Keys(sums))
	var list bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&list, "%s  %s\n", sums[name], name)
	}
	if err := os.WriteFile(filepath.Join(dir, SumsName), list.Bytes(), 0o644); err != nil {
		return nil, fmt.Errorf("writing the checksums: %w", err)
	}
	return append(names, SumsName), nil
}

// Unreleased is the version of what is packed from a program that is no release.
const Unreleased = "0.dev0"

// PythonVersion returns a version of the program as Python writes it: v0.3.0 is 0.3.0. What isn't the version of a
// release, such as dev, is Unreleased.
func PythonVersion(version string) string {
	r := Release{Version: strings.TrimPrefix(version, "v")}
	if r.check() != nil {
		return Unreleased
	}
	return r.Version
}

// check returns an error if the version isn't one of Python's in normal form.
func (r *Release) check() error {
	if !regexp.MustCompile(`^\d+(\.\d+)*((a|b|rc)\d+)?(\.dev\d+)?$`).MatchString(r.Version) {
		return fmt.Errorf("%q is no version: it must be like 0.3.0 or 0.3.0rc1", r.Version)
	}
	return nil
}

// program builds the program for a target and returns it.
func (r *Release) program(ctx context.Context, t Target) ([]byte, error) {
	scratch, err := os.MkdirTemp("", "gilkernel-release-")
	if err != nil {
		return nil, fmt.Errorf("making a folder to build in: %w", err)
	}
	defer os.RemoveAll(scratch)
	out := filepath.Join(scratch, "gilkernel")
	if err := r.Build(ctx, t, r.Version, out); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("reading what was built for %s: %w", t, err)
	}
	return b, nil
}

// texts returns files of Texts, under the given folder.
func (r *Release) texts(folder string, names ...string) ([]file, error) {
	var files []file
	for _, name := range names {
		b, err := fs.ReadFile(r.Texts, name)
		if err != nil {
			return nil, fmt.Errorf("reading what is packed: %w", err)
		}
		files = append(files, file{folder + name, 0o644, b})
	}
	return files, nil
}
