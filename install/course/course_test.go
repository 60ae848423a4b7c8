package course_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gilkernel/install/course"
)

func TestWrite(t *testing.T) {
	exercises := map[string][]byte{"02-locks.ipynb": []byte("locks"), "01-races.ipynb": []byte("races")}
	dir := filepath.Join(t.TempDir(), "new", "course")
	names, err := course.Write(dir, exercises)
	if err != nil || !slices.Equal(names, []string{"01-races", "02-locks"}) {
		t.Fatalf("%q, %v", names, err)
	}
	for file, want := range map[string]string{
		"nbgrader_config.py":             "code_stub",
		"autotests.yml":                  "gilkernel:",
		"source/01-races/01-races.ipynb": "races",
		"source/02-locks/02-locks.ipynb": "locks",
	} {
		if b, err := os.ReadFile(filepath.Join(dir, file)); err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s: %q, %v", file, b, err)
		}
	}

	// The instructor's own changes stay, and no course is left half made.
	for _, mine := range []string{"nbgrader_config.py", "source/02-locks/02-locks.ipynb"} {
		dir := t.TempDir()
		at := filepath.Join(dir, mine)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := course.Write(dir, exercises); err == nil || !strings.Contains(err.Error(), at) {
			t.Errorf("%s: %v", mine, err)
		}
		if b, _ := os.ReadFile(at); string(b) != "mine" {
			t.Errorf("%s is %q", mine, b)
		}
		if _, err := os.Stat(filepath.Join(dir, "autotests.yml")); err == nil {
			t.Errorf("autotests.yml was written beside %s", mine)
		}
	}
}

// A folder that can't be made is one sentence.
func TestWriteNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := course.Write(file, nil); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
}
