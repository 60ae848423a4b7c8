package module_test

// This file tests finding and fetching modules, with a folder as the proxy.

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/module"
	"gilkernel/kernel/module/moduletest"
)

// served returns the modules of these tests: a requires b, c requires a newer b, and d is from before graphs were
// pruned.
func served() map[string]string {
	return map[string]string{
		"example.com/a@v1.0.0/go.mod":        "module example.com/a\n\ngo 1.21\n\nrequire example.com/b v1.0.0\n",
		"example.com/a@v1.0.0/a.go":          "package a\n\nimport \"example.com/b\"\n\nfunc A() string { return b.B() }\n",
		"example.com/a@v1.0.0/internal/x.go": "package x\n",
		"example.com/a@v1.1.0/go.mod":        "module example.com/a\n\ngo 1.21\n\nrequire example.com/b v1.0.0\n",
		"example.com/a@v1.1.0/a.go":          "package a\n\nimport \"example.com/b\"\n\nfunc A() string { return b.B() }\n",
		"example.com/a@v1.1.0/sub/s.go":      "package s\n",
		"example.com/a@v1.2.0/go.mod":        "module example.com/a\n\nretract v1.2.0\n",
		"example.com/a@v1.2.0/a.go":          "package a\n",
		"example.com/b@v1.0.0/go.mod":        "module example.com/b\n\ngo 1.21\n",
		"example.com/b@v1.0.0/b.go":          "package b\n\nfunc B() string { return \"b1.0\" }\n",
		"example.com/b@v1.5.0/go.mod":        "module example.com/b\n\ngo 1.21\n",
		"example.com/b@v1.5.0/b.go":          "package b\n\nfunc B() string { return \"b1.5\" }\n",
		"example.com/b@v1.9.0/go.mod":        "module example.com/b\n",
		"example.com/b@v1.9.0/b.go":          "package b\n",
		"example.com/c@v0.1.0/go.mod":        "module example.com/c\n\ngo 1.21\n\nrequire example.com/b v1.5.0\n",
		"example.com/c@v0.1.0/c.go":          "package c\n\nimport _ \"example.com/b\"\n",
		"example.com/d@v1.0.0/go.mod":        "module example.com/d\n\nrequire example.com/a v1.0.0\n",
		"example.com/d@v1.0.0/d.go":          "package d\n\nimport _ \"example.com/a\"\n",
		"example.com/e@v1.0.0/go.mod":        "module example.com/e\n\ngo 1.21\n\nrequire example.com/b v1.5.0\n",
		"example.com/e@v1.0.0/e.go":          "package e\n",
		"example.com/evil@v1.0.0/go.mod":     "module example.com/evil\n",
		"example.com/evil@v1.0.0/../e.go":    "package evil\n",
	}
}

type place struct {
	t       *testing.T
	m       *module.Modules
	dir     string
	environ []string
}

func newPlace(t *testing.T, environ []string) *place {
	p := &place{t: t, m: module.New(), dir: t.TempDir(), environ: environ}
	p.look()
	return p
}

func (p *place) look(vars ...string) { p.m.Look(append(slices.Clone(p.environ), vars...), p.dir) }

// get fetches a module and returns the error's text, "" for none.
func (p *place) get(what string) string {
	path, version, found := strings.Cut(what, "@")
	if !found {
		version = "latest"
	}
	if _, err := p.m.Get(context.Background(), path, version, false, func(string) {}); err != nil {
		return err.Error()
	}
	return ""
}

// find returns the module that has a package, or the error's text.
func (p *place) find(path string) string {
	m, err := p.m.Find(path)
	if err != nil {
		return err.Error()
	}
	return m.String()
}

func (p *place) read(name string) string {
	b, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		return ""
	}
	return string(b)
}

func (p *place) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o666); err != nil {
		p.t.Fatal(err)
	}
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func contains(t *testing.T, what, got, part string) {
	t.Helper()
	if !strings.Contains(got, part) || strings.Count(got, "\n") > 0 {
		t.Errorf("%s: got %q, want a line with %q", what, got, part)
	}
}

