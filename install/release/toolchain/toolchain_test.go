package toolchain_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"gilkernel/install/release/toolchain"
	"gilkernel/install/testenv"
	"gilkernel/skip"
)

// A program that is built with the changes does what it does without them, and is smaller. It has something of all that
// is changed.
func TestChangedProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		skip.Missing(t, "no shell: a script stands in the linker's place")
	}
	root, folder, source := testenv.Root(t), t.TempDir(), t.TempDir()
	text, err := os.ReadFile(filepath.Join("testdata", "sorts.go"))
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(source, "main.go")
	if err := os.WriteFile(program, text, 0o644); err != nil {
		t.Fatal(err)
	}
	tools, err := toolchain.Make(t.Context(), root, folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(tools.Replace) < 4 || tools.Exec == "" {
		t.Fatalf("this Go isn't known: %+v", tools)
	}
	overlay := filepath.Join(folder, "overlay.json")
	if err := toolchain.WriteOverlay(overlay, tools.Replace); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) (printed string, size int64) {
		out := filepath.Join(folder, name)
		args = append(append([]string{"build", "-trimpath", "-ldflags=-s -w -checklinkname=0", "-o", out}, args...), program)
		if b, err := tools.Command(t.Context(), args...).CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, b)
		}
		b, err := exec.CommandContext(t.Context(), out).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		info, err := os.Stat(out)
		if err != nil {
			t.Fatal(err)
		}
		return string(b), info.Size()
	}
	want, large := run("ordinary")
	got, small := run("changed", "-overlay", overlay, "-toolexec", tools.Exec)
	if got != want {
		t.Errorf("the changed program prints\n%s\nthe ordinary one\n%s", got, want)
	}
	if !strings.Contains(got, "main.where[...] main.go 30") {
		t.Errorf("a generic function doesn't know itself: %s", got)
	}
	if small >= large {
		t.Errorf("the changed program has %d bytes, the ordinary one %d", small, large)
	}
}

// What stands for a module does what the module does for its caller.
func TestModules(t *testing.T) {
	root, folder := testenv.Root(t), t.TempDir()
	modules, err := toolchain.Modfile(root, folder)
	if err != nil {
		t.Fatal(err)
	}
	titles := func(args ...string) string {
		args = append(append([]string{"run"}, args...), filepath.Join("install", "release", "toolchain", "testdata",
			"titles.go"))
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = root
		b, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, b)
		}
		return string(b)
	}
	if got, want := titles("-modfile", modules), titles(); got != want {
		t.Errorf("the module prints\n%s\nand what stands for it\n%s", want, got)
	}
}
