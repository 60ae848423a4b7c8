package std

// This file defines the index of exported names: which packages there are, and which of them a cell means that uses
// rand.IntN without an import.

import (
	_ "embed" // index
	"fmt"
	"iter"
	"path"
	"runtime"
	"slices"
	"strings"
)

// index has one line for each package, sorted by path: the import path, the package's name, a
// build constraint or nothing, and the exported names, separated by single spaces. It is embedded
// as it is, because a search through its 100 kB takes less time than it would take to unpack and
// keeps nothing on the heap.
//
//go:embed index.txt
var index string

// line is a line of the index.
type line struct {
	path       string
	name       string // of the package
	constraint string
	exports    string // separated by spaces
}

// lines yields the lines of the packages that this platform has.
func lines() iter.Seq[line] {
	return func(yield func(line) bool) {
		for l := range allLines() {
			if l.available() && !yield(l) {
				return
			}
		}
	}
}

// allLines yields the whole index.
func allLines() iter.Seq[line] {
	return func(yield func(line) bool) {
		for text := range strings.Lines(index) {
			if text[0] == '#' {
				continue
			}
			var l line
			text = strings.TrimSuffix(text, "\n")
			l.path, text, _ = strings.Cut(text, " ")
			l.name, text, _ = strings.Cut(text, " ")
			l.constraint, l.exports, _ = strings.Cut(text, " ")
			if !yield(l) {
				return
			}
		}
	}
}

// elsewhere is the constraint of a line with the part of a package that every platform has.
const elsewhere = "!(linux&&amd64)"

// available says that this platform has the package. The constraints are those that
// kernel/std/gen writes, no others.
func (l *line) available() bool {
	switch l.constraint {
	case "linux&&amd64":
		return runtime.GOOS == "linux" && runtime.GOARCH == "amd64"
	case elsewhere:
		return runtime.GOOS != "linux" || runtime.GOARCH != "amd64"
	case "!windows&&!plan9":
		return runtime.GOOS != "windows" && runtime.GOOS != "plan9"
	}
	return true
}

// has says that the package exports name.
func (l *line) has(name string) bool {
	for export := range strings.SplitSeq(l.exports, " ") {
		if export == name {
			return true
		}
	}
	return false
}

// find returns the line of a package, or an error if cells can't import it.
func find(path string) (line, error) {
	for l := range lines() {
		if l.path == path {
			return l, nil
		}
	}
	return line{}, fmt.Errorf("package %s is not in std", path)
}

// Packages returns the import paths of all packages that cells can import, sorted. It may be called
// concurrently, as all functions of this package.
func Packages() []string {
	var paths []string
	for l := range lines() {
		paths = append(paths, l.path)
	}
	return paths
}

// Exports returns the exported names of the package at path, sorted, without decoding its types;
// nil if there is no such package.
func Exports(path string) []string {
	l, err := find(path)
	if err != nil {
		return nil
	}
	return strings.Fields(l.exports)
}

// Names returns the import paths of each package name, in the order of Lookup without selectors.
func Names() map[string][]string {
	names := map[string][]string{}
	for l := range lines() {
		names[l.name] = append(names[l.name], l.path)
	}
	for name, paths := range names {
		if len(paths) > 1 {
			names[name] = Lookup(name, nil)
		}
	}
	return names
}

// Lookup returns the import paths of the packages called name that export all the selectors, the
// one that goimports would import first. If there is none, it returns all packages of the name,
// those first that export the most of the selectors, so that an error can speak of the selector;
// nil if no package has the name.
func Lookup(name string, selectors []string) []string {
	type candidate struct {
		path          string
		missing, rank int
	}
	var found []candidate
	for l := range lines() {
		if l.name != name {
			continue
		}
		c := candidate{path: l.path, rank: rank(l.path)}
		for _, s := range selectors {
			if !l.has(s) {
				c.missing++
			}
		}
		found = append(found, c)
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		if a.missing != b.missing {
			return a.missing - b.missing
		}
		return a.rank - b.rank
	})
	var paths []string
	for _, c := range found {
		if found[0].missing == 0 && c.missing > 0 {
			break
		}
		paths = append(paths, c.path)
	}
	return paths
}

// rank orders the packages of the four names that have several. The order of rand is goimports'
// (golang.org/x/tools, internal/imports/fix.go): crypto/rand where it has all that is used, then
// the newer math/rand/v2. The others are what people mean who don't say more: html/template,
// go/scanner and net/http/pprof are for a web page, a compiler and a server.
func rank(path string) int {
	switch path {
	case "math/rand/v2", "html/template", "go/scanner", "net/http/pprof":
		return 1
	case "math/rand":
		return 2
	}
	return 0
}

// Own is how the paths of this project's packages begin, which cells import beside the standard library.
const Own = "gilkernel/runtime/"

// NameOf returns the name of a package of the standard library or of ours. That it is the last
// part of the path but for versions holds there, though not for packages in general.
func NameOf(p string) string {
	name := path.Base(p)
	if len(name) == 2 && name[0] == 'v' && name[1] >= '0' && name[1] <= '9' {
		name = path.Base(path.Dir(p))
	}
	return name
}
