package kernelspec_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gilkernel/install/kernelspec"
)

// template is the file that the program is built with.
func template(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("../../kernel.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func spec(t testing.TB, program string) *kernelspec.Spec {
	t.Helper()
	s, err := kernelspec.FromTemplate(template(t), program, "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFromTemplate(t *testing.T) {
	for _, program := range []string{"/usr/bin/gilkernel", `C:\Program Files\gil\gilkernel.exe`, `/odd/"quoted" näme`} {
		s := spec(t, program)
		if want := []string{program, "start", "-f", "{connection_file}"}; !slices.Equal(s.Argv, want) {
			t.Errorf("argv = %q, want %q", s.Argv, want)
		}
		if s.Language != "go" || s.InterruptMode != "message" || s.ProtocolVersion != "5.5" ||
			s.DisplayName != "Go (GIL)" {
			t.Errorf("spec = %+v", s)
		}
		if s.Metadata["debugger"] != false {
			t.Errorf("metadata = %v, want debugger: false", s.Metadata)
		}
		if !s.Ours() {
			t.Error("the spec does not know itself")
		}
	}
}

func TestBadTemplates(t *testing.T) {
	for _, text := range []string{"", "{", `{"argv": ["python"]}`, `[]`} {
		if _, err := kernelspec.FromTemplate([]byte(text), "/p", ""); err == nil {
			t.Errorf("FromTemplate(%q) gave no error", text)
		}
	}
}

func TestCommand(t *testing.T) {
	s := &kernelspec.Spec{Argv: []string{"{resource_dir}/k", "-f", "{connection_file}", "{other}"}}
	got := s.Command("/run/c.json", "/kernels/k")
	if want := []string{"/kernels/k/k", "-f", "/run/c.json", "{other}"}; !slices.Equal(got, want) {
		t.Errorf("Command = %q, want %q", got, want)
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"gilkernel": true, "Go-1.26_x": true, "a.b": true,
		"": false, "a b": false, "a/b": false, "../up": false, "..": false, ".": false, "ü": false, "a\n": false,
	} {
		if err := kernelspec.CheckName(name); (err == nil) != ok {
			t.Errorf("CheckName(%q) = %v, want ok %v", name, err, ok)
		}
	}
}

func TestWrite(t *testing.T) {
	data := t.TempDir()
	dir, err := kernelspec.Write(spec(t, "/p/gilkernel"), filepath.Join(data, "kernels"), "gilkernel", nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(data, "kernels", "gilkernel"); dir != want {
		t.Errorf("dir = %s, want %s", dir, want)
	}
	for _, name := range []string{"kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil || !strings.Contains(string(b), "\n  \"argv\"") {
		t.Errorf("kernel.json is not indented JSON: %v\n%s", err, b)
	}
	noLeftovers(t, data)
}

// noLeftovers checks that nothing but the kernels is in a data directory.
func noLeftovers(t testing.TB, data string) {
	t.Helper()
	entries, err := os.ReadDir(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "kernels" {
			t.Errorf("left over: %s", e.Name())
		}
	}
}

func TestWriteCopiesTheProgram(t *testing.T) {
	data := t.TempDir()
	program := filepath.Join(t.TempDir(), "main")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho works\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := spec(t, filepath.Join(filepath.Dir(program), "gilkernel"))
	dir, err := kernelspec.Write(s, filepath.Join(data, "kernels"), "gilkernel",
		&kernelspec.WriteOptions{Program: program})
	if err != nil {
		t.Fatal(err)
	}
	got, err := kernelspec.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "gilkernel"); got.Argv[0] != want {
		t.Errorf("argv[0] = %s, want %s", got.Argv[0], want)
	}
	if info, err := os.Stat(got.Argv[0]); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("the copy can't be run: %v %v", info, err)
	}
	if err := kernelspec.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(got.Argv[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the copy is still there after Remove: %v", err)
	}
	noLeftovers(t, data)
}

func TestWhoseDirectory(t *testing.T) {
	const foreign = `{"argv": ["python3", "-m", "ipykernel"], "display_name": "Python", "language": "python"}`
	ours, err := json.Marshal(spec(t, "/old/gilkernel"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		there string // kernel.json's content; "-" means an empty directory, "" none
		force bool
		ok    bool
	}{
		{"nothing there", "", false, true},
		{"empty directory", "-", false, true},
		{"ours, older", string(ours), false, true},
		{"another kernel", foreign, false, false},
		{"another kernel, forced", foreign, true, true},
		{"unreadable", "{", false, false},
		{"unreadable, forced", "{", true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := t.TempDir()
			dir := filepath.Join(data, "kernels", "gilkernel")
			if tt.there != "" {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if len(tt.there) > 0 && tt.there != "-" {
				if err := os.WriteFile(filepath.Join(dir, "kernel.json"), []byte(tt.there), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			_, err := kernelspec.Write(spec(t, "/new/gilkernel"), filepath.Dir(dir), "gilkernel",
				&kernelspec.WriteOptions{Force: tt.force})
			if !tt.ok {
				if !errors.Is(err, kernelspec.ErrForeign) {
					t.Errorf("Write: %v, want ErrForeign", err)
				}
				if b, _ := os.ReadFile(filepath.Join(dir, "kernel.json")); string(b) != tt.there {
					t.Errorf("kernel.json was changed to %s", b)
				}
				if err := kernelspec.Remove(dir); !errors.Is(err, kernelspec.ErrForeign) {
					t.Errorf("Remove: %v, want ErrForeign", err)
				}
			} else {
				if err != nil {
					t.Fatal(err)
				}
				if got, err := kernelspec.Read(dir); err != nil || got.Argv[0] != "/new/gilkernel" {
					t.Errorf("Read: %+v, %v", got, err)
				}
			}
			noLeftovers(t, data)
		})
	}
}

// A failure on the way leaves the old kernel as it was.
func TestFailedWriteChangesNothing(t *testing.T) {
	data := t.TempDir()
	kernels := filepath.Join(data, "kernels")
	dir, err := kernelspec.Write(spec(t, "/old/gilkernel"), kernels, "gilkernel", nil)
	if err != nil {
		t.Fatal(err)
	}
	missing := &kernelspec.WriteOptions{Program: filepath.Join(data, "no such program")}
	if _, err := kernelspec.Write(spec(t, "/new/gilkernel"), kernels, "gilkernel", missing); !errors.Is(err,
		fs.ErrNotExist) {
		t.Errorf("Write: %v, want fs.ErrNotExist", err)
	}
	if got, err := kernelspec.Read(dir); err != nil || got.Argv[0] != "/old/gilkernel" {
		t.Errorf("after the failure: %+v, %v", got, err)
	}
	noLeftovers(t, data)
}

// Hammer: however many processes write at the same time, the directory that remains is a complete one of theirs.
func TestHammerWrite(t *testing.T) {
	data := t.TempDir()
	kernels := filepath.Join(data, "kernels")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			s := spec(t, filepath.Join("/", strings.Repeat("x", i+1), "gilkernel"))
			for range 20 {
				if _, err := kernelspec.Write(s, kernels, "gilkernel",
					&kernelspec.WriteOptions{Force: true}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got, err := kernelspec.Read(filepath.Join(kernels, "gilkernel")); err != nil || !got.Ours() {
		t.Errorf("after all: %+v, %v", got, err)
	}
	noLeftovers(t, data)
}

func TestRemoveMissing(t *testing.T) {
	if err := kernelspec.Remove(filepath.Join(t.TempDir(), "kernels", "gilkernel")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Remove: %v, want fs.ErrNotExist", err)
	}
}

func TestFind(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, w := range []struct{ data, name string }{
		{first, "zz"},
		{first, "GilKernel"},
		{second, "gilkernel"},
		{second, "aa"},
	} {
		if _, err := kernelspec.Write(spec(t, "/p"), filepath.Join(w.data, "kernels"), w.name, nil); err != nil {
			t.Fatal(err)
		}
	}
	broken := filepath.Join(second, "kernels", "broken")
	if err := os.MkdirAll(broken, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "kernel.json"), []byte("nonsense"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(second, "kernels", "no-kernel"), 0o755); err != nil {
		t.Fatal(err)
	}
	type row struct {
		name           string
		hidden, broken bool
	}
	var got []row
	for _, f := range kernelspec.Find([]string{first, filepath.Join(first, "missing"), second}) {
		got = append(got, row{f.Name, f.Hidden, f.Err != nil})
	}
	want := []row{
		{"aa", false, false},
		{"broken", false, true},
		{"gilkernel", false, false},
		{"gilkernel", true, false},
		{"zz", false, false},
	}
	if !slices.Equal(got, want) {
		t.Errorf("Find\n got %v\nwant %v", got, want)
	}
}
