//go:build !packed

package main

// This file defines the lessons in a program that is built by hand: as they are.

import (
	"embed"
	"io/fs"
)

//go:embed notebooks/*.ipynb notebooks/exercises/*.ipynb notebooks/exercises/solutions/*.ipynb
var notebooks embed.FS

// lessons returns the notebooks that are shipped, by their paths below the lessons' folder.
func lessons() fs.FS {
	shipped, _ := fs.Sub(notebooks, "notebooks") // the folder is embedded
	return shipped
}
