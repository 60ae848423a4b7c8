package main

// This file defines the test that a release has the same lessons in it as any other program.

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"maps"
	"os"
	"testing"

	"gilkernel/install/release/dist"
)

func TestReleasesHaveTheSameLessons(t *testing.T) {
	b, err := dist.Lessons(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	plain := contents(t, lessons())
	if len(plain) == 0 || !maps.Equal(plain, contents(t, packed)) {
		t.Errorf("the archive differs from the %d notebooks that are embedded", len(plain))
	}
}

// contents returns the files of a file system.
func contents(t *testing.T, fsys fs.FS) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		all[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
