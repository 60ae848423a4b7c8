package main

// This file defines the tests of the lessons as files: that they follow the talk's outline, that their links lead
// somewhere, that what is stored in them shows everywhere, and that simulated runs are what is stored, byte for byte.

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gilkernel/install/testenv"
)

// outline is the talk's, word for word: where each bullet is a heading.
var outline = []struct{ notebook, bullet string }{
	{"01-concurrency", "Concurrency"},
	{"01-concurrency", "Need for concurrency in Python"},
	{"01-concurrency", "Concurrency vs. parallelism"},
	{"01-concurrency", "Locks and semaphores"},
	{"02-the-gil", "Intro to the GIL and its significance"},
	{"03-under-the-hood", "Concurrency via multiprocessing and multithreading (explanation of how these two work at " +
		"the Operating System level)"},
	{"04-threading", "Multithreading in Python (thread-based parallelism)"},
	{"04-threading", "How it works in Python's threading module"},
	{"04-threading", "How the GIL hinders multithreading (not truly parallel)"},
	{"04-threading", "Why we need multithreading when the GIL is present"},
	{"05-multiprocessing", "Multiprocessing in Python (process-based parallelism)"},
	{"05-multiprocessing", "Why do we need multiprocessing?"},
	{"05-multiprocessing", "How does it overcome the limitations brought about by the GIL"},
	{"05-multiprocessing", "How it works in Python using the multiprocessor module"},
	{"06-client-server", "Python client-server illustrations (code and diagrams)"},
	{"06-client-server", "Single client and server"},
	{"06-client-server", "Multiple clients (simulated using multithreading) and multithreaded server"},
	{"06-client-server", "Multiple clients (simulated using multithreading) and multi-process server"},
}

// maxLesson is how large a notebook may be with its outputs, in bytes: what GitHub still shows.
const maxLesson = 1_000_000

type lessonFile struct {
	name  string
	size  int
	Cells []struct {
		Type    string   `json:"cell_type"`
		Source  []string `json:"source"`
		Outputs []struct {
			Type     string                     `json:"output_type"`
			Name     string                     `json:"name"`
			Text     []string                   `json:"text"`
			Data     map[string]json.RawMessage `json:"data"`
			Metadata map[string]json.RawMessage `json:"metadata"`
			EName    string                     `json:"ename"`
			EValue   string                     `json:"evalue"`
		} `json:"outputs"`
	} `json:"cells"`
}

func readLesson(t *testing.T, file string) *lessonFile {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	l := &lessonFile{name: strings.TrimSuffix(filepath.Base(file), ".ipynb"), size: len(b)}
	if err := json.Unmarshal(b, l); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return l
}

func readLessons(t *testing.T) map[string]*lessonFile {
	t.Helper()
	files, err := filepath.Glob("notebooks/*.ipynb")
	if err != nil || len(files) == 0 {
		t.Fatal("no lessons", err)
	}
	all := map[string]*lessonFile{}
	for _, file := range files {
		l := readLesson(t, file)
		all[l.name] = l
	}
	return all
}

// headings returns a lesson's headings, and text its Markdown.
func (l *lessonFile) headings() (all []string) {
	for line := range strings.Lines(l.text()) {
		if title := strings.TrimLeft(line, "#"); title != line && strings.HasPrefix(title, " ") {
			all = append(all, strings.TrimSpace(title))
		}
	}
	return all
}

func (l *lessonFile) text() string {
	var b strings.Builder
	for _, c := range l.Cells {
		if c.Type == "markdown" {
			b.WriteString(strings.Join(c.Source, "") + "\n")
		}
	}
	return b.String()
}

// anchor is the address of a heading in JupyterLab.
func anchor(heading string) string { return strings.ReplaceAll(heading, " ", "-") }

func TestLessonsFollowTheOutline(t *testing.T) {
	all := readLessons(t)
	table := ""
	if start := all["00-start"]; start != nil {
		table = start.text()
	}
	last := map[string]int{}
	for _, o := range outline {
		l := all[o.notebook]
		if l == nil {
			t.Errorf("there is no lesson %s", o.notebook)
			continue
		}
		at := slices.Index(l.headings(), o.bullet)
		if at < 0 {
			t.Errorf("%s has no heading %q", o.notebook, o.bullet)
			continue
		}
		if before, ok := last[o.notebook]; ok && at < before {
			t.Errorf("%s: %q isn't in the outline's order", o.notebook, o.bullet)
		}
		last[o.notebook] = at
		if !strings.Contains(table, o.bullet) {
			t.Errorf("the table in 00-start lacks %q", o.bullet)
		}
		if link := "(" + o.notebook + ".ipynb#" + anchor(o.bullet) + ")"; at > 0 && !strings.Contains(table, link) {
			t.Errorf("the table in 00-start lacks the link %s", link)
		}
	}
}

