//go:build unix

package install_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"gilkernel/install"
)

// The test program plays other programs too, by the role in FAKE: the JupyterLab that is started, and the program
// whose terminal gets a Ctrl-C.
func TestMain(m *testing.M) {
	switch role := os.Getenv("FAKE"); role {
	case "":
		os.Exit(m.Run())
	case "lab":
		os.Setenv("FAKE", os.Getenv("FAKE_JUPYTER"))
		os.Exit(install.Lab(context.Background(), os.Args[1:], &install.Options{
			Template: []byte(`{"argv": ["{gilkernel}"]}`), Cache: os.Getenv("FAKE_CACHE")}))
	default:
		fakeJupyter(role)
	}
}

// fakeJupyter says that it listens, by the file that jupyter_server writes, and ends when told, unless it is deaf.
func fakeJupyter(role string) {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	file := filepath.Join(os.Getenv("JUPYTER_RUNTIME_DIR"), fmt.Sprintf("jpserver-%d.json", os.Getpid()))
	os.MkdirAll(filepath.Dir(file), 0o700)
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		panic(err)
	}
	defer l.Close() // which keeps it until here
	info, _ := json.Marshal(map[string]any{"pid": os.Getpid(), "url": "http://" + l.Addr().String() + "/",
		"token": os.Getenv("JUPYTER_TOKEN"),
		"path":  os.Getenv("JUPYTER_PATH")})
	os.WriteFile(file+".new", info, 0o600)
	os.Rename(file+".new", file)
	if role == "deaf" {
		select {}
	}
	<-term
	os.Exit(0)
}

// lines is an output that a test can wait for.
type lines struct {
	r *bufio.Scanner
	w *io.PipeWriter
}

func newLines() *lines {
	r, w := io.Pipe()
	return &lines{bufio.NewScanner(r), w}
}

// until reads up to a line that contains the text.
func (l *lines) until(t *testing.T, text string) {
	t.Helper()
	for l.r.Scan() {
		if strings.Contains(l.r.Text(), text) {
			return
		}
	}
	t.Fatalf("the output ended before %q", text)
}

func TestLabUntilTheContextEnds(t *testing.T) {
	w := newWorld(t)
	t.Setenv("FAKE", "obeys")
	t.Setenv("JUPYTER_PATH", "/theirs")
	w.env["JUPYTER_PATH"] = "/theirs"
	out := newLines()
	w.Stdout = out.w
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	code := make(chan int, 1)
	go func() { // ends with Lab, which is waited for below
		code <- install.Lab(ctx, []string{"--no-browser", "--jupyter", os.Args[0], w.home}, w.Options)
		out.w.Close()
	}()
	out.until(t, "/lab?token=")
	out.until(t, "Ctrl-C")

	// Their Jupyter gets our kernel by its search path, and keeps what was there.
	share := filepath.Join(w.cache, "share", "jupyter")
	argv := w.kernel(t, filepath.Join(share, "kernels", "gilkernel"))["argv"].([]any)
	if program := argv[0].(string); filepath.Dir(program) != filepath.Join(w.cache, "bin") {
		t.Errorf("the kernel's program is %s, want it in the cache", program)
	}
	files, _ := filepath.Glob(filepath.Join(w.data, "runtime", "jpserver-*.json"))
	if len(files) != 1 {
		t.Fatalf("runtime files: %q", files)
	}
	var info struct {
		PID  int
		Path string
	}
	b, _ := os.ReadFile(files[0])
	if err := json.Unmarshal(b, &info); err != nil {
		t.Fatal(err)
	}
	if want := share + ":/theirs"; info.Path != want {
		t.Errorf("JUPYTER_PATH = %q, want %q", info.Path, want)
	}

	cancel()
	if got := <-code; got != 0 {
		t.Errorf("exit status %d: %s", got, &w.err)
	}
	if err := syscall.Kill(info.PID, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("JupyterLab (process %d) lives on: %v", info.PID, err)
	}
}

