package module

// This file finds the version of Go that a module is written in, which decides what its loops mean.

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// noLanguage is the version of a module whose go.mod names none, see https://go.dev/ref/mod#go-mod-file-go.
const noLanguage = "1.16"

// language returns the version that the go.mod in a module's folder names or, for a vendored module, modules.txt.
func (w *work) language(path, dir string) string {
	if v, ok := w.languages[dir]; ok {
		return v
	}
	v := noLanguage
	if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
		if f, err := modfile.ParseLax("go.mod", text, nil); err == nil && f.Go != nil {
			v = f.Go.Version
		}
	} else if w.env.vendors(w.dir) {
		v = w.vendoredLanguage(path)
	}
	if w.languages == nil {
		w.languages = map[string]string{}
	}
	w.languages[dir] = v
	return v
}

// vendoredLanguage returns the version in modules.txt, which has "# path version" and then "## explicit; go 1.21".
func (w *work) vendoredLanguage(path string) string {
	text, err := os.ReadFile(filepath.Join(w.dir, "vendor", "modules.txt"))
	if err != nil {
		return noLanguage
	}
	mine := false
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "#" {
			mine = words[1] == path
		} else if mine && len(words) > 0 && words[0] == "##" {
			for part := range strings.SplitSeq(strings.TrimPrefix(line, "##"), ";") {
				if v, ok := strings.CutPrefix(strings.TrimSpace(part), "go "); ok {
					return v
				}
			}
		}
	}
	return noLanguage
}