func TestGet(t *testing.T) {
	proxy := moduletest.Proxy(t, served())
	p := newPlace(t, moduletest.Environ(t, proxy))
	contains(t, "no go.mod", p.find("example.com/a"), "%get example.com/a@latest")
	want(t, "get a", p.get("example.com/a@v1.0.0"), "")
	want(t, "go.mod", p.read("go.mod"), "module notebook\n\ngo 1.26\n\nrequire example.com/a v1.0.0\n\n"+
		"require example.com/b v1.0.0 // indirect\n")
	want(t, "lines of go.sum", strings.Repeat("x", strings.Count(p.read("go.sum"), " h1:")), "xxxx")
	want(t, "a", p.find("example.com/a"), "example.com/a@v1.0.0")
	want(t, "b", p.find("example.com/b"), "example.com/b@v1.0.0")
	contains(t, "a package that isn't there", p.find("example.com/z"), "no module that go.mod requires has it")
	contains(t, "no path of a module", p.find("zzz"), "package zzz is not in std")

	// The highest release that isn't retracted is fetched, and the highest required version of others.
	want(t, "get a", p.get("example.com/a"), "")
	want(t, "a", p.find("example.com/a/sub"), "example.com/a@v1.1.0")
	want(t, "get c", p.get("example.com/c@v0"), "")
	want(t, "b", p.find("example.com/b"), "example.com/b@v1.5.0")
	// The module of a package is found, and so are older modules that it requires.
	want(t, "get a/sub", p.get("example.com/a/sub@v1.1.0"), "")
	want(t, "get d", p.get("example.com/d"), "")

	// Another folder finds everything in the cache, offline.
	q := newPlace(t, p.environ)
	q.look("GOPROXY=off")
	q.write("go.mod", p.read("go.mod"))
	contains(t, "no go.sum", q.find("example.com/d"), "go.sum has no checksum for example.com/")
	q.write("go.sum", p.read("go.sum"))
	want(t, "d", q.find("example.com/d"), "example.com/d@v1.0.0")
	want(t, "get what the cache has", q.get("example.com/a@v1.0.0"), "")
	contains(t, "offline", q.get("example.com/a@latest"), "=off forbids fetching it (the module cache has v1.1.0")
	contains(t, "offline", q.get("example.com/b@v1.9.0"), "GOPROXY=off")
}

