//go:build packed

package main

// This file defines the lessons in a program that package dist builds: compressed, which saves 1.9 MB. The archive is
// no file of the repository, where it would change with each lesson; dist makes it for the build.

import (
	"archive/zip"
	_ "embed"
	"io/fs"
	"strings"
)

//go:embed lessons.zip
var packed string

// lessons returns the notebooks that are shipped, by their paths below the lessons' folder.
func lessons() fs.FS {
	r, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil // the program was built with something else in the archive's place
	}
	return r
}
