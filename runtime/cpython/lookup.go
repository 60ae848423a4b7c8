package cpython

// This file defines how one Python is chosen by the words of %%python.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// ErrNone is wrapped by the errors of Lookup if there is no Python at all.
var ErrNone = errors.New("there is no Python on this computer; install one from https://www.python.org/downloads/ or " +
	"with \"uv python install 3.13\", and run the cell again")

// request matches what names a version: "3", "3.11", "3.11.7", "3.13t", "3t", "pypy", "pypy3.10"; "python" before it is
// ignored.
var request = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^(?:(python|cpython|pypy|graalpy)[- ]?)?v?(\d+(?:\.\d+){0,2}(?:(?:a|b|rc)\d+)?)?(t?)$`)
})

// IsRequest reports whether words name a version of Python, or are the path of one.
func IsRequest(words string) bool {
	return words != "" && (isPath(words) || words != "t" && request().MatchString(strings.ToLower(words)))
}

func isPath(words string) bool {
	return strings.ContainsAny(words, `/\`) || strings.HasPrefix(words, "~") || words == "." || words == ".."
}

// Lookup returns the Python that words ask for: a version such as "3", "3.11", "3.11.7" or "3.13t", an implementation
// such as "pypy3.10", or the path of an interpreter or of an environment. "" is the Python 3 that a terminal means by
// "python3" or "python", or else the newest there is. A version without "t" is never a free-threaded one. The error is
// a sentence that lists what there is instead.
func (f *Finder) Lookup(ctx context.Context, e *Env, words string) (Python, error) {
	words = strings.TrimSpace(words)
	if isPath(words) {
		return f.at(ctx, e, words)
	}
	m := request().FindStringSubmatch(strings.ToLower(words))
	if m == nil || words == "t" {
		return Python{}, fmt.Errorf("%q names no Python: write a version such as 3.11 or 3.13t, or the path of one",
			words)
	}
	want := wanted{words: words, name: m[1], version: m[2], free: m[3] != ""}
	list := unique(e.candidates())
	// What a terminal means comes first, then those whose path has the version in it: asking all takes a second.
	groups := make([][]candidate, 3)
	for _, c := range list {
		likely := m[2] == "" || strings.Contains(c.path, m[2])
		switch {
		case c.found == "PATH" && !strings.Contains(m[2], ".") && plain(c.path):
			if p, err := f.Ask(ctx, c.path); err == nil && want.fits(p) {
				p.Found = c.found
				return p, nil
			}
		case c.found == "PATH" && likely:
			groups[0] = append(groups[0], c)
		case likely:
			groups[1] = append(groups[1], c)
		default:
			groups[2] = append(groups[2], c)
		}
	}
	var all []Python
	for i, group := range groups {
		if i == len(groups)-1 {
			group = append(group, f.launched(ctx, e)...)
		}
		all = append(all, f.ask(ctx, group)...)
		if p, ok := newest(all, want.fits); ok {
			return p, nil
		}
		want.unlocked = words == "" // rather than a Python that isn't in PATH
		if p, ok := newest(all, want.fits); ok {
			return p, nil
		}
		if ctx.Err() != nil {
			return Python{}, ctx.Err()
		}
	}
	return Python{}, missing(words, f.ask(ctx, list))
}

// wanted is what a Python must be.
type wanted struct {
	words, name, version string
	free                 bool
	unlocked             bool // a free-threaded one will do
}

func (w wanted) fits(p Python) bool {
	switch {
	case w.name != "" && w.name != "python" && !strings.HasPrefix(strings.ToLower(p.Implementation), w.name[:4]):
		return false
	case p.FreeThreaded != w.free && !w.unlocked:
		return false
	case w.words == "":
		return numbers(p.Version)[0] >= 3
	}
	rest, ok := strings.CutPrefix(p.Version, w.version)
	return ok && (w.version == "" || rest == "" || rest[0] == '.' || strings.ContainsRune("abr", rune(rest[0])))
}

// plain reports whether a path ends in a name without a version: python3, python, pypy3.
func plain(path string) bool {
	return !strings.Contains(strings.TrimSuffix(filepath.Base(path), ".exe"), ".")
}

// newest returns the first of those that fit with the highest version.
func newest(list []Python, fits func(Python) bool) (best Python, ok bool) {
	for _, p := range list {
		if fits(p) && (!ok || Compare(p, best) > 0) {
			best, ok = p, true
		}
	}
	return best, ok
}

// missing returns the error for a Python that isn't there.
func missing(words string, there []Python) error {
	if len(there) == 0 {
		return ErrNone
	}
	if words == "" {
		words = "3"
	}
	return fmt.Errorf("there is no Python %s on this computer; there is %s, and %%pythons lists them", words,
		Versions(there))
}

// Versions returns the versions of Pythons in words, each once: "2.7, 3.9 and 3.13t".
func Versions(list []Python) string {
	list = slices.SortedStableFunc(slices.Values(list), Compare)
	var names []string
	for _, p := range list {
		name := p.Minor()
		if p.Implementation != "CPython" {
			name = p.Implementation + " " + name
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// at returns the Python at a path: of an interpreter, or of a directory that has one.
func (f *Finder) at(ctx context.Context, e *Env, path string) (Python, error) {
	if rest, ok := strings.CutPrefix(path, "~"); ok && e.Home != "" &&
		(rest == "" || rest[0] == '/' || rest[0] == filepath.Separator) {
		path = e.Home + rest
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(e.Dir, path)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		for _, name := range []string{"bin/python3", "bin/python", "bin/pypy3", "Scripts/python.exe", "python.exe"} {
			if file := filepath.Join(path, filepath.FromSlash(name)); executable(file) {
				p, err := f.Ask(ctx, file)
				p.Found = "path"
				return p, err
			}
		}
		return Python{}, fmt.Errorf("there is no Python in the directory %s: give the path of the interpreter itself",
			path)
	}
	p, err := f.Ask(ctx, path)
	p.Found = "path"
	return p, err
}

// executable reports whether a file is there that can be run.
func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