// A query means the version that the go command takes, too.
func TestQueries(t *testing.T) {
	files := map[string]string{}
	for _, v := range []string{"v1.0.0", "v1.0.4", "v1.1.0", "v1.2.0", "v1.3.0-rc.1", "v1.3.0-rc.2"} {
		files["example.com/q@"+v+"/go.mod"] = "module example.com/q\n\ngo 1.21\n\nretract v1.1.0\n"
		files["example.com/q@"+v+"/q.go"] = "package q\n"
	}
	for path, mods := range map[string][2]string{
		"example.com/inc":     {"module example.com/inc\n", "v1.0.0"}, // a server writes it for a version without go.mod
		"example.com/kept":    {"module example.com/kept\n\ngo 1.21\n", "v1.0.0"},
		"example.com/renamed": {"module example.com/name\n", "v1.0.0"},
	} {
		files[path+"@"+mods[1]+"/go.mod"], files[path+"@"+mods[1]+"/x.go"] = mods[0], "package x\n"
	}
	for _, path := range []string{"example.com/inc", "example.com/kept"} {
		files[path+"@v3.0.0+incompatible/go.mod"] = "module " + path + "\n"
		files[path+"@v3.0.0+incompatible/x.go"] = "package x\n"
	}
	files["example.com/q/v2@v2.0.0/go.mod"] = "module example.com/q/v2\n"
	files["example.com/q/v2@v2.0.0/q.go"] = "package q\n"
	environ := moduletest.Environ(t, moduletest.Proxy(t, files))
	const mod = "module m\n\ngo 1.26\n\nrequire example.com/q "
	for _, row := range []struct{ mod, what, want, says string }{
		{"", "q", "v1.2.0", ""},
		{"", "q@v1.0", "v1.0.4", ""},
		{"", "q@v1.3", "v1.3.0-rc.2", ""},
		{"", "q@<v1.2.0", "v1.0.4", ""}, // v1.1.0 is retracted
		{"", "q@<=v1.2.0", "v1.2.0", ""},
		{"", "q@>v1.0.0", "v1.0.4", ""},
		{"", "q@>=v1.0.0", "v1.0.0", ""},
		{"", "q@>v1.2.0", "v1.3.0-rc.1", ""},
		{"", "q@<v1.1", "v1.0.4", ""},
		{"", "q@<v1.0.0", "", "example.com/q has no version <v1.0.0"},
		{"", "q@<=v1.2", "", "write all three numbers"},
		{"", "q@<x", "", `"x" isn't a version`},
		{"", "q@none", "", "%get removes no module: delete the line of example.com/q in go.mod"},
		{"", "q@patch", "v1.2.0", ""},
		{mod + "v1.0.0\n", "q@patch", "v1.0.4", ""},
		{mod + "v1.3.0-rc.1\n", "q@upgrade", "v1.3.0-rc.1", ""},
		{mod + "v1.3.0-rc.1\n", "q@latest", "v1.2.0", ""},
		{mod + "v1.0.0\n\nexclude example.com/q v1.2.0\n", "q@latest", "v1.0.4", ""},
		{mod + "v1.0.0\n\nexclude example.com/q v1.2.0\n", "q@v1.2.0", "", "go.mod excludes example.com/q@v1.2.0"},
		{"module m\n\ngo 1.26\n\nrequire example.com/q/v2 v2.0.0\n", "q/v2@v1.0.0", "",
			"example.com/q@v1.0.0 has no package example.com/q/v2"},
		{"", "inc", "v3.0.0+incompatible", ""},
		{"", "kept", "v1.0.0", ""},
		{"", "renamed", "", "says that it is the module example.com/name"},
	} {
		p := newPlace(t, environ)
		if row.mod != "" {
			p.write("go.mod", row.mod)
			p.look()
		}
		path, query, _ := strings.Cut(row.what, "@")
		if query == "" {
			query = "latest"
		}
		got, err := p.m.Get(context.Background(), "example.com/"+path, query, false, func(string) {})
		switch {
		case row.says == "" && (err != nil || got.Version != row.want):
			t.Errorf("%s: %s %v, want %s", row.what, got.Version, err, row.want)
		case row.says != "" && (err == nil || !strings.Contains(err.Error(), row.says)):
			t.Errorf("%s: %v, want %s", row.what, err, row.says)
		}
	}
}

// A module without a go.mod requires nothing, and what its packages import is found. The path of a module may be a
// name alone.
func TestWithoutRequirements(t *testing.T) {
	files := map[string]string{}
	for module, imports := range map[string]string{
		"example.com/bare": `import _ "example.com/dep/sub"; import _ "root.example/pkg"; import _ "example.com/none"`,
		"example.com/dep":  "", "root.example": "",
	} {
		dir := map[string]string{"example.com/dep": "sub/", "root.example": "pkg/"}[module]
		files[module+"@v1.0.0/go.mod"] = "module " + module + "\n"
		files[module+"@v1.0.0/"+dir+"x.go"] = "package x\n\n" + imports + "\n"
	}
	p := newPlace(t, moduletest.Environ(t, moduletest.Proxy(t, files)))
	want(t, "get", p.get("example.com/bare"), "")
	want(t, "go.mod", p.read("go.mod"), "module notebook\n\ngo 1.26\n\nrequire example.com/bare v1.0.0\n\nrequire (\n"+
		"\texample.com/dep v1.0.0 // indirect\n\troot.example v1.0.0 // indirect\n)\n")
	want(t, "dep", p.find("example.com/dep/sub"), "example.com/dep@v1.0.0")
	q := newPlace(t, p.environ)
	want(t, "a package of root", q.get("root.example/pkg"), "")
	want(t, "root", q.find("root.example/pkg"), "root.example@v1.0.0")
}

