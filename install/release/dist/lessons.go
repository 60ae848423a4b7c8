package dist

// This file defines the archive of the lessons that a published program has in it.

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Lessons returns an archive, a zip, of the notebooks that are shipped. texts is the module's root directory.
func Lessons(texts fs.FS) ([]byte, error) {
	shipped, err := fs.Sub(texts, "notebooks")
	if err != nil {
		return nil, fmt.Errorf("packing the lessons: %w", err)
	}
	var files []file
	// The rest of the folder isn't shipped: what Jupyter keeps beside a notebook, and what someone tried there.
	for _, pattern := range []string{"*.ipynb", "exercises/*.ipynb", "exercises/solutions/*.ipynb"} {
		names, err := fs.Glob(shipped, pattern) // in order
		if err != nil {
			return nil, fmt.Errorf("packing the lessons: %w", err)
		}
		for _, name := range names {
			b, err := fs.ReadFile(shipped, name)
			if err != nil {
				return nil, fmt.Errorf("packing the lessons: %w", err)
			}
			files = append(files, file{name, 0o644, b})
		}
	}
	return zipped(files)
}

// packLessons writes the archive into folder, and returns the path of the file of the module that it stands for, and
// its own.
func packLessons(root, folder string) (file, packed string, err error) {
	b, err := Lessons(os.DirFS(root))
	if err != nil {
		return "", "", err
	}
	file, packed = filepath.Join(root, "lessons.zip"), filepath.Join(folder, "lessons.zip")
	if err := os.WriteFile(packed, b, 0o644); err != nil {
		return "", "", fmt.Errorf("packing the lessons: %w", err)
	}
	return file, packed, nil
}
