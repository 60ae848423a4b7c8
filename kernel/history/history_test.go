package history_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"gilkernel/kernel/history"
	"gilkernel/skip"
)

// show writes entries as "session:line input=output".
func show(all []history.Entry, err error) string {
	if err != nil {
		return err.Error()
	}
	var s []string
	for _, e := range all {
		t := fmt.Sprintf("%d:%d %s", e.Session, e.Line, e.Input)
		if e.Output != "" {
			t += "=" + e.Output
		}
		s = append(s, t)
	}
	return strings.Join(s, ", ")
}

func add(t *testing.T, h *history.History, n int, input string) {
	t.Helper()
	if err := h.Add(n, input); err != nil {
		t.Fatal(err)
	}
}

// three returns the third of three sessions: the first two have two inputs each, the third one.
func three(t *testing.T, path string) *history.History {
	t.Helper()
	var h *history.History
	for s, inputs := range [][]string{{"x := 1", "6 * 7"}, {"x := 2", "f(x)"}, {"x := 1"}} {
		h = history.New(path, nil)
		for i, in := range inputs {
			add(t, h, i+1, in)
		}
		if s == 0 {
			if err := h.AddOutput(2, "42"); err != nil {
				t.Fatal(err)
			}
		}
	}
	return h
}

func TestQuestions(t *testing.T) {
	h := three(t, filepath.Join(t.TempDir(), "new", "history.jsonl"))
	for _, test := range []struct {
		name, want string
		got        string
	}{
		{"tail of two", "2:2 f(x), 3:1 x := 1", show(h.Tail(2))},
		{"tail of more than there is", "1:1 x := 1, 1:2 6 * 7=42, 2:1 x := 2, 2:2 f(x), 3:1 x := 1", show(h.Tail(100))},
		{"range in this session", "3:1 x := 1", show(h.Range(0, 0, 0))},
		{"range in the session before", "2:1 x := 2, 2:2 f(x)", show(h.Range(-1, 1, 0))},
		{"stop is not included", "1:1 x := 1", show(h.Range(1, 1, 2))},
		{"range in no session", "", show(h.Range(17, 1, 0))},
		{"search", "1:1 x := 1, 2:1 x := 2, 3:1 x := 1", show(h.Search("x := ?", math.MaxInt, false))},
		{"search, unique", "2:1 x := 2, 3:1 x := 1", show(h.Search("x*", math.MaxInt, true))},
		{"search, the last one", "3:1 x := 1", show(h.Search("x*", 1, false))},
		{"a pattern matches the whole input", "", show(h.Search("x", math.MaxInt, false))},
		{"brackets are no pattern", "2:2 f(x)", show(h.Search("f(?)", math.MaxInt, false))},
	} {
		if test.got != test.want {
			t.Errorf("%s: %s, want %s", test.name, test.got, test.want)
		}
	}
}

func TestWithoutFile(t *testing.T) {
	h := history.New("", nil)
	add(t, h, 1, "a")
	add(t, h, 2, "b")
	if got, want := show(h.Tail(math.MaxInt)), "1:1 a, 1:2 b"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestDamagedLinesAreSkipped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h")
	three(t, path)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("\x00\xff\n{\"s\":1}\n\n[]\n{\"s\":\"killed while it wro"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	h := history.New(path, nil)
	add(t, h, 1, "after")
	if got, want := show(h.Tail(2)), "3:1 x := 1, 4:1 after"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFileIsOnlyForItsUser(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dir", "h")
	three(t, path)
	for p, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", p, info.Mode().Perm(), err, want)
		}
	}
}

