package main

// This file defines the tests of the Dockerfile and of Binder's files, as far as that is possible without Docker: what
// they name exists, and what they install from was put there.

import (
	"context"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gilkernel/install/release/dist"
)

// wheels returns the wheels of a release, by their paths below the module's root directory.
func wheels(t *testing.T) (names []string) {
	t.Helper()
	r := &dist.Release{Texts: os.DirFS("."), Version: dist.Unreleased,
		Build: func(_ context.Context, _ dist.Target, _, out string) error {
			return os.WriteFile(out, []byte("a program"), 0o700)
		}}
	files, err := r.Write(t.Context(), t.TempDir(), dist.Targets())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if path.Ext(f) == ".whl" {
			names = append(names, "dist/"+f)
		}
	}
	return names
}

// existing returns the files that a pattern names, in the module or among the wheels.
func existing(t *testing.T, pattern string, wheels []string) (found []string) {
	t.Helper()
	found, err := filepath.Glob(strings.TrimSuffix(pattern, "/"))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wheels {
		if ok, err := path.Match(pattern, w); ok && err == nil {
			found = append(found, w)
		}
	}
	return found
}

func TestDockerfile(t *testing.T) {
	released := wheels(t)
	ignored, err := os.ReadFile(".dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	let := strings.Split(string(ignored), "\n")
	copied, user, last := map[string]bool{}, "", ""
	for _, line := range instructions(t, "Dockerfile") {
		words := strings.Fields(line)
		args := slices.DeleteFunc(words[1:], func(w string) bool { return strings.HasPrefix(w, "--") })
		switch words[0] {
		case "COPY":
			to := args[len(args)-1]
			copied[strings.TrimSuffix(to, "/")] = true
			for _, from := range args[:len(args)-1] {
				if len(existing(t, from, released)) == 0 {
					t.Errorf("%s: there is no %s", line, from)
				}
				if !slices.Contains(let, "!"+strings.TrimSuffix(from, "/")) {
					t.Errorf("%s: .dockerignore keeps %s from Docker", line, from)
				}
				if strings.HasPrefix(to, "/") {
					copied[path.Join(to, path.Base(from))] = true
				}
			}
		case "RUN":
			for _, place := range regexp.MustCompile(`/tmp/\S+`).FindAllString(line, -1) {
				if !copied[place] {
					t.Errorf("%s: nothing was copied to %s", line, place)
				}
			}
			if needsCompiler(line) {
				t.Errorf("%s: the image must need neither Go nor a compiler", line)
			}
		case "USER":
			user = args[0]
		case "CMD":
			last = strings.TrimPrefix(line, "CMD ")
		}
	}
	if user == "" || user == "root" || user == "0" {
		t.Errorf("it runs as the user %q", user)
	}
	var argv []string
	if err := json.Unmarshal([]byte(last), &argv); err != nil || len(argv) < 2 || argv[0] != "jupyter" ||
		argv[1] != "lab" {
		t.Errorf("it starts %s, want JupyterLab", last)
	}
}

func TestBinder(t *testing.T) {
	for _, line := range instructions(t, ".binder/requirements.txt") {
		flag, file, ok := strings.Cut(line, " ")
		if flag == "--only-binary" {
			continue
		}
		if _, err := os.Stat(filepath.Join(".binder", file)); !ok || err != nil {
			t.Errorf("requirements.txt: %s: %v", line, err)
		}
	}
	// The versions in constraints.txt are those of one Python, and Binder's own choice is older or newer.
	constraints, err := os.ReadFile("install/constraints.txt")
	if err != nil {
		t.Fatal(err)
	}
	python := regexp.MustCompile(`on Python (3\.\d+)`).FindStringSubmatch(string(constraints))
	runtime, err := os.ReadFile(".binder/runtime.txt")
	if err != nil || python == nil || string(runtime) != "python-"+python[1]+"\n" {
		t.Errorf("runtime.txt: %q %v, constraints.txt is for %q", runtime, err, python)
	}
	info, err := os.Stat(".binder/postBuild")
	if err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("postBuild can't be executed: %v", err)
	}
	installs := false
	for _, line := range instructions(t, ".binder/postBuild") {
		if needsCompiler(line) {
			t.Errorf("postBuild: %s: it must need neither Go nor a compiler", line)
		}
		words := strings.Fields(line)
		if i := slices.Index(words, "--find-links"); i > 0 && words[len(words)-1] == "gilkernel" {
			installs = len(existing(t, words[i+1]+"/*.whl", wheels(t))) > 0
		}
	}
	if !installs {
		t.Error("postBuild doesn't install a wheel of a release")
	}
}

// needsCompiler reports whether a command is one of Go, of a C compiler, or of the system's packages.
func needsCompiler(command string) bool {
	return regexp.MustCompile(`\b(go|gcc|cc|make|apt|apt-get|apk|conda)\s`).MatchString(command)
}

// instructions returns the lines of a file that aren't comments, with those joined that are continued.
func instructions(t *testing.T, file string) (lines []string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(strings.ReplaceAll(string(b), "\\\n", " ")) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}
