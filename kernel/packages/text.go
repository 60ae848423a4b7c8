package packages

// This file reads the texts of a module's files, which tracebacks and documentation show.

import (
	"os"
	"path/filepath"
	"strings"
)

// Text returns the text of a file that a position names, such as rsc.io/quote@v1.5.2/quote.go. ok is false if it isn't
// a file of a module in use; a nil l has no modules.
func (l *Loader) Text(name string) (text string, ok bool) {
	if l == nil || !strings.HasSuffix(name, ".go") {
		return "", false
	}
	for _, m := range l.Modules() {
		rel, found := strings.CutPrefix(name, m.String()+"/")
		if !found || !filepath.IsLocal(filepath.FromSlash(rel)) {
			continue
		}
		if b, err := os.ReadFile(filepath.Join(m.Dir, filepath.FromSlash(rel))); err == nil {
			return string(b), true
		}
	}
	return "", false
}
