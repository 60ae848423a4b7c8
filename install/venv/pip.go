package venv

// This file defines the run of pip, with its progress.

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// install makes pip install the requirements into the empty environment.
func (m *maker) install(ctx context.Context, pip []string) error {
	return m.require(ctx, append(pip, "install"), m.env.Folder)
}

// require adds the requirements to a call of pip. Where the constraints can't be met (a Python that one of the exact
// versions does not know) pip is asked again without them: the versions in the requirements themselves still hold. The
// files that pip reads are written to folder.
func (m *maker) require(ctx context.Context, pip []string, folder string) error {
	requirements := filepath.Join(folder, "requirements.txt")
	constraints := filepath.Join(folder, "constraints.txt")
	if err := os.WriteFile(requirements, []byte(m.o.Requirements), 0o644); err != nil {
		return fmt.Errorf("writing the requirements: %w", err)
	}
	if err := os.WriteFile(constraints, []byte(m.o.Constraints), 0o644); err != nil {
		return fmt.Errorf("writing the constraints: %w", err)
	}
	argv := append(pip, "--no-input", "--progress-bar", "off", "-r", requirements)
	if m.o.Wheels != "" {
		argv = append(argv, "--find-links", m.o.Wheels) // the variable for this can't have a space in it
	}
	err := m.pip(ctx, append(argv[:len(argv):len(argv)], "-c", constraints))
	if errors.Is(err, errNoSuchVersion) {
		m.say(Progress{Phase: "looking for versions that fit this Python"})
		err = m.pip(ctx, argv)
	}
	return err
}

// errNoSuchVersion is pip's complaint that the requested versions are not available for this Python.
var errNoSuchVersion = errors.New("no fitting version")

func (m *maker) pip(ctx context.Context, argv []string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(m.environ(), "PYTHONUNBUFFERED=1")
	// An interrupted pip tidies up behind itself; a killed one does not.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("starting pip: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting pip: %w", err)
	}
	m.follow(out)
	err = cmd.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		return nil
	}
	text := complaints.String()
	for _, sign := range []string{"No matching distribution", "ResolutionImpossible", "Requires-Python",
		"requires a different Python"} {
		if strings.Contains(text, sign) {
			return fmt.Errorf("running pip: %w: %s", errNoSuchVersion, complaint(text, err))
		}
	}
	return fmt.Errorf("running pip: %s", complaint(text, err))
}

// complaint is the most helpful line of pip's error output: the first that is marked as an error.
func complaint(text string, err error) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "ERROR: "); ok {
			return rest
		}
	}
	return lastLine(text, err)
}

// follow reads pip's output to its end and converts it to progress. pip names each package while it collects, then says
// nothing until all are installed; so that time is filled by counting what appears on disk.
func (m *maker) follow(out io.Reader) {
	lines := make(chan string)
	go func() { // ends at the end of pip's output; its owner is follow, which reads until lines is closed
		defer close(lines)
		sc := bufio.NewScanner(out)
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			lines <- sc.Text()
		}
		io.Copy(io.Discard, out) // a line beyond the buffer must not leave pip writing into a full pipe
	}()
	total := expected(m.o.Constraints)
	seen := map[string]bool{}
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	installing := 0
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return
			}
			line = strings.TrimSpace(line)
			if rest, ok := strings.CutPrefix(line, "Collecting "); ok {
				name := packageName(rest)
				if !seen[name] {
					seen[name] = true
					m.say(Progress{Phase: "collecting", Name: name, Done: len(seen), Total: max(total, len(seen))})
				}
			} else if rest, ok := strings.CutPrefix(line, "Installing collected packages: "); ok {
				installing = strings.Count(rest, ",") + 1
				m.say(Progress{Phase: "installing", Total: installing})
			}
		case <-tick.C:
			if installing > 0 {
				m.say(Progress{Phase: "installing", Done: min(m.installed(), installing), Total: installing})
			}
		}
	}
}

// installed counts the packages that are in the environment.
func (m *maker) installed() int {
	n := 0
	for _, pattern := range []string{"lib/python*/site-packages/*.dist-info", "Lib/site-packages/*.dist-info"} {
		found, _ := filepath.Glob(filepath.Join(m.env.Folder, filepath.FromSlash(pattern)))
		n = max(n, len(found))
	}
	return n
}

// packageName is the name in lines such as "jupyterlab==4.6.6 (from -r …)".
func packageName(s string) string {
	if i := strings.IndexAny(s, "=<>!~;[( "); i > 0 {
		return s[:i]
	}
	return s
}

// expected is how many packages a constraints file names.
func expected(constraints string) int {
	n := 0
	for line := range strings.Lines(constraints) {
		if strings.Contains(line, "==") && !strings.HasPrefix(line, "#") {
			n++
		}
	}
	return n
}