func TestRefused(t *testing.T) {
	proxy := moduletest.Proxy(t, served())
	p := newPlace(t, moduletest.Environ(t, proxy))
	contains(t, "unknown module", p.get("example.com/nope"), "there is no module example.com/nope@latest")
	contains(t, "unknown version", p.get("example.com/a@v7.0.0"), "example.com/a has no version v7.0.0")
	contains(t, "unknown major", p.get("example.com/a@v9"), "example.com/a has no version v9")
	contains(t, "no path", p.get("nonsense"), "isn't the path of a module")
	contains(t, "no path", p.get("example.com/../x"), "isn't the path of a module")
	contains(t, "no package", p.get("example.com/a/nope@v1.0.0"), "has no package example.com/a/nope")
	contains(t, "names in the archive", p.get("example.com/evil"), "the archive of example.com/evil@v1.0.0 is refused")
	want(t, "nothing was written", p.read("go.mod")+p.read("go.sum"), "")

	p.write("go.mod", "module m\n\nnonsense\n")
	p.look()
	contains(t, "go.mod", p.get("example.com/a"), "go.mod can't be read")
	contains(t, "go.mod", p.find("example.com/a"), "go.mod can't be read")
	p.write("go.mod", "module m\n\nrequire example.com/b v1.0.0\n")
	p.look()
	contains(t, "not in the cache", p.find("example.com/b"), "%get example.com/b@v1.0.0")
	p.write("go.sum", "example.com/b v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	p.look()
	contains(t, "another checksum", p.get("example.com/b@v1.0.0"), "but go.sum has h1:AAAA")
	p.write("go.sum", "too few\n")
	p.look()
	contains(t, "go.sum", p.get("example.com/b"), "line 1 of go.sum has 2 words, not 3")
}

// A module that was verified and then changed in the cache isn't used.
func TestCacheIsVerified(t *testing.T) {
	p := newPlace(t, moduletest.Environ(t, moduletest.Proxy(t, served())))
	want(t, "get b", p.get("example.com/b@v1.0.0"), "")
	sum := p.read("go.sum")
	i := strings.Index(sum, "h1:") + 3
	p.write("go.sum", sum[:i]+"AAAA"+sum[i+4:])
	p.look()
	contains(t, "changed", p.find("example.com/b"), "it has changed since, and isn't used")
	p.look("GONOSUMCHECK=1")
	want(t, "unchecked", p.find("example.com/b"), "example.com/b@v1.0.0")
}

func TestReplace(t *testing.T) {
	p := newPlace(t, moduletest.Environ(t, moduletest.Proxy(t, served())))
	for name, text := range map[string]string{
		"go.mod": "module example.com/self\n\ngo 1.26\n\nrequire example.com/local v0.0.0\n" +
			"\nreplace example.com/local => ./local\n",
		"self.go": "package self\n", "local/go.mod": "module example.com/local\n", "local/l.go": "package l\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(p.dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		p.write(name, text)
	}
	p.look()
	want(t, "the folder of a replacement", p.find("example.com/local"), "example.com/local")
	want(t, "the module of go.mod", p.find("example.com/self"), "example.com/self")
	want(t, "get b", p.get("example.com/b@v1.0.0"), "")
	contains(t, "go.mod keeps the rest", strings.ReplaceAll(p.read("go.mod"), "\n", " "),
		"replace example.com/local => ./local")
}

func TestVendor(t *testing.T) {
	p := newPlace(t, moduletest.Environ(t, "off"))
	if err := os.MkdirAll(filepath.Join(p.dir, "vendor", "example.com", "v"), 0o777); err != nil {
		t.Fatal(err)
	}
	p.write("go.mod", "module m\n\ngo 1.26\n\nrequire example.com/v v1.2.3\n")
	p.write("vendor/modules.txt", "# example.com/v v1.2.3\n## explicit\nexample.com/v\n")
	p.write("vendor/example.com/v/v.go", "package v\n")
	p.look()
	want(t, "vendored", p.find("example.com/v"), "example.com/v@v1.2.3")
	p.look("GOFLAGS=-mod=mod")
	contains(t, "-mod=mod", p.find("example.com/v"), "isn't in the module cache")
}

// Get handles each answer of a server: a missing file, a refusal, an unreachable server, and the next proxy of the
// list.
func TestProxies(t *testing.T) {
	folder := moduletest.Proxy(t, served())
	files := http.FileServer(http.Dir(strings.TrimPrefix(folder, "file://")))
	fails := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "", 500) }))
	serves := httptest.NewServer(files)
	nothing := httptest.NewServer(http.NotFoundHandler())
	for _, s := range []*httptest.Server{fails, serves, nothing} {
		defer s.Close()
	}
	dead := httptest.NewServer(nil)
	dead.Close()
	for _, row := range []struct{ proxy, says string }{
		{serves.URL, ""},
		{nothing.URL + "," + serves.URL, ""},
		{fails.URL + "|" + serves.URL, ""},
		{fails.URL + "," + serves.URL, "returned 500 Internal Server Error"},
		{nothing.URL, "there is no module example.com/b@v1.0.0"},
		{nothing.URL + ",direct", "there is no module example.com/b@v1.0.0"},
		{"direct", "only the go command can fetch it"},
		{dead.URL, "can't be reached"},
		{"ftp://x", "isn't a URL of https, http or file"},
	} {
		p := newPlace(t, moduletest.Environ(t, row.proxy))
		got := p.get("example.com/b@v1.0.0")
		if row.says == "" {
			want(t, row.proxy, got, "")
		} else {
			contains(t, row.proxy, got, row.says)
		}
	}
}

