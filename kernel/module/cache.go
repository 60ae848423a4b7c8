package module

// This file defines the module cache, in the layout that the go command reads and writes.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	xmodule "golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// The maximum sizes of fetched files, in bytes.
const (
	maxMod = 16 << 20
	maxZip = zip.MaxZipFile
)

// download returns the path of a downloaded file of a module, such as v1.5.2.mod.
func (e *environment) download(path, name string) (string, error) {
	escaped, err := xmodule.EscapePath(path)
	if err != nil {
		return "", err
	}
	return filepath.Join(e.cache(), "cache", "download", filepath.FromSlash(escaped), "@v", name), nil
}

// versionFile returns the path of a version's downloaded file with an extension, such as ".mod".
func (e *environment) versionFile(v xmodule.Version, ext string) (string, error) {
	escaped, err := xmodule.EscapeVersion(v.Version)
	if err != nil {
		return "", err
	}
	return e.download(v.Path, escaped+ext)
}

// folder returns the folder into which a version's files are unpacked. It may not exist.
func (e *environment) folder(v xmodule.Version) (string, error) {
	path, err := xmodule.EscapePath(v.Path)
	if err != nil {
		return "", err
	}
	version, err := xmodule.EscapeVersion(v.Version)
	if err != nil {
		return "", err
	}
	return filepath.Join(e.cache(), filepath.FromSlash(path)+"@"+version), nil
}

// unpacked returns the folder of a version, and whether the cache has it completely.
func (e *environment) unpacked(v xmodule.Version) (dir string, ok bool) {
	dir, err := e.folder(v)
	if err != nil {
		return "", false
	}
	partial, _ := e.versionFile(v, ".partial") // the go command is unpacking it, or died while it did
	info, err := os.Stat(dir)
	return dir, err == nil && info.IsDir() && !exists(partial)
}

// cachedMod returns the go.mod of a version from the cache, or an *absent error. It never asks a server.
func (w *work) cachedMod(_ context.Context, v xmodule.Version) ([]byte, error) {
	from, dir := w.replaced(v)
	if dir != "" {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			return nil, fmt.Errorf("the replacement of %s can't be read: %w", v.Path, err)
		}
		return text, nil
	}
	file, err := w.env.versionFile(from, ".mod")
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &absent{from}
	case err != nil:
		return nil, err
	}
	return text, w.sums.check(&w.env, from, "/go.mod", func() (string, error) { return hashMod(text) })
}

// absent is the error for a version that the cache doesn't have.
type absent struct{ v xmodule.Version }

// Error implements error.
func (a *absent) Error() string {
	return fmt.Sprintf("%s isn't in the module cache: %%get %s fetches it", a.v, a.v)
}

func hashMod(text []byte) (string, error) {
	return dirhash.Hash1([]string{"go.mod"}, opener(text))
}

// checkUnpacked compares the files of a version in the cache with go.sum.
func (w *work) checkUnpacked(v xmodule.Version, dir string) error {
	return w.sums.check(&w.env, v, "", func() (string, error) { return w.env.unpackedSum(v, dir) })
}

// unpackedSum returns the checksum of a version that is unpacked in dir: the one that was computed when its archive was
// fetched, as the go command does, or that of the files if the cache doesn't have it.
func (e *environment) unpackedSum(v xmodule.Version, dir string) (string, error) {
	file, err := e.versionFile(v, ".ziphash")
	if err != nil {
		return "", err
	}
	if text, err := os.ReadFile(file); err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	return dirhash.HashDir(dir, v.String(), dirhash.Hash1)
}

// fetchedMod is cachedMod that fetches, verifies and caches a go.mod that the cache doesn't have.
func (g *getting) fetchedMod(ctx context.Context, v xmodule.Version) ([]byte, error) {
	w := g.w
	from, dir := w.replaced(v)
	if dir != "" {
		return w.cachedMod(ctx, v)
	}
	file, err := w.env.versionFile(from, ".mod")
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file)
	cached := err == nil
	if !cached {
		if text, err = g.fetch(ctx, from.Path, from.Version, ".mod", maxMod); err != nil {
			return nil, err
		}
	}
	if err := g.verify(ctx, from, "/go.mod", func() (string, error) { return hashMod(text) }); err != nil {
		return nil, err
	}
	if !cached {
		err = write(file, text)
	}
	return text, err
}

