package cpython

// This file defines the search: candidates are asked what they are, several at once, and the answers are kept.

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// askTime is how long one Python may take to say what it is. A healthy one takes 20 ms; one on a network file
	// system, or on a busy computer, seconds.
	askTime = 20 * time.Second
	// atOnce is how many are asked at the same time.
	atOnce = 4
	// shimTime is how long the answer of a shim is good, which takes a tenth of a second and more to give it.
	shimTime = time.Minute
	// maxCandidates bounds a search on a computer with a directory of thousands of environments.
	maxCandidates = 400
)

//go:embed ask.py
var question string

// A Finder finds Pythons. It remembers what each has answered for as long as its file stays the same. Its methods may
// be called concurrently. The zero Finder is ready.
type Finder struct {
	// Group, if it isn't nil, prepares a command before it is started, as the owner of a process must that wants no
	// child to survive it.
	Group func(cmd *exec.Cmd)

	mu    sync.Mutex // protects the field below
	known map[string]answer
}

// An answer is what a Python said of itself, or why it said nothing.
type answer struct {
	size     int64
	modified time.Time
	until    time.Time // of a shim; zero for what isn't one
	meaning  string    // what its answer depends on
	python   Python
	err      error
}

// Find returns the Pythons of the computer in the order of their versions, each once however many names it has; a
// virtual environment counts as one of its own. What can't be run is left out. When ctx ends, it returns those that
// have answered, with ctx's error.
func (f *Finder) Find(ctx context.Context, e *Env) ([]Python, error) {
	all := f.ask(ctx, unique(append(e.candidates(), f.launched(ctx, e)...)))
	slices.SortStableFunc(all, Compare)
	return all, ctx.Err()
}

// launched returns the Pythons that the launcher of Windows knows, nil elsewhere.
func (f *Finder) launched(ctx context.Context, e *Env) []candidate {
	if e.OS != "windows" || e.get(OnlyVariable) != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "py", "-0p")
	cmd.WaitDelay = time.Second
	out, _ := cmd.Output() // without a launcher there are none
	return launcherList(string(out))
}

