// Package moduletest makes folders that serve modules, for tests that must not need a network.
package moduletest

import (
	"archive/zip"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Proxy makes a folder that can be an element of GOPROXY, and returns its URL. files are the files of all modules by
// their names, such as "rsc.io/quote@v1.5.2/quote.go"; each version has a go.mod. The folder lives as long as the test.
func Proxy(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	versions := map[string][]string{} // names by module@version
	for _, name := range slices.Sorted(maps.Keys(files)) {
		at := strings.IndexByte(name, '@')
		end := at + strings.IndexByte(name[max(at, 0):], '/')
		if at < 0 || end < at {
			t.Fatalf("moduletest: %s isn't module@version/file", name)
		}
		versions[name[:end]] = append(versions[name[:end]], name)
	}
	for _, v := range slices.Sorted(maps.Keys(versions)) {
		path, version, _ := strings.Cut(v, "@")
		folder := filepath.Join(dir, filepath.FromSlash(path), "@v")
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, version+".info"), `{"Version":"`+version+`"}`)
		write(t, filepath.Join(folder, version+".mod"), files[v+"/go.mod"])
		list, _ := os.ReadFile(filepath.Join(folder, "list")) // the first has none
		write(t, filepath.Join(folder, "list"), string(list)+version+"\n")
		archive, err := os.Create(filepath.Join(folder, version+".zip"))
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(archive)
		for _, name := range versions[v] {
			w, err := z.Create(name)
			if err == nil {
				_, err = w.Write([]byte(files[name]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := archive.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}).String()
}

// Environ is an environment in which modules come from a proxy, into a cache of the test's own, and no checksum
// database is asked.
func Environ(t testing.TB, proxy string) []string {
	t.Helper()
	return []string{"HOME=" + t.TempDir(), "GOMODCACHE=" + t.TempDir(), "GOPROXY=" + proxy, "GOSUMDB=off", "GOENV=off",
		"GOFLAGS="}
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
