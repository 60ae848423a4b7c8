package dist_test

// This file defines the tests of what is written, with a stub in the compiler's place.

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gilkernel/install/release/dist"
	"gilkernel/install/testenv"
)

// named is a Builder whose program is the target's name.
func named(_ context.Context, t dist.Target, _, out string) error {
	return os.WriteFile(out, []byte(t.String()), 0o700)
}

// write makes a release of all targets and returns its files by name.
func write(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	r := &dist.Release{Texts: os.DirFS(testenv.Root(t)), Version: "1.2.0rc1", Build: named}
	names, err := r.Write(t.Context(), dir, dist.Targets())
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	return files
}

func TestReleaseIsReproducible(t *testing.T) {
	first, second := write(t, t.TempDir()), write(t, filepath.Join(t.TempDir(), "new", "folder"))
	if len(first) != 9 || len(second) != len(first) {
		t.Fatalf("%d files, then %d, want 2 for each of 4 systems, and checksums", len(first), len(second))
	}
	for name, b := range first {
		if !bytes.Equal(b, second[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestChecksums(t *testing.T) {
	files := write(t, t.TempDir())
	lines := strings.Split(strings.TrimSuffix(string(files[dist.SumsName]), "\n"), "\n")
	if len(lines) != len(files)-1 {
		t.Errorf("%d lines for %d files", len(lines), len(files)-1)
	}
	for _, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		if want := sha256.Sum256(files[name]); sum != hex.EncodeToString(want[:]) {
			t.Errorf("%s has another checksum than the line %q", name, line)
		}
	}
}

func TestArchive(t *testing.T) {
	b := write(t, t.TempDir())["gilkernel-1.2.0rc1-darwin-arm64.tar.gz"]
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %o", h.Name, h.Mode))
	}
	folder := "gilkernel-1.2.0rc1-darwin-arm64/"
	want := []string{folder + "gilkernel 755", folder + "LICENSE 644", folder + "README.md 644",
		folder + "CHANGELOG.md 644"}
	if !slices.Equal(got, want) {
		t.Errorf("it has %q, want %q", got, want)
	}
}

// Each wheel has exactly the files that its RECORD lists, with these checksums.
func TestWheelRecord(t *testing.T) {
	wheels := 0
	for name, b := range write(t, t.TempDir()) {
		if !strings.HasSuffix(name, ".whl") {
			continue
		}
		wheels++
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := fs.ReadFile(z, "gilkernel-1.2.0rc1.dist-info/RECORD")
		if err != nil {
			t.Fatal(err)
		}
		recorded := map[string]bool{}
		for line := range strings.Lines(string(text)) {
			recorded[strings.TrimSuffix(line, "\n")] = true
		}
		for _, f := range z.File {
			content, err := fs.ReadFile(z, f.Name)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(content)
			line := fmt.Sprintf("%s,sha256=%s,%d", f.Name, base64.RawURLEncoding.EncodeToString(sum[:]), len(content))
			if strings.HasSuffix(f.Name, "/RECORD") {
				line = f.Name + ",,"
			}
			if !recorded[line] {
				t.Errorf("%s: RECORD lacks %s", name, line)
			}
			delete(recorded, line)
		}
		if len(recorded) > 0 {
			t.Errorf("%s: RECORD has too much: %v", name, recorded)
		}
	}
	if wheels != len(dist.Targets()) {
		t.Errorf("%d wheels, want one for each of %v", wheels, dist.Targets())
	}
}

func TestRefused(t *testing.T) {
	if _, err := dist.Parse([]string{"linux/amd64", "plan9/386"}); err == nil ||
		!strings.Contains(err.Error(), `"plan9/386"`) || !strings.Contains(err.Error(), "darwin/arm64") {
		t.Errorf("an unknown target gives %v", err)
	}
	for _, version := range []string{"", "v1.2.0", "1.2.0-rc1", "../1", "1.2.0\n"} {
		r := &dist.Release{Texts: os.DirFS(testenv.Root(t)), Version: version, Build: named}
		if _, err := r.Write(t.Context(), t.TempDir(), dist.Targets()); err == nil {
			t.Errorf("the version %q isn't refused", version)
		}
	}
	broken := errors.New("no compiler")
	r := &dist.Release{Texts: os.DirFS(testenv.Root(t)), Version: "1", Build: func(
		context.Context, dist.Target, string, string,
	) error {
		return broken
	}}
	dir := t.TempDir()
	if _, err := r.Write(t.Context(), dir, dist.Targets()); !errors.Is(err, broken) {
		t.Errorf("a failed build gives %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("a failed build leaves %v", left)
	}
}
