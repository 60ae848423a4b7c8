package dist

// This file defines the archive of the lessons that a published program has in it.

import (
	"encoding/json"
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

// packLessons writes the archive into folder, and returns the file for go build's -overlay that puts it into the
// module.
func packLessons(root, folder string) (string, error) {
	b, err := Lessons(os.DirFS(root))
	if err != nil {
		return "", err
	}
	packed, overlay := filepath.Join(folder, "lessons.zip"), filepath.Join(folder, "overlay.json")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, "lessons.zip"): packed}})
	if err == nil {
		err = os.WriteFile(packed, b, 0o644)
	}
	if err == nil {
		err = os.WriteFile(overlay, list, 0o644)
	}
	if err != nil {
		return "", fmt.Errorf("packing the lessons: %w", err)
	}
	return overlay, nil
}