// A real Ctrl-C, and a second one for a server that does not listen to the first.
func TestCtrlC(t *testing.T) {
	for _, tt := range []struct {
		role    string
		presses int
	}{{"obeys", 1}, {"deaf", 2}} {
		t.Run(tt.role, func(t *testing.T) {
			place := t.TempDir()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "--no-browser", "--jupyter", os.Args[0], place)
			cmd.Env = append(os.Environ(), "FAKE=lab", "FAKE_JUPYTER="+tt.role,
				"FAKE_CACHE="+filepath.Join(place, "cache"),
				"JUPYTER_DATA_DIR="+filepath.Join(place, "data"),
				"JUPYTER_RUNTIME_DIR="+filepath.Join(place, "runtime"))
			out := newLines()
			cmd.Stdout, cmd.Stderr = out.w, out.w
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			out.until(t, "Ctrl-C")
			files, _ := filepath.Glob(filepath.Join(place, "runtime", "jpserver-*.json"))
			if len(files) != 1 {
				t.Fatalf("runtime files: %q", files)
			}
			pid, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(files[0]), "jpserver-"),
				".json"))
			if err != nil {
				t.Fatal(err)
			}
			cmd.Process.Signal(os.Interrupt)
			if tt.presses == 2 {
				out.until(t, "Ending JupyterLab")
				cmd.Process.Signal(os.Interrupt)
			}
			go io.Copy(io.Discard, pipeRest{out.r}) // ends with the process's output
			if err := cmd.Wait(); err != nil {
				t.Errorf("gilkernel lab: %v, want exit status 0", err)
			}
			out.w.Close()
			if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
				t.Errorf("JupyterLab (process %d) lives on: %v", pid, err)
			}
		})
	}
}

// pipeRest reads what a scanner has not.
type pipeRest struct{ s *bufio.Scanner }

func (p pipeRest) Read(b []byte) (int, error) {
	if !p.s.Scan() {
		return 0, io.EOF
	}
	return copy(b, p.s.Bytes()), nil
}

func TestLabPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w := newWorld(t)
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	code := install.Lab(t.Context(), []string{"--port", port, w.home}, w.Options)
	if want := "gilkernel lab: port " + port + " is in use: choose another, or leave --port out\n"; code != 1 ||
		w.err.String() != want {
		t.Errorf("exit status %d, said %q, want %q", code, &w.err, want)
	}
}

func TestLabWithoutPython(t *testing.T) {
	w := newWorld(t)
	var dir string
	w.Embedded = func(_ context.Context, d string) int { dir = d; return 3 }
	if code := install.Lab(t.Context(), []string{w.home}, w.Options); code != 3 || dir != w.home {
		t.Errorf("exit status %d for %q, want the embedded runner's 3 for %q", code, dir, w.home)
	}
	if said := w.err.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "no Python 3.10 or newer") {
		t.Errorf("said %q, want one line that names Python", said)
	}
	w = newWorld(t)
	if code := install.Lab(t.Context(), []string{w.home}, w.Options); code != 1 {
		t.Errorf("without an embedded runner: exit status %d, want 1", code)
	}
}

