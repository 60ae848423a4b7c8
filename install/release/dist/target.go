package dist

// This file defines Target, the systems that are published for, and how the program is built for one.

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"gilkernel/install/release/toolchain"
)

// A Target is a system that the program is built for, in Go's words.
type Target struct{ OS, Arch string }

// String is the target as it is given on the command line: OS/ARCH.
func (t Target) String() string { return t.OS + "/" + t.Arch }

// arch is the architecture in Python's words.
func (t Target) arch() string {
	return map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[t.Arch]
}

// Platforms returns the tags by which pip knows a system: PEP 600, PEP 656, and macOS by the oldest that Go's programs
// run on, which is 12 since Go 1.25. A program without a C library runs on both kinds of Linux, so one wheel serves
// both.
func (t Target) Platforms() []string {
	if t.OS == "darwin" {
		return []string{"macosx_12_0_" + strings.Replace(t.arch(), "aarch64", "arm64", 1)}
	}
	return []string{"manylinux_2_17_" + t.arch(), "musllinux_1_1_" + t.arch()}
}

// Local returns the tag for a program that needs the C library of the Linux that built it.
func (t Target) Local() string { return "linux_" + t.arch() }

// Targets returns what is published for, in order.
func Targets() []Target {
	return []Target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}}
}

// Parse returns the targets that are named, each as OS/ARCH, in the order of Targets and each once; all of them if none
// is named. The error about one that isn't published names those that are.
func Parse(names []string) ([]Target, error) {
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
	}
	var chosen []Target
	var known []string
	for _, t := range Targets() {
		known = append(known, t.String())
		if len(names) == 0 || wanted[t.String()] {
			chosen = append(chosen, t)
		}
		delete(wanted, t.String())
	}
	for _, name := range names {
		if wanted[name] {
			return nil, fmt.Errorf("nothing is published for %q: it must be one of %s", name, strings.Join(known, ", "))
		}
	}
	return chosen, nil
}

// A Builder builds the program for a target, as the file out. The program says that it is of the given version.
type Builder func(ctx context.Context, t Target, version, out string) error

// GoBuild returns the Builder that runs the go command in the module at root. The program needs no C library, and tells
// neither where nor from which working copy it was built: those would make two builds differ.
func GoBuild(root string) Builder {
	return func(ctx context.Context, t Target, version, out string) error {
		scratch, err := os.MkdirTemp("", "gilkernel-release-")
		if err != nil {
			return fmt.Errorf("making a folder to build with: %w", err)
		}
		defer os.RemoveAll(scratch)
		tools, err := toolchain.Make(ctx, root, scratch)
		if err != nil {
			return err
		}
		replace := map[string]string{}
		maps.Copy(replace, tools.Replace)
		lessons, packed, err := packLessons(root, scratch)
		if err != nil {
			return err
		}
		replace[lessons] = packed
		overlay := filepath.Join(scratch, "overlay.json")
		if err := toolchain.WriteOverlay(overlay, replace); err != nil {
			return err
		}
		modules, err := toolchain.Modfile(root, scratch)
		if err != nil {
			return err
		}
		args := append([]string{"build", "-trimpath", "-buildvcs=false", "-tags", "packed", "-modfile", modules,
			"-overlay", overlay, "-toolexec", tools.Exec}, compilerFlags()...)
		// Functions begin at multiples of 16, as loops in them are aligned, not of 32: 0.3 MB less on amd64.
		args = append(args, "-ldflags", "-s -w -funcalign=16 -X main.released="+version, "-o", out, ".")
		cmd := tools.Command(ctx, args...)
		cmd.Env = append(cmd.Env, "GOOS="+t.OS, "GOARCH="+t.Arch)
		if b, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building for %s: %w\n%s", t, err, b)
		}
		return nil
	}
}

// Root returns the root directory of the module that the working directory is in.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("there is no go.mod here or above: run it in the project's folder")
		}
		dir = parent
	}
}
