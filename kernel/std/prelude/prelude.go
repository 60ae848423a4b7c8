// Package prelude holds bodies for the generic functions and types of the standard library, which compiled code
// can't lend to an interpreter.
//
// The sources under src are packages that the Go compiler builds and tests as well. They have the names, the type
// parameters and the behaviour of the standard library's, but are written to be interpreted: few
// operations for each element. What must be compiled is in package compiled.
package prelude

import (
	"embed"
	"path"
)

//go:embed src
var sources embed.FS

// folders holds the packages by import path.
var folders = [...]struct{ path, folder string }{
	{"cmp", "cmp"}, {"crypto/hkdf", "hkdf"}, {"crypto/pbkdf2", "pbkdf2"}, {"database/sql", "sql"}, {"errors", "errors"},
	{"hash/maphash", "maphash"}, {"iter", "iter"}, {"maps", "maps"}, {"math/rand/v2", "rand"}, {"reflect", "reflect"},
	{"runtime", "runtime"}, {"slices", "slices"}, {"sync", "sync"}, {"sync/atomic", "atomic"}, {"unique", "unique"},
	{"weak", "weak"},
}

// Source returns the name and the text of the package with an import path; ok is false if it has no
// generic part here. It may be called concurrently.
func Source(importPath string) (name string, text []byte, ok bool) {
	for _, f := range folders {
		if f.path == importPath {
			text, err := sources.ReadFile(path.Join("src", f.folder, f.folder+".go"))
			return f.folder, text, err == nil
		}
	}
	return "", nil, false
}

// Paths returns the import paths of all packages.
func Paths() []string {
	var paths []string
	for _, f := range folders {
		paths = append(paths, f.path)
	}
	return paths
}
