// Command notebooksgen writes the notebooks of exercises into the folder of the lessons, its only argument.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"gilkernel/runtime/exercise"
)

func main() {
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes all notebooks below a folder, in place of those that were there.
func write(folder string) error {
	for _, dir := range []string{"exercises", "exercises/solutions"} {
		old, err := filepath.Glob(filepath.Join(folder, dir, "*.ipynb"))
		if err != nil {
			return err
		}
		for _, file := range old {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	for name, content := range exercise.Notebooks() {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