// fetchedDir returns the folder of a version; it fetches, verifies and unpacks a version that the cache doesn't have.
func (g *getting) fetchedDir(ctx context.Context, s selected) (string, error) {
	if s.dir != "" {
		return s.dir, nil
	}
	w, v := g.w, s.from
	if dir, ok := w.env.unpacked(v); ok {
		return dir, g.verify(ctx, v, "", func() (string, error) { return w.env.unpackedSum(v, dir) })
	}
	archive, err := w.env.versionFile(v, ".zip")
	if err != nil {
		return "", err
	}
	if !exists(archive) {
		g.say("getting " + v.String())
		if err := g.fetchZip(ctx, v, archive); err != nil {
			return "", err
		}
	} else if err := g.verify(ctx, v, "", func() (string, error) {
		return dirhash.HashZip(archive, dirhash.Hash1)
	}); err != nil {
		return "", err
	}
	return w.env.unpack(v, archive)
}

// fetchZip fetches and verifies the archive of a version and stores it in the cache.
func (g *getting) fetchZip(ctx context.Context, v xmodule.Version, archive string) error {
	if err := os.MkdirAll(filepath.Dir(archive), 0o777); err != nil {
		return unwritable(err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(archive), "get-*.tmp")
	if err != nil {
		return unwritable(err)
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if err := g.fetchTo(ctx, tmp, v.Path, v.Version, ".zip", maxZip); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return unwritable(err)
	}
	if _, err := zip.CheckZip(v, tmp.Name()); err != nil {
		return fmt.Errorf("the archive of %s is refused: %s", v, oneLine(err))
	}
	sum, err := dirhash.HashZip(tmp.Name(), dirhash.Hash1)
	if err != nil {
		return err
	}
	if err := g.verify(ctx, v, "", func() (string, error) { return sum, nil }); err != nil {
		return err
	}
	if err := write(strings.TrimSuffix(archive, ".zip")+".ziphash", []byte(sum)); err != nil {
		return err
	}
	_ = os.Chmod(tmp.Name(), 0o666) // as the go command does; a failure has no consequence
	if err := os.Rename(tmp.Name(), archive); err != nil {
		return unwritable(err)
	}
	return nil
}

// unpack unpacks a verified archive. For other processes the folder appears atomically.
func (e *environment) unpack(v xmodule.Version, archive string) (string, error) {
	dir, err := e.folder(v)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return "", unwritable(err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".tmp-")
	if err != nil {
		return "", unwritable(err)
	}
	defer os.RemoveAll(tmp)
	if err := zip.Unzip(tmp, v, archive); err != nil {
		if p := new(fs.PathError); errors.As(err, &p) && strings.HasPrefix(p.Path, tmp) {
			return "", unwritable(&fs.PathError{Op: p.Op, Path: tmp, Err: p.Err})
		}
		return "", fmt.Errorf("the archive of %s is refused: %s", v, oneLine(err))
	}
	_ = os.Chmod(tmp, 0o755) // MkdirTemp makes it accessible only to the owner
	if partial, _ := e.versionFile(v, ".partial"); exists(partial) {
		_ = os.RemoveAll(dir)
		_ = os.Remove(partial)
	}
	if err := os.Rename(tmp, dir); err != nil && !exists(dir) { // another process may have unpacked it first
		return "", unwritable(err)
	}
	return dir, nil
}

// write writes a file of the cache atomically and makes its folder if necessary.
func write(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return unwritable(err)
	}
	if err := replace(file, text); err != nil {
		return unwritable(err)
	}
	return nil
}

// replace writes a file atomically and keeps its mode.
func replace(file string, text []byte) error {
	s, err := stage(file, text)
	if err != nil {
		return err
	}
	defer s.drop()
	return s.commit()
}

// A stagedFile is a file's new content, written beside it.
type stagedFile struct{ tmp, file string }

// stage writes what is to replace a file.
func stage(file string, text []byte) (*stagedFile, error) {
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*.tmp")
	if err != nil {
		return nil, err
	}
	s := &stagedFile{tmp.Name(), file}
	_, err = tmp.Write(text)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	if err == nil {
		err = os.Chmod(s.tmp, mode)
	}
	if err != nil {
		s.drop()
		return nil, err
	}
	return s, nil
}

// commit replaces the file.
func (s *stagedFile) commit() error { return os.Rename(s.tmp, s.file) }

// drop removes what wasn't committed.
func (s *stagedFile) drop() { _ = os.Remove(s.tmp) } // a failure leaves a file that nothing reads

// unwritable returns the error of writing to the module cache: without the names of temporary files.
func unwritable(err error) error {
	return fmt.Errorf("the module cache can't be written: %w", unwrapPath(err))
}

// oneLine returns the first line of an error's text.
func oneLine(err error) string {
	var list modfile.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		err = &list[0]
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}
