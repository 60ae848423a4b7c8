package tools_test

// This file defines the tests of what converts notebooks: jupytext, nbconvert, Jupyter Book.

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gilkernel/install/testenv"
)

// lessons returns the paths of all notebooks that are shipped.
func lessons(t *testing.T, env *testenv.Environment) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*.ipynb", "exercises/*.ipynb", "exercises/solutions/*.ipynb"} {
		found, err := filepath.Glob(filepath.Join(env.Root, "notebooks", pattern))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		t.Fatal("no notebooks found")
	}
	return all
}

func TestConversions(t *testing.T) {
	env := testenv.NewTools(t)
	args := append([]string{"testdata/convert.py", t.TempDir()}, lessons(t, env)...)
	if out, err := env.Cmd(t, "python", args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Jupyter Book executes the first notebook, whose pages then hold what its cells show.
func TestJupyterBook(t *testing.T) {
	env := testenv.NewTools(t)
	book := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(book, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := lessons(t, env)
	i := slices.IndexFunc(all, func(path string) bool { return filepath.Base(path) == "00-start.ipynb" })
	text, err := os.ReadFile(all[max(i, 0)])
	if err != nil {
		t.Fatal(err)
	}
	put("start.ipynb", string(text))
	put("_toc.yml", "format: jb-book\nroot: start\n")
	put("_config.yml", "title: The GIL\nexecute:\n  execute_notebooks: force\nhtml:\n  use_issues_button: false\n")
	cmd := env.Cmd(t, "jupyter-book", "build", book)
	cmd.Env = append(cmd.Env, "GILKERNEL_PROGRESS="+filepath.Join(t.TempDir(), "progress"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	page, err := os.ReadFile(filepath.Join(book, "_build", "html", "start.html"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if strings.Contains(string(page), "Traceback") || !strings.Contains(string(page), "_images/") {
		t.Errorf("the page has a traceback, or no picture:\n%s", out)
	}
}

// The talk's slides, made as README.md says, load nothing from the network, and each picture has a description.
func TestSlides(t *testing.T) {
	env := testenv.NewTools(t)
	dir := t.TempDir()
	args := []string{"nbconvert", "--to", "slides", "--output-dir", dir, "--reveal-prefix", "reveal.js",
		"--TemplateExporter.extra_template_basedirs=" + filepath.Join(env.Root, "notebooks", "slides"),
		"--template", "talk", "--SlidesExporter.reveal_scroll=True", "--SlidesExporter.mathjax_url="}
	pages := 0
	for _, path := range lessons(t, env) {
		if filepath.Base(filepath.Dir(path)) == "notebooks" && filepath.Base(path) != "00-start.ipynb" {
			args = append(args, path)
			pages++
		}
	}
	if out, err := env.Cmd(t, "jupyter", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.slides.html"))
	if err != nil || len(files) != pages {
		t.Fatalf("%d pages of slides, want %d", len(files), pages)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, page := filepath.Base(file), string(b)
		if far := remote.FindString(page); far != "" {
			t.Errorf("%s loads %s", name, far)
		}
		for _, img := range image.FindAllString(page, -1) {
			if m := alt.FindStringSubmatch(img); m == nil || m[1] == "" || strings.HasPrefix(m[1], "No description") {
				t.Errorf("%s has a picture without a description: %.200s", name, img)
			}
		}
		if !strings.Contains(page, "<img") {
			t.Errorf("%s has no picture", name)
		}
	}
}

var (
	remote = regexp.MustCompile(`(?:src|href)="https?://[^"]*\.(?:m?js|css)"|from 'https?://[^']*'`)
	image  = regexp.MustCompile(`<img [^>]*>`)
	alt    = regexp.MustCompile(`\balt="([^"]*)"`)
)
