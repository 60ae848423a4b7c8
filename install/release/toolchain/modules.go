package toolchain

// This file defines which modules others stand for: golang.org/x/text, of which the program uses one function on names
// in ASCII, with tables of all languages and of Unicode.

import (
	"fmt"
	"os"
	"path/filepath"
)

// standIn is a go.mod's line by which a module in this package's folder stands for another one. The path is relative to
// the program's module, because the program tells it.
const standIn = "\nreplace golang.org/x/text => ./install/release/toolchain/testdata/text\n"

// Modfile writes a go.mod for -modfile into folder, with which modules that are smaller stand for some of those that
// the module at root requires, and returns its path.
func Modfile(root, folder string) (string, error) {
	path := filepath.Join(folder, "go.mod")
	for _, name := range []string{"go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err == nil && name == "go.mod" {
			b = append(b, standIn...)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), b, 0o644)
		}
		if err != nil {
			return "", fmt.Errorf("choosing the modules: %w", err)
		}
	}
	return path, nil
}
