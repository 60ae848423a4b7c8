package server_test

// This file defines the tests of what must agree with what is written elsewhere: the lessons, the
// documentation.

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"gilkernel/kernel/server"
)

// JupyterLab writes language_info and the kernelspec into a notebook that it opens, and marks the
// notebook as changed if they were others.
func TestLessonsAgreeWithKernelInfo(t *testing.T) {
	c := start(t, nil).client()
	info := c.ask("shell", "kernel_info_request", "{}").field("language_info")
	var spec map[string]any
	readJSON(t, "../../kernel.json", &spec)
	want := map[string]any{
		"language_info": info,
		"kernelspec": map[string]any{"name": "gilkernel", "display_name": spec["display_name"],
			"language": spec["language"]},
	}
	lessons, err := filepath.Glob("../../notebooks/*.ipynb")
	if err != nil || len(lessons) == 0 {
		t.Fatalf("no lessons: %v", err)
	}
	for _, lesson := range lessons {
		var nb struct {
			Metadata map[string]any
			Major    int `json:"nbformat"`
			Minor    int `json:"nbformat_minor"`
		}
		readJSON(t, lesson, &nb)
		if !reflect.DeepEqual(nb.Metadata, want) {
			t.Errorf("%s says\n%v\nthe kernel\n%v", lesson, nb.Metadata, want)
		}
		if nb.Major != 4 || nb.Minor != 5 {
			t.Errorf("%s is nbformat %d.%d, JupyterLab would make it 4.5", lesson, nb.Major, nb.Minor)
		}
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version, _ := info.(map[string]any)["version"].(string)
	if !regexp.MustCompile(`(?m)^go ` + regexp.QuoteMeta(version) + `(\.\d+)?$`).Match(mod) {
		t.Errorf("kernel_info says Go %s, go.mod says another", version)
	}
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// Every variable is in the help and in the README, and a bad value ends the start with one sentence.
func TestEnvironment(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"GILKERNEL_MEMORY_LIMIT", "GILKERNEL_OUTPUT_LIMIT", "GILKERNEL_ENGINE", "GILKERNEL_STDERR",
		"GILKERNEL_PYTHON_PATH", "GILKERNEL_HISTORY", "GILKERNEL_LOG"} {
		if !strings.Contains(server.Variables, name) || !strings.Contains(string(readme), name) {
			t.Errorf("%s is not documented", name)
		}
	}
	for _, row := range []struct{ name, value, want string }{
		{"GILKERNEL_MEMORY_LIMIT", "lots",
			`reading GILKERNEL_MEMORY_LIMIT: "lots" is not a size: write it as 500MB, 1.5GiB, or 0 for no limit`},
		{"GILKERNEL_MEMORY_LIMIT", "2",
			`reading GILKERNEL_MEMORY_LIMIT: "2" is too small for an interpreter: give it at least 128MiB`},
		{"GILKERNEL_OUTPUT_LIMIT", "-1",
			`reading GILKERNEL_OUTPUT_LIMIT: "-1" is not a size: write it as 500MB, 1.5GiB, or 0 for no limit`},
		{"GILKERNEL_MEMORY_LIMIT", "1.5GiB", ""},
		{"GILKERNEL_MEMORY_LIMIT", "500MB", ""},
		{"GILKERNEL_OUTPUT_LIMIT", "1.5mb", ""},
		{"GILKERNEL_ENGINE", "v8", `reading GILKERNEL_ENGINE: there is no engine "v8": use exec or yaegi`},
		{"GILKERNEL_ENGINE", "yaegi", ""},
		{"GILKERNEL_STDERR", "null", `reading GILKERNEL_STDERR: there is no stream "null": use stderr or stdout`},
		{"GILKERNEL_STDERR", "stdout", ""},
	} {
		t.Run(row.name+"="+row.value, func(t *testing.T) {
			t.Setenv(row.name, row.value)
			_, err := server.Environment("test")
			if err != nil && err.Error() != row.want || err == nil && row.want != "" {
				t.Errorf("%v, want %q", err, row.want)
			}
		})
	}
}

// The limit that is shown is the limit that is set, whatever the unit.
func TestMemoryLimitIsSet(t *testing.T) {
	for _, limit := range []string{"500MB", "0.5GiB"} {
		t.Run(limit, func(t *testing.T) {
			t.Setenv("GILKERNEL_MEMORY_LIMIT", limit)
			c := start(t, nil).client()
			r, out := c.execute(`!grep "Max data" /proc/self/limits | tr -s " " | cut -d" " -f4`)
			if r.field("status") != "ok" {
				t.Fatal(r)
			}
			want := map[string]string{"500MB": "500000000\n", "0.5GiB": "536870912\n"}[limit]
			if got := text(out, "stdout"); got != want && filepath.Separator == '/' {
				if _, err := os.Stat("/proc/self/limits"); err == nil {
					t.Errorf("the limit is %q, want %q", got, want)
				}
			}
		})
	}
}
