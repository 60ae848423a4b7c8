package module_test

// This file tests %get where something comes between: another %get, an interrupt, a server that breaks off.

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gilkernel/kernel/module"
	"gilkernel/kernel/module/moduletest"
)

// left returns the temporary files below a folder.
func left(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.Contains(path, "tmp") && strings.Contains(filepath.Base(path), "tmp") {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// cacheOf is the module cache of an environment.
func cacheOf(t *testing.T, environ []string) string {
	t.Helper()
	for _, kv := range environ {
		if dir, ok := strings.CutPrefix(kv, "GOMODCACHE="); ok {
			return dir
		}
	}
	t.Fatal("no GOMODCACHE")
	return ""
}

// Two calls that overlap, and one of another kernel in the same folder, lose nothing.
func TestGetsOverlap(t *testing.T) {
	p := newPlace(t, moduletest.Environ(t, moduletest.Proxy(t, served())))
	var both sync.WaitGroup
	for _, path := range []string{"example.com/a@v1.0.0", "example.com/d@v1.0.0"} {
		both.Go(func() { want(t, path, p.get(path), "") })
	}
	both.Wait()
	other := module.New()
	other.Look(p.environ, p.dir)
	once := sync.OnceFunc(func() {
		if _, err := other.Get(context.Background(), "example.com/e", "latest", false, func(string) {}); err != nil {
			t.Error(err)
		}
	})
	if _, err := p.m.Get(context.Background(), "example.com/c", "latest", false, func(string) { once() }); err != nil {
		t.Error(err)
	}
	for _, path := range []string{"a v1", "b v1.5.0", "c v0.1.0", "d v1", "e v1"} {
		if mod := p.read("go.mod"); !strings.Contains(mod, "example.com/"+path) {
			t.Errorf("%s is lost:\n%s", path, mod)
		}
	}
}

// After an interrupt, and after a server that breaks off, there is no go.mod, and the cache has no half file.
func TestGetIsCut(t *testing.T) {
	folder := moduletest.Proxy(t, served())
	files := http.FileServer(http.Dir(strings.TrimPrefix(folder, "file://")))
	breaks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".zip") {
			w.Header().Set("Content-Length", "1000000")
			_, _ = w.Write([]byte("PK"))
			return
		}
		files.ServeHTTP(w, r)
	}))
	defer breaks.Close()
	for _, row := range []struct {
		proxy, says string
		stops       bool
	}{
		{breaks.URL, "can't be read to its end", false},
		{breaks.URL, "context canceled", true},
	} {
		environ := moduletest.Environ(t, row.proxy)
		p := newPlace(t, environ)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		_, err := p.m.Get(ctx, "example.com/b", "v1.0.0", false, func(string) {
			if row.stops {
				cancel()
			}
		})
		if err == nil {
			t.Fatalf("%s: no error", row.says)
		}
		contains(t, row.says, err.Error(), row.says)
		if list := left(t, cacheOf(t, environ)); len(list) > 0 {
			t.Errorf("%s: left behind: %q", row.says, list)
		}
		if entries, err := os.ReadDir(p.dir); err != nil || len(entries) > 0 {
			t.Errorf("%s: %v %v", row.says, entries, err)
		}
	}
}