// A file that is too long loses its older half, not the numbers of its sessions.
func TestCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h")
	for s := 1; s <= 10; s++ {
		h := history.New(path, nil)
		for i := 1; i <= 20; i++ {
			add(t, h, i, fmt.Sprintf("input %d of session %d", i, s))
		}
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	h := history.New(path, &history.Options{MaxBytes: before.Size() - 1})
	add(t, h, 1, "new")
	after, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if after.Size() > before.Size()*6/10 {
		t.Errorf("%d of %d bytes are left, want about half", after.Size(), before.Size())
	}
	if got, want := show(h.Tail(3)),
		"10:19 input 19 of session 10, 10:20 input 20 of session 10, 11:1 new"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if left, err := filepath.Glob(path + ".*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Sessions that took turns keep their numbers when the file is cut, whichever comes first then.
func TestCutOfInterleavedSessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h")
	a, b := history.New(path, nil), history.New(path, nil)
	add(t, a, 1, strings.Repeat("a", 2000))
	add(t, b, 1, strings.Repeat("b", 2000))
	add(t, b, 2, "b")
	add(t, a, 2, "a")
	c := history.New(path, &history.Options{MaxBytes: 3000})
	add(t, c, 1, "c")
	if got, want := show(c.Tail(math.MaxInt)), "2:2 b, 1:2 a, 3:1 c"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Kernels write to one file, and some of them cut it meanwhile; no input is lost that the cuts
// had no reason to drop, none is there twice, and every session has a number of its own.
func TestHammer(t *testing.T) {
	const kernels, inputs = 8, 100
	path := filepath.Join(t.TempDir(), "h")
	var all []*history.History
	for range kernels {
		all = append(all, history.New(path, nil))
	}
	var wg sync.WaitGroup
	for k, h := range all {
		wg.Go(func() {
			for i := 1; i <= inputs; i++ {
				if err := h.Add(i, fmt.Sprintf("%d/%d", k, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	entries, err := all[0].Tail(math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != kernels*inputs {
		t.Errorf("%d inputs, want %d", len(entries), kernels*inputs)
	}
	sessions := map[int]string{}
	for _, e := range entries {
		kernel, _, _ := strings.Cut(e.Input, "/")
		if was, ok := sessions[e.Session]; ok && was != kernel {
			t.Errorf("session %d is of kernel %s and of kernel %s", e.Session, was, kernel)
		}
		sessions[e.Session] = kernel
	}
	if len(sessions) != kernels {
		t.Errorf("%d sessions, want %d", len(sessions), kernels)
	}
}

// While others write, the file is cut again and again: each writer's last inputs are there, once.
func TestHammerCut(t *testing.T) {
	const kernels, inputs = 4, 200
	path := filepath.Join(t.TempDir(), "h")
	var writers, cutters sync.WaitGroup
	done := make(chan struct{})
	cutters.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			h := history.New(path, &history.Options{MaxBytes: 64 << 10})
			if err := h.Add(1, "cut"); err != nil {
				t.Error(err)
			}
		}
	})
	for k := range kernels {
		writers.Go(func() {
			h := history.New(path, &history.Options{MaxBytes: 1 << 40})
			for i := 1; i <= inputs; i++ {
				if err := h.Add(i, fmt.Sprintf("kernel %d", k)); err != nil {
					t.Error(err)
				}
				if got, err := h.Range(0, i, 0); err != nil || len(got) != 1 {
					t.Errorf("kernel %d: input %d is there %d times, %v", k, i, len(got), err)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	cutters.Wait()
}

// What can't be a history is reported once and never waited for; the session is kept in memory then.
func TestNoRegularFile(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, step := range []error{
		os.Mkdir(path("folder"), 0o700), exec.Command("mkfifo", path("fifo")).Run(), os.Symlink("fifo", path("link")),
		os.Symlink("loop", path("loop")), os.WriteFile(path("file"), nil, 0o600),
		os.WriteFile(path("empty"), nil, 0o600),
	} {
		if step != nil {
			skip.Missing(t, step.Error())
		}
	}
	for _, row := range []struct{ path, want string }{
		{path("folder"), "is a folder and not a regular file"},
		{path("fifo"), "is a FIFO and not a regular file"},
		{path("link"), "is a FIFO and not a regular file"},
		{path("loop"), "too many"},
		{"/dev/null", "is a device and not a regular file"},
		{"/dev/tty", "is a device and not a regular file"},
		{path("file") + "/below", "not a directory"},
		{"/proc/history.jsonl", ""}, // no user may write there, root included
	} {
		h := history.New(row.path, nil)
		if got, err := h.Tail(1); len(got) != 0 {
			t.Errorf("%s: %v, %v", row.path, got, err)
		}
		err := h.Add(1, "a")
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.path, err, row.want)
		}
		add(t, h, 2, "b")
		if got, want := show(h.Tail(5)), "1:1 a, 1:2 b"; got != want {
			t.Errorf("%s: %s, want %s", row.path, got, want)
		}
	}
}

// A huge input isn't kept, and one that an earlier version kept costs no other when the file is cut.
func TestHugeInput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h")
	three(t, path)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(f, "{\"s\":\"old\",\"n\":1,\"in\":%q}\n", strings.Repeat("x", 5<<20)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	h := history.New(path, nil)
	add(t, h, 1, "after")
	add(t, h, 2, strings.Repeat("y", 5<<20))
	add(t, h, 3, "last")
	if got, want := show(h.Tail(100)),
		"1:1 x := 1, 1:2 6 * 7=42, 2:1 x := 2, 2:2 f(x), 3:1 x := 1, 4:1 after, 4:3 last"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestDefaultPath(t *testing.T) {
	t.Setenv("GILKERNEL_HISTORY", "/a/b")
	if got := history.DefaultPath(); got != "/a/b" {
		t.Errorf("%q", got)
	}
	t.Setenv("GILKERNEL_HISTORY", "")
	if got := history.DefaultPath(); got != "" {
		t.Errorf("%q, want none: the history is off", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("{\"s\":\"a\"}\n{\"s\":\"a\",\"n\":1,\"in\":\"x\"}\n"))
	f.Add([]byte("{\"s\":\"a\",\"rank\":-4}\nnull\n"))
	f.Add([]byte("{\"s\":\"a\",\"n\":1,\"out\":\"x\"}\n{\"s\":\"b\",\"n\":1,\"in\":\"*\"}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "h")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		h := history.New(path, &history.Options{MaxBytes: 100})
		add(t, h, 1, "x")
		got, err := h.Tail(1)
		if err != nil ||
			!slices.ContainsFunc(got, func(e history.Entry) bool { return e.Line == 1 && e.Input == "x" }) {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func FuzzSearch(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("**", "")
	f.Add("?", "é")
	f.Fuzz(func(t *testing.T, pattern, input string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(input) {
			return // JSON has no such text
		}
		h := history.New("", nil)
		add(t, h, 1, input)
		for _, p := range []string{"*", input + "*", "*" + pattern + "*"} {
			got, err := h.Search(p, math.MaxInt, false)
			if err != nil {
				t.Fatal(err)
			}
			want := p != "*"+pattern+"*" || strings.Contains(input, pattern) && !strings.ContainsAny(input, "*?")
			if p == "*" || p == input+"*" || want {
				if len(got) != 1 {
					t.Errorf("%q doesn't match %q", p, input)
				}
			}
		}
	})
}
