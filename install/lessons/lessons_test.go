package lessons_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"gilkernel/install/lessons"
)

func shipped(texts ...string) fstest.MapFS {
	m := fstest.MapFS{"pictures/p.png": {Data: []byte("no notebook")}}
	for i, text := range texts {
		m["0"+string(rune('0'+i))+"-x.ipynb"] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What the learner changed stays, what they didn't follows, what is gone comes back.
func TestUpdate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "lessons")
	if _, err := lessons.At(dir, shipped("a1", "b1", "c1")).Update(); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "01-x.ipynb", "b1, and mine")
	if err := os.Remove(filepath.Join(dir, "02-x.ipynb")); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "mine.ipynb", "mine")
	for range 2 { // a second start says the same
		older, err := lessons.At(dir, shipped("a2", "b2", "c2")).Update()
		if err != nil || len(older) != 1 || older[0] != "01-x.ipynb" {
			t.Errorf("older are %q, %v", older, err)
		}
	}
	for name, want := range map[string]string{"00-x.ipynb": "a2", "01-x.ipynb": "b1, and mine", "02-x.ipynb": "c2",
		"mine.ipynb": "mine"} {
		if got := read(t, dir, name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	// The learner's own, of the notebook as it is shipped now, is no older one.
	put(t, dir, "00-x.ipynb", "a2, and mine")
	if older, err := lessons.At(dir, shipped("a2", "b1", "c2")).Update(); err != nil || len(older) != 0 {
		t.Errorf("older are %q, %v", older, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "pictures")); err == nil {
		t.Error("what is no notebook was copied")
	}
}

func TestReset(t *testing.T) {
	dir := t.TempDir()
	c := lessons.At(dir, shipped("a", "b"))
	if _, err := c.Update(); err != nil {
		t.Fatal(err)
	}
	if kept, err := c.Reset(); err != nil || len(kept) != 0 {
		t.Errorf("a copy as shipped was kept: %q, %v", kept, err)
	}
	for i, mine := range []string{"first", "second"} {
		put(t, dir, "00-x.ipynb", mine)
		put(t, dir, "01-x.ipynb", "b, and mine")
		kept, err := c.Reset([]string{"00-x", "00-x.ipynb"}[i])
		want := []string{"00-x (mine).ipynb", "00-x (mine 2).ipynb"}[i]
		if err != nil || len(kept) != 1 || filepath.Base(kept[0]) != want || read(t, dir, want) != mine {
			t.Errorf("kept %q, %v, not %s with %q", kept, err, want, mine)
		}
		if got := read(t, dir, "00-x.ipynb"); got != "a" {
			t.Errorf("after the reset it is %q", got)
		}
		if got := read(t, dir, "01-x.ipynb"); got != "b, and mine" {
			t.Errorf("another lesson is %q", got)
		}
	}
	if _, err := c.Reset("07-nope"); err == nil || !strings.Contains(err.Error(), "00-x, 01-x") {
		t.Errorf("an unknown lesson gets %v", err)
	}
}

// Without its list, nothing of the learner's may be lost.
func TestDamagedManifest(t *testing.T) {
	dir := t.TempDir()
	c := lessons.At(dir, shipped("a"))
	put(t, dir, ".gilkernel-lessons.json", "{")
	put(t, dir, "00-x.ipynb", "mine")
	older, err := c.Update()
	if err != nil || len(older) != 1 || read(t, dir, "00-x.ipynb") != "mine" {
		t.Errorf("older %q, %v", older, err)
	}
}

func TestFolderThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	put(t, filepath.Dir(file), "file", "")
	if _, err := lessons.At(file, shipped("a")).Update(); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v", err)
	}
}

// VS Code has the settings of this repository in the copy, unless the learner has others.
func TestEditorSettings(t *testing.T) {
	dir := t.TempDir()
	if _, err := lessons.At(dir, shipped("a")).Update(); err != nil {
		t.Fatal(err)
	}
	if got, want := read(t, dir, ".vscode/settings.json"), read(t, "../../.vscode", "settings.json"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	put(t, dir, ".vscode/settings.json", "mine")
	if _, err := lessons.At(dir, shipped("a")).Update(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir, ".vscode/settings.json"); got != "mine" {
		t.Errorf("overwritten with %s", got)
	}
}
