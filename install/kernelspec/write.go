package kernelspec

// This file defines the writing of a kernel directory, and its removal.

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

//go:generate go run ./logogen

//go:embed logo-32x32.png logo-64x64.png logo-svg.svg
var logos embed.FS

// ErrForeign says that the place is taken by a kernel that is not ours.
var ErrForeign = errors.New("another kernel has that name")

// ErrPackaged says that the kernel there is ours and came with a package, whose program would go with it.
var ErrPackaged = errors.New("the kernel there belongs to a Python package (pip uninstall gilkernel removes it)")

// WriteOptions says how to write. nil means the zero value.
type WriteOptions struct {
	Force   bool   // replace another kernel's directory too
	Program string // a program to copy into the directory; the spec's first argument then becomes the copy's path
}

// Write puts the spec into the directory kernels/name, where kernels is the "kernels" folder of a Jupyter data
// directory, and returns that directory. Our own kernel there is replaced, a package's is refused with ErrPackaged,
// another's with ErrForeign. A reader sees the old directory or the new one, or for an instant none, but never a part:
// everything is written beside and renamed. Concurrent calls are safe; the last one wins.
func Write(s *Spec, kernels, name string, o *WriteOptions) (string, error) {
	if o == nil {
		o = &WriteOptions{}
	}
	if err := CheckName(name); err != nil {
		return "", err
	}
	dest := filepath.Join(kernels, name)
	if err := mayReplace(dest); err != nil && !(o.Force && errors.Is(err, ErrForeign)) {
		return "", err
	}
	if err := os.MkdirAll(kernels, 0o755); err != nil {
		return "", fmt.Errorf("making the kernels folder: %w", err)
	}
	// Not in kernels itself: Jupyter would list a half-written directory there as a kernel.
	scratch, err := os.MkdirTemp(filepath.Dir(kernels), ".gilkernel-")
	if err != nil {
		return "", fmt.Errorf("making a folder to write in: %w", err)
	}
	defer os.RemoveAll(scratch)
	fresh := filepath.Join(scratch, "new")
	if err := fill(s, fresh, dest, o.Program); err != nil {
		return "", err
	}
	if err := swap(fresh, dest, scratch); err != nil {
		return "", fmt.Errorf("putting the kernelspec in place: %w", err)
	}
	return dest, nil
}

// Remove removes the kernel directory dir if it is ours; a package's is refused with ErrPackaged, another's with
// ErrForeign, a missing one with an error that is fs.ErrNotExist.
func Remove(dir string) error {
	if _, err := os.Lstat(dir); err != nil {
		return fmt.Errorf("removing a kernelspec: %w", err)
	}
	if err := mayReplace(dir); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(filepath.Dir(filepath.Dir(dir)), ".gilkernel-")
	if err != nil {
		return fmt.Errorf("making a folder to remove in: %w", err)
	}
	defer os.RemoveAll(scratch)
	if err := os.Rename(dir, filepath.Join(scratch, "old")); err != nil {
		return fmt.Errorf("removing a kernelspec: %w", err)
	}
	return nil
}

// mayReplace returns nil if dir is free, empty, or ours and no package's. What can't be read is taken for another's.
func mayReplace(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	s, err := Read(dir)
	switch {
	case err != nil || !s.Ours():
		return fmt.Errorf("%w: %s", ErrForeign, dir)
	case s.Packaged():
		return fmt.Errorf("%w: %s", ErrPackaged, dir)
	}
	return nil
}

// fill writes the files of the directory dest into the folder fresh.
func fill(s *Spec, fresh, dest, program string) error {
	if err := os.Mkdir(fresh, 0o755); err != nil {
		return fmt.Errorf("writing a kernelspec: %w", err)
	}
	if program != "" {
		name := filepath.Base(s.Argv[0])
		if err := copyProgram(filepath.Join(fresh, name), program); err != nil {
			return err
		}
		copied := *s
		copied.Argv = append([]string{filepath.Join(dest, name)}, s.Argv[1:]...)
		s = &copied
	}
	b, err := s.encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(fresh, "kernel.json"), b, 0o644); err != nil {
		return fmt.Errorf("writing kernel.json: %w", err)
	}
	entries, err := logos.ReadDir(".")
	if err != nil {
		return fmt.Errorf("reading the logos: %w", err)
	}
	for _, e := range entries {
		b, err := logos.ReadFile(e.Name())
		if err != nil {
			return fmt.Errorf("reading a logo: %w", err)
		}
		if err := os.WriteFile(filepath.Join(fresh, e.Name()), b, 0o644); err != nil {
			return fmt.Errorf("writing a logo: %w", err)
		}
	}
	return nil
}

func copyProgram(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copying the program: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return fmt.Errorf("copying the program: %w", err)
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return fmt.Errorf("copying the program: %w", err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("copying the program: %w", err)
	}
	return nil
}

// swap renames fresh to dest. A directory can't be renamed over one that has something in it, so that one is moved
// aside first; if another process was quicker, there is one again, and the two steps are repeated.
func swap(fresh, dest, scratch string) error {
	var err error
	for i := range 10 {
		if err = os.Rename(fresh, dest); err == nil {
			return nil
		}
		aside := filepath.Join(scratch, fmt.Sprintf("old%d", i))
		moved := os.Rename(dest, aside)
		if moved != nil && !errors.Is(moved, fs.ErrNotExist) {
			return moved
		}
		if err = os.Rename(fresh, dest); err == nil {
			return nil
		}
		if moved == nil {
			os.Rename(aside, dest) // the old one back, rather than none; fails if another process was quicker
		}
	}
	return err
}
