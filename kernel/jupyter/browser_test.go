package jupyter_test

// This file defines the test in a real browser: JupyterLab's own server, Chromium, all lessons.

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gilkernel/install/testenv"
	"gilkernel/kernel/notebook"
)

// simulated shows a timeline, deadlocked a graph.
const (
	simulated = `%%simulate python=3.11 cores=4
import "gilkernel/runtime/threading"
work := func() { for i := 0; i < 500_000; i++ { } }
a, b := threading.NewThread(work), threading.NewThread(work)
a.Start(); b.Start()
a.Join(); b.Join()`
	deadlocked = `import ("gilkernel/runtime/threading"; "time")
x, y := threading.NewLock("a"), threading.NewLock("b")
func grab(first, second *threading.Lock) {
	first.Acquire()
	defer first.Release()
	time.Sleep(10 * time.Millisecond)
	second.Acquire()
}
t1 := threading.NewThread(grab, threading.Args(x, y))
t2 := threading.NewThread(grab, threading.Args(y, x))
t1.Start(); t2.Start()
t1.Join()`
)

func TestLessonInJupyterLab(t *testing.T) {
	env := testenv.New(t)
	d := newDriver(t, "drive.mjs")
	lessons := filepath.Join(d.dir, "lessons")
	if err := os.CopyFS(lessons, os.DirFS(filepath.Join(env.Root, "notebooks"))); err != nil {
		t.Fatal(err)
	}
	base := startLab(t, env, lessons)
	shipped := filepath.Join(env.Root, "notebooks")
	d.drive(map[string]any{
		"url":      base,
		"folder":   lessons,
		"shipped":  shipped,
		"lessons":  lessonsOf(t, shipped),
		"expect":   []string{"Hello", "Out", "index out of range", "SyntaxError", "You made no prediction"},
		"pictures": 1,
		"complete": map[string]string{"code": "fmt.Printl", "want": "Println", "becomes": "fmt.Println"},
		"inspect":  map[string]string{"code": "fmt.Println(", "want": "Println formats using the default formats"},
		"drawn": []map[string]any{
			{"name": "who has the GIL", "code": simulated, "picture": ".vega-embed canvas, .vega-embed svg",
				"expect": []string{}},
			{"name": "a deadlock", "code": deadlocked, "picture": ".jp-RenderedMermaid img, .jp-RenderedMermaid svg",
				"expect": []string{"Deadlock: Thread-1 and Thread-2 wait for each other, and MainThread for them",
					"Thread-1 (grab) waits for Lock b at In["}},
		},
		"spin":        "kept := 41\nfor {\n}",
		"interrupted": "KeyboardInterrupt",
		"kept":        map[string]string{"code": "kept + 1", "want": "42"},
		"after":       map[string]string{"code": "6 * 7", "want": "42"},
	}, "the page isn't what a learner should see")
}

// A lesson is what the browser has to know of one: how many code cells have something to run, and which cells fail on
// purpose.
type lesson struct {
	File   string `json:"file"`
	Cells  int    `json:"cells"`
	Raises []int  `json:"raises"`
}

func lessonsOf(t *testing.T, dir string) (all []lesson) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.ipynb"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d lessons in %s, %v", len(files), dir, err)
	}
	for _, file := range files {
		nb, err := notebook.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		l := lesson{File: filepath.Base(file), Raises: []int{}}
		for i, c := range nb.Cells {
			if c.Type == notebook.Code && strings.TrimSpace(c.Source) != "" {
				l.Cells++
			}
			if c.Tagged("raises-exception") {
				l.Raises = append(l.Raises, i)
			}
		}
		all = append(all, l)
	}
	slices.Reverse(all) // 00-start is the last, and stays open
	return all
}

func copyInto(t *testing.T, dir string, files ...string) {
	t.Helper()
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(f)), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// startLab starts a JupyterLab server over dir and returns the address of the first lesson in it.
func startLab(t *testing.T, env *testenv.Environment, dir string) string {
	t.Helper()
	lab := env.Cmd(t, "jupyter-lab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root",
		"--ServerApp.root_dir="+dir,
		"--LabApp.news_url=None")
	stderr, err := lab.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := lab.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = lab.Process.Signal(os.Interrupt)
		_ = lab.Process.Signal(os.Interrupt) // the second needs no confirmation
		_ = lab.Wait()
	})
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/lab\?token=\w+`)
	found := make(chan string, 1)
	// Ends with the server, which the cleanup ends.
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if a := address.FindString(lines.Text()); a != "" {
				select {
				case found <- a:
				default:
				}
			}
		}
		_, _ = io.Copy(io.Discard, stderr)
	}()
	select {
	case a := <-found:
		return regexp.MustCompile(`/lab\?`).ReplaceAllString(a, "/lab/tree/00-start.ipynb?")
	case <-time.After(time.Minute):
		t.Fatal("JupyterLab didn't say where it listens")
		return ""
	}
}