// When a server fails for a path, the module of a shorter one isn't taken instead.
func TestServerFails(t *testing.T) {
	folder := moduletest.Proxy(t, served())
	files := http.FileServer(http.Dir(strings.TrimPrefix(folder, "file://")))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/example.com/a/sub/") {
			http.Error(w, "", http.StatusForbidden)
			return
		}
		files.ServeHTTP(w, r)
	}))
	defer server.Close()
	p := newPlace(t, moduletest.Environ(t, server.URL))
	contains(t, "a package", p.get("example.com/a/sub@v1.1.0"), "returned 403 Forbidden")
	want(t, "its module", p.get("example.com/a@v1.1.0"), "")
	want(t, "another package", p.get("example.com/b@v1.0.0"), "")
}

func TestNotWritable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("root may write anywhere: a file stands in the place of the folders")
	}
	environ := moduletest.Environ(t, moduletest.Proxy(t, served()))
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	p := newPlace(t, append(environ, "GOMODCACHE="+filepath.Join(file, "cache")))
	contains(t, "cache", p.get("example.com/b@v1.0.0"), "the module cache can't be written")
	p = newPlace(t, environ)
	p.dir = filepath.Join(p.dir, "gone")
	p.look()
	contains(t, "folder", p.get("example.com/b@v1.0.0"), "go.mod can't be written")
}

// A module raises the version of another one that it doesn't import itself: that is fetched, too, for those that do.
func TestRaised(t *testing.T) {
	p := newPlace(t, moduletest.Environ(t, moduletest.Proxy(t, served())))
	want(t, "get a", p.get("example.com/a@v1.0.0"), "")
	want(t, "get e", p.get("example.com/e@v1.0.0"), "")
	want(t, "b", p.find("example.com/b"), "example.com/b@v1.5.0")
}

