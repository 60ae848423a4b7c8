package exercise_test

// This file tests the stored notebooks of exercises.

import (
	"os"
	"path/filepath"
	"testing"

	"gilkernel/runtime/exercise"
)

// What is stored is what go generate makes, and nothing else is there.
func TestStoredNotebooks(t *testing.T) {
	const folder = "../../notebooks"
	made := exercise.Notebooks()
	for name, content := range made {
		stored, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || string(stored) != string(content) {
			t.Errorf("%s isn't what is stored: run go generate in this folder (%v)", name, err)
		}
	}
	stored, err := filepath.Glob(filepath.Join(folder, "exercises", "*.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	solutions, err := filepath.Glob(filepath.Join(folder, "exercises", "solutions", "*.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(stored) + len(solutions); n != len(made) {
		t.Errorf("%d notebooks are stored, and %d are made", n, len(made))
	}
}