var linkTo = regexp.MustCompile(`\]\(([^)\s]+\.ipynb)(?:#((?:[^()\s]|\([^()\s]*\))*))?\)`)

func TestLessonLinks(t *testing.T) {
	all := readLessons(t)
	for name, l := range all {
		for _, m := range linkTo.FindAllStringSubmatch(l.text(), -1) {
			to := all[strings.TrimSuffix(m[1], ".ipynb")]
			if _, err := os.Stat(filepath.Join("notebooks", m[1])); to == nil && m[2] == "" && err == nil {
				continue // a notebook of exercises
			}
			if to == nil {
				t.Errorf("%s links to %s, which isn't there", name, m[1])
				continue
			}
			if m[2] != "" && !slices.ContainsFunc(to.headings(), func(h string) bool { return anchor(h) == m[2] }) {
				t.Errorf("%s links to %s#%s, a heading that isn't there", name, m[1], m[2])
			}
		}
	}
}

// What is stored must show on GitHub and in a JupyterLab that doesn't trust it, to readers with and without a screen
// reader.
func TestLessonOutputs(t *testing.T) {
	for name, l := range readLessons(t) {
		if l.size > maxLesson {
			t.Errorf("%s has %d bytes, more than %d", name, l.size, maxLesson)
		}
		for i, c := range l.Cells {
			for _, o := range c.Outputs {
				for mime := range o.Data {
					if mime == "image/svg+xml" && len(o.Data["text/html"]) == 0 || mime == "application/javascript" {
						t.Errorf("%s, cell %d: %s is not shown everywhere", name, i, mime)
					}
				}
				if o.Data == nil {
					continue
				}
				if len(o.Data["text/plain"]) == 0 {
					t.Errorf("%s, cell %d: an output has no text twin", name, i)
				}
				if _, picture := o.Data["application/vnd.vegalite.v5+json"]; picture {
					var meta struct{ Alt string }
					if json.Unmarshal(o.Metadata["image/png"], &meta) != nil || meta.Alt == "" ||
						len(o.Data["image/png"]) == 0 {
						t.Errorf("%s, cell %d: a figure has no picture, or it has no alternative text", name, i)
					}
				}
			}
		}
	}
}

// A simulated cell gives what is stored, its chart and its text byte for byte, and so does a check of an exercise. Real
// cells give other times each time.
func TestSimulatedOutputsAreStored(t *testing.T) {
	program := testenv.Program(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("notebooks")); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			cmd := exec.Command(program, "run", filepath.Base(file))
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "GILKERNEL_PROGRESS="+filepath.Join(dir, "progress.jsonl"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			stored, run := readLesson(t, file), readLesson(t, filepath.Join(dir, "executed", filepath.Base(file)))
			compared := 0
			for i, c := range stored.Cells {
				code := strings.Join(c.Source, "")
				if !strings.HasPrefix(code, "%%simulate") && !strings.Contains(code, "exercise.Check(") {
					continue
				}
				compared++
				for n := range c.Outputs { // the same picture, but Go's versions compress it differently
					delete(c.Outputs[n].Data, "image/png")
				}
				for n := range run.Cells[i].Outputs {
					delete(run.Cells[i].Outputs[n].Data, "image/png")
				}
				want, _ := json.Marshal(c.Outputs)
				got, _ := json.Marshal(run.Cells[i].Outputs)
				if string(want) != string(got) {
					t.Errorf("cell %d (%q …) gives something else than what is stored: execute the lesson anew\n"+
						"stored: %.400s\nnow:    %.400s", i, code[:min(60, len(code))],
						firstDifference(want, got), firstDifference(got, want))
				}
			}
			t.Logf("%d cells compared", compared)
		})
	}
}

// firstDifference returns a from where it differs from b, with a few bytes before.
func firstDifference(a, b []byte) []byte {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return a[max(0, i-60):]
}

var (
	fenced = regexp.MustCompile("(?s)```.*?```|`[^`]*`|\\]\\([^)]*\\)|<[^>]*>")
	word   = regexp.MustCompile(`[A-Za-z][a-z]+(?:'[a-z]+)?`)
)

// The words of the lessons were checked by a speller and stand in words.txt; a word that isn't there yet is a new one,
// or a slip.
func TestLessonSpelling(t *testing.T) {
	b, err := os.ReadFile("notebooks/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, w := range strings.Fields(string(b)) {
		known[w] = true
	}
	for name, l := range readLessons(t) {
		for _, w := range word.FindAllString(fenced.ReplaceAllString(l.text(), " "), -1) {
			if !known[strings.ToLower(w)] {
				t.Errorf("%s: %q isn't in notebooks/words.txt: check its spelling, then add it", name, w)
			}
		}
	}
}