// launcherList reads what "py -0p" prints: a line for each Python, such as ` -V:3.11 *        C:\Python311\python.exe`.
func launcherList(text string) []candidate {
	var all []candidate
	for line := range strings.Lines(text) {
		if i := strings.Index(line, `:\`); i > 0 && strings.HasPrefix(strings.TrimSpace(line), "-") {
			all = append(all, candidate{strings.TrimSpace(line[i-1:]), "py launcher"})
		}
	}
	return all
}

// ask asks candidates what they are and returns those that answer, in the order of the candidates, each Python once.
func (f *Finder) ask(ctx context.Context, list []candidate) []Python {
	answers := make([]*Python, len(list))
	var wg sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for i, c := range list {
		wg.Go(func() { // ends with the candidate's answer, or with ctx
			select {
			case places <- struct{}{}:
				defer func() { <-places }()
			case <-ctx.Done():
				return
			}
			if p, err := f.Ask(ctx, c.path); err == nil {
				p.Found = c.found
				answers[i] = &p
			}
		})
	}
	wg.Wait()
	var all []Python
	for _, p := range answers {
		if p != nil && !slices.ContainsFunc(all, func(q Python) bool { return same(*p, q) }) {
			all = append(all, *p)
		}
	}
	return all
}

// same reports whether two are the same interpreter with the same packages.
func same(p, q Python) bool { return p.real == q.real && p.Prefix == q.Prefix }

// unique leaves out candidates that are names of others. Links within an environment lead out of it, so these are
// compared by the environment too.
func unique(list []candidate) []candidate {
	seen := map[string]bool{}
	var all []candidate
	for _, c := range list {
		real, err := filepath.EvalSymlinks(c.path)
		if err != nil {
			continue // it leads nowhere
		}
		key := real
		if home := filepath.Dir(filepath.Dir(c.path)); venv(home) {
			key = home
		}
		if info, err := os.Stat(real); err != nil || !info.Mode().IsRegular() || seen[key] ||
			len(all) == maxCandidates {
			continue
		}
		seen[key] = true
		all = append(all, c)
	}
	return all
}

// venv reports whether a directory is a virtual environment.
func venv(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "pyvenv.cfg"))
	return err == nil
}

// Ask runs the file at path and returns what it says of itself. The error says in one sentence why it isn't a Python
// that can be run: it isn't there, may not be executed, is for another processor, takes too long, prints something
// else.
func (f *Finder) Ask(ctx context.Context, path string) (Python, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Python{}, fmt.Errorf("there is no file %s", path)
	}
	if info.IsDir() {
		return Python{}, fmt.Errorf("%s is a directory, not a Python", path)
	}
	f.mu.Lock()
	old, ok := f.known[path]
	f.mu.Unlock()
	now := answer{size: info.Size(), modified: info.ModTime()}
	if script(path) {
		now.until, now.meaning = time.Now().Add(shimTime), surroundings()
	}
	if ok && old.size == now.size && old.modified.Equal(now.modified) && old.meaning == now.meaning &&
		(old.until.IsZero() || time.Now().Before(old.until)) {
		return old.python, old.err
	}
	p, err := f.run(ctx, path)
	now.python, now.err = p, err
	if ctx.Err() == nil {
		f.mu.Lock()
		if f.known == nil {
			f.known = map[string]answer{}
		}
		f.known[path] = now
		f.mu.Unlock()
	}
	return p, err
}

// surroundings returns what the Python depends on that a shim stands for, as far as that can be seen: variables and the
// files that pyenv, asdf and mise read.
func surroundings() string {
	var b strings.Builder
	for _, name := range []string{"PATH", "PYENV_VERSION", "ASDF_PYTHON_VERSION", "MISE_PYTHON_VERSION"} {
		b.WriteString(os.Getenv(name) + "\n")
	}
	dir, _ := os.Getwd()
	home, _ := os.UserHomeDir()
	b.WriteString(dir + "\n")
	for _, file := range []string{filepath.Join(dir, ".python-version"), filepath.Join(dir, ".tool-versions"),
		filepath.Join(dir, "mise.toml"),
		filepath.Join(home, ".pyenv", "version"), filepath.Join(home, ".tool-versions")} {
		if info, err := os.Stat(file); err == nil {
			fmt.Fprintln(&b, file, info.Size(), info.ModTime())
		}
	}
	return b.String()
}

// script reports whether a file begins with #!.
func script(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	var head [2]byte
	_, _ = file.Read(head[:]) // a file of less than two bytes is none
	return head == [2]byte{'#', '!'}
}

// run runs the file at path with the question.
func (f *Finder) run(ctx context.Context, path string) (Python, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-c", question)
	cmd.WaitDelay = time.Second // a child of its own may hold the pipes
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if f.Group != nil {
		f.Group(cmd)
	}
	err := cmd.Run()
	_, said, isPython := strings.Cut(out.String(), "gilkernel\n")
	fields := strings.Split(said, "\n")
	switch {
	case ctx.Err() != nil && !isPython:
		return Python{}, fmt.Errorf("%s didn't say what it is within %v", path, askTime)
	case errors.Is(err, fs.ErrPermission):
		return Python{}, fmt.Errorf("%s may not be executed; chmod +x makes a program of it", path)
	case err != nil && !isPython && cmd.ProcessState == nil:
		return Python{}, fmt.Errorf("%s can't be run here: %v", path, rootCause(err))
	case err != nil && !isPython:
		why := lastLine(stderr.String())
		if why == "" {
			why = err.Error()
		}
		if strings.Contains(why, "sys.version_info") { // it says that it doesn't understand the question
			return Python{}, fmt.Errorf("%s is not a Python: it doesn't run a Python program", path)
		}
		return Python{}, fmt.Errorf("%s doesn't run: %s", path, why)
	case len(fields) < 8:
		return Python{}, fmt.Errorf("%s is not a Python: it doesn't run a Python program", path)
	}
	p := Python{
		Path:           path,
		Version:        fields[0],
		Implementation: fields[1],
		FreeThreaded:   fields[2] == "1",
		GIL:            fields[3] == "1",
		Prefix:         fields[5],
		Venv:           fields[5] != fields[6],
	}
	executable := fields[4]
	if executable != "" && shims(filepath.Dir(path)) {
		p.Path = executable // what the shim stands for now, without its cost
	}
	if p.real, err = filepath.EvalSymlinks(p.Path); err != nil {
		p.real = p.Path
	}
	return p, nil
}

// rootCause returns the innermost error, without the path that the sentence has already.
func rootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
