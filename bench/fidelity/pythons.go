package main

// This file defines how the CPythons of this computer are found and asked.

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
)

// patience is how long an experiment may take.
const patience = 2 * time.Minute

//go:embed fidelity.py
var script string

// cpython is one that was found.
type cpython struct {
	path    string
	version string // "3.11", "3.14t"
}

// places are where CPythons are besides PATH, as patterns below the home directory.
var places = []string{".pyenv/versions/*/bin/python", ".local/share/uv/python/*/bin/python", "miniconda3/envs/*/bin/python",
	"anaconda3/envs/*/bin/python", ".local/share/mise/installs/python/*/bin/python"}

// findPythons returns one CPython of each version that there is, in the order of versions. given are paths that
// replace the search.
func findPythons(given []string) []cpython {
	paths := given
	if len(paths) == 0 {
		for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
			for _, name := range []string{"python3", "python2.7", "python3.*"} {
				found, _ := filepath.Glob(filepath.Join(dir, name))
				paths = append(paths, found...)
			}
		}
		if home, err := os.UserHomeDir(); err == nil {
			for _, p := range places {
				found, _ := filepath.Glob(filepath.Join(home, p))
				paths = append(paths, found...)
			}
		}
	}
	seen := map[string]bool{}
	var all []cpython
	for _, p := range paths {
		if strings.Contains(filepath.Base(p), "-") { // python3-config
			continue
		}
		out, err := exec.Command(p, "-c", `import sys, sysconfig, platform
print(platform.python_implementation(), "%d.%d" % sys.version_info[:2] + ("t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""))`).Output()
		version := strings.NewReplacer("('", "", "')", "", "', '", " ").Replace(strings.TrimSpace(string(out))) // 2.7 prints a tuple
		kind, number, _ := strings.Cut(version, " ")
		if err != nil || kind != "CPython" || seen[number] {
			continue
		}
		seen[number] = true
		all = append(all, cpython{p, number})
	}
	sort.Slice(all, func(i, j int) bool { return minor(all[i].version) < minor(all[j].version) })
	return all
}

// minor makes versions comparable.
func minor(version string) float64 {
	major, rest, _ := strings.Cut(version, ".")
	n, _ := strconv.ParseFloat(strings.TrimSuffix(rest, "t"), 64)
	m, _ := strconv.ParseFloat(major, 64)
	if strings.HasSuffix(rest, "t") {
		n += 0.5
	}
	return m*100 + n
}

// ask runs an experiment in a CPython.
func (c cpython) ask(name string, a args) ([]float64, error) {
	in, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, "-c", script, name, string(in))
	cmd.WaitDelay = time.Second // children of its own have its pipes
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("python %s, %s: %w: %s", c.version, name, err, lastLine(stderr.String()))
	}
	var list []float64
	if err := json.Unmarshal(out, &list); err != nil || len(list) == 0 {
		return nil, errors.New("python " + c.version + ", " + name + ": no numbers in " + strconv.Quote(string(out)))
	}
	return list, nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