// Without a folder, the learner's own copy of the lessons is opened, at its beginning; --reset brings a lesson back.
func TestLabOpensTheLearnersLessons(t *testing.T) {
	w := newWorld(t)
	w.Lessons = fstest.MapFS{"00-start.ipynb": {Data: []byte("start")}, "02-the-gil.ipynb": {Data: []byte("gil")}}
	t.Setenv("FAKE", "obeys")
	mine := filepath.Join(w.home, "gilkernel-lessons")
	lab := func(page string, args ...string) (said string) {
		out := newLines()
		w.Stdout = out.w
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { // ends at cancel
			if code := install.Lab(ctx, append([]string{"--no-browser", "--jupyter", os.Args[0]}, args...),
				w.Options); code != 0 {
				t.Errorf("%q: exit status %d: %s", args, code, &w.err)
			}
			out.w.Close()
		})
		for out.r.Scan() && !strings.Contains(out.r.Text(), "Ctrl-C") {
			said += out.r.Text() + "\n"
		}
		cancel()
		wg.Wait()
		if want := "/lab/tree/" + page + "?token="; !strings.Contains(said, want) {
			t.Errorf("%q: said %q, without %q", args, said, want)
		}
		return said
	}
	lab("00-start.ipynb")
	lesson := filepath.Join(mine, "02-the-gil.ipynb")
	if err := os.WriteFile(lesson, []byte("my own"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.Lessons.(fstest.MapFS)["02-the-gil.ipynb"].Data = []byte("gil, revised")
	if said := lab("00-start.ipynb"); !strings.Contains(said, "A newer 02-the-gil is shipped") ||
		!strings.Contains(said, "lab --reset 02-the-gil") {
		t.Errorf("said %q of a lesson that the learner changed", said)
	}
	if said := lab("02-the-gil.ipynb", "--reset", "02-the-gil"); !strings.Contains(said, "02-the-gil (mine).ipynb") {
		t.Errorf("said %q at the reset", said)
	}
	for file, want := range map[string]string{lesson: "gil, revised",
		filepath.Join(mine, "02-the-gil (mine).ipynb"): "my own"} {
		if b, err := os.ReadFile(file); err != nil || string(b) != want {
			t.Errorf("%s is %q, %v, not %q", file, b, err, want)
		}
	}
}

// Only what is byte for byte ours is trusted, and Jupyter is asked once for it.
func TestLabTrustsTheLessonsOnly(t *testing.T) {
	w := newWorld(t)
	t.Setenv("PATH", "/usr/bin:/bin")
	t.Setenv("FAKE", "obeys")
	lessons := filepath.Join(w.home, "lessons")
	env := filepath.Join(w.home, "env", "bin")
	log := filepath.Join(w.home, "log")
	for _, dir := range []string{lessons, env, w.data} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		filepath.Join(lessons, "00.ipynb"):       "ours",
		filepath.Join(lessons, "01.ipynb"):       "ours, changed by somebody",
		filepath.Join(lessons, "theirs.ipynb"):   "from the net",
		filepath.Join(env, "jupyter"):            "#!/bin/sh\necho \"$@\" >> " + log + "\n",
		filepath.Join(env, "jupyter-lab"):        "#!/bin/sh\nexec " + os.Args[0] + " \"$@\"\n",
		filepath.Join(w.data, "nbsignatures.db"): "",
	} {
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	w.Lessons = fstest.MapFS{"00.ipynb": {Data: []byte("ours")}, "01.ipynb": {Data: []byte("ours too")},
		"02.ipynb": {Data: []byte("not unpacked")}}
	for range 2 {
		out := newLines()
		w.Stdout = out.w
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if code := install.Lab(ctx, []string{"--jupyter", filepath.Dir(env), lessons}, w.Options); code != 0 {
				t.Errorf("exit status %d: %s", code, &w.err)
			}
			out.w.Close()
		})
		out.until(t, "Ctrl-C")
		cancel()
		wg.Wait()
	}
	b, err := os.ReadFile(log)
	if want := "trust " + filepath.Join(lessons, "00.ipynb") + "\n"; err != nil || string(b) != want {
		t.Errorf("jupyter was called with %q, %v, want %q", b, err, want)
	}
}

func TestCacheOfPrograms(t *testing.T) {
	w := newWorld(t)
	w.Embedded = func(context.Context, string) int { return 0 }
	bin := filepath.Join(w.cache, "bin")
	copies := func() (names []string) {
		entries, _ := os.ReadDir(bin)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	start := func(text string) {
		t.Helper()
		w.program(t, "gilkernel", text)
		if code := install.Lab(t.Context(), []string{w.home}, w.Options); code != 0 {
			t.Fatalf("exit status %d: %s", code, &w.err)
		}
	}
	start("one")
	first := copies()
	start("one")
	if again := copies(); len(first) != 1 || len(again) != 1 || first[0] != again[0] {
		t.Fatalf("copies of one program: %q, then %q", first, again)
	}
	for _, text := range []string{"two", "three", "four"} {
		start(text)
	}
	if got := copies(); len(got) != 4 {
		t.Errorf("four programs of today left %q, want all four", got)
	}
	old := time.Now().Add(-48 * time.Hour)
	for _, name := range copies() {
		if err := os.Chtimes(filepath.Join(bin, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	start("five")
	if got := copies(); len(got) != 3 {
		t.Errorf("a fifth after two days left %q, want the three newest", got)
	}
}