// Without a version, a package of a module that is required already doesn't raise it.
func TestGetWithoutAVersion(t *testing.T) {
	p := newPlace(t, moduletest.Environ(t, moduletest.Proxy(t, served())))
	want(t, "get a", p.get("example.com/a@v1.0.0"), "")
	for _, row := range []struct{ path, query, want string }{
		{"example.com/a", "", "v1.0.0"},
		{"example.com/a/sub", "", "v1.1.0"}, // only this one has it
		{"example.com/c", "", "v0.1.0"},
		{"example.com/a", "v1.0.0", "v1.0.0"},
	} {
		got, err := p.m.Get(context.Background(), row.path, row.query, false, func(string) {})
		if err != nil || got.Version != row.want {
			t.Errorf("%s@%s: %s %v, want %s", row.path, row.query, got.Version, err, row.want)
		}
	}
}

// go.mod keeps which modules' code counts as Python code, for other kernels too, and through changes of versions.
func TestChecksAreKept(t *testing.T) {
	p := newPlace(t, moduletest.Environ(t, moduletest.Proxy(t, served())))
	get := func(path, version string, checks bool) module.Got {
		t.Helper()
		got, err := p.m.Get(context.Background(), path, version, checks, func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	find := func(path string) bool {
		t.Helper()
		other := module.New()
		other.Look(p.environ, p.dir)
		m, err := other.Find(path)
		if err != nil {
			t.Fatal(err)
		}
		if mine, err := p.m.Find(path); err != nil || mine != m {
			t.Errorf("%v %v, another kernel finds %v", mine, err, m)
		}
		return m.Checks
	}
	get("example.com/a", "v1.0.0", true)
	want(t, "go.mod", p.read("go.mod"), "module notebook\n\ngo 1.26\n\nrequire example.com/a v1.0.0 // gilkernel:checks"+
		"\n\nrequire example.com/b v1.0.0 // indirect\n")
	for path, checks := range map[string]bool{"example.com/a": true, "example.com/b": false} {
		if find(path) != checks {
			t.Errorf("%s: checks isn't %t", path, checks)
		}
	}
	// Getting another module, another version, and the indirect one leaves the mark where it was.
	get("example.com/c", "v0.1.0", false)
	get("example.com/a", "v1.1.0", true)
	if !find("example.com/a") {
		t.Errorf("the mark is lost:\n%s", p.read("go.mod"))
	}
	get("example.com/b", "v1.5.0", true)
	if !find("example.com/b") {
		t.Errorf("an indirect one has no mark:\n%s", p.read("go.mod"))
	}
	// Without --checks it is taken away, and nothing else of the comment.
	p.write("go.mod", strings.Replace(p.read("go.mod"), "// gilkernel:checks", "// why; gilkernel:checks", 1))
	p.look()
	if got := get("example.com/a", "v1.1.0", false); !got.Written || !got.Checked || len(got.Changed) > 0 {
		t.Errorf("%+v", got)
	}
	contains(t, "go.mod", strings.Join(strings.Fields(p.read("go.mod")), " "), "example.com/a v1.1.0 // why ")
	if find("example.com/a") {
		t.Errorf("the mark is there:\n%s", p.read("go.mod"))
	}
	if got := get("example.com/a", "v1.1.0", false); got.Written || got.Checked {
		t.Errorf("nothing changes: %+v", got)
	}
	// The folder's own module has it behind its name.
	p.write("x.go", "package x\n")
	p.write("go.mod", "module example.com/x // gilkernel:checks\n\ngo 1.26\n")
	p.look()
	if !find("example.com/x") {
		t.Error("the folder's own module has no mark")
	}
}

// A folder isn't imported by a path from here.
func TestFolder(t *testing.T) {
	p := newPlace(t, moduletest.Environ(t, "off"))
	contains(t, "no go.mod", p.find("./x"), `as in "notebook/x"`)
	p.write("go.mod", "module a.org/m\n")
	contains(t, "go.mod", p.find("./x"), `as in "a.org/m/x"`)
}
