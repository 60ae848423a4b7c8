package magic

// This file defines the magics that run other programs.

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// shell runs a "!command" line.
func shell(ctx context.Context, c call) error {
	if c.Args == "" {
		return usagef("!: a command is needed")
	}
	argv := []string{"cmd", "/c", c.Args}
	if runtime.GOOS != "windows" {
		sh, err := c.find("bash", "sh")
		if err != nil {
			return err
		}
		argv = []string{sh, "-c", c.Args}
	}
	exit, err := c.k.RunCommand(ctx, argv, "")
	if err != nil {
		return err
	}
	if exit != 0 {
		c.k.Stream("stderr", fmt.Sprintf("exit status %d\n", exit))
	}
	return nil
}

// script returns the handler that passes the body of a cell to the first of programs that exists; its arguments are the
// program's. Without programs the first argument is the program.
func script(programs ...string) handler {
	return func(ctx context.Context, c call) error {
		args, err := fields(c.Args)
		if err != nil {
			return err
		}
		tolerant := false
		if i := slices.Index(args, "--no-raise-error"); i >= 0 { // IPython's option
			tolerant = true
			args = slices.Delete(args, i, i+1)
		}
		candidates := programs
		if len(candidates) == 0 {
			if len(args) == 0 {
				return c.usage("a program is needed")
			}
			candidates, args = args[:1], args[1:]
		}
		program, err := c.find(candidates...)
		if err != nil {
			return err
		}
		exit, err := c.k.RunCommand(ctx, append([]string{program}, args...), c.Body)
		if err != nil {
			return err
		}
		if exit != 0 && !tolerant {
			return &Error{Name: "CalledProcessError",
				Message: fmt.Sprintf("%s ended with exit status %d", filepath.Base(program), exit)}
		}
		return nil
	}
}

// find returns the path of the first program that exists on the PATH of the cells, which a cell may have changed.
func (c call) find(programs ...string) (string, error) {
	for _, p := range programs {
		if runtime.GOOS == "windows" { // PATHEXT, App Paths…: leave it to the library
			if found, err := exec.LookPath(p); err == nil {
				return found, nil
			}
			continue
		}
		if strings.ContainsRune(p, filepath.Separator) {
			if p = c.absolute(p); executable(p) {
				return p, nil
			}
			continue
		}
		for _, dir := range c.path() {
			if found := filepath.Join(dir, p); executable(found) {
				return found, nil
			}
		}
	}
	return "",
		&Error{Name: "OSError", Message: "there is no " + strings.Join(programs, " or ") + " on this machine's PATH"}
}

// path returns the folders on the PATH of the cells.
func (c call) path() []string {
	list, _ := lookup(c.k.Environ(), "PATH")
	dirs := filepath.SplitList(list)
	for i, dir := range dirs {
		if !filepath.IsAbs(dir) {
			dirs[i] = filepath.Join(c.k.Getwd(), dir)
		}
	}
	return dirs
}

// executable reports whether a file can be run.
func executable(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// show returns the handler that displays the body of a cell as a MIME type.
func show(media string) handler {
	return func(_ context.Context, c call) error {
		if err := c.none(); err != nil {
			return err
		}
		// The body is stored once: a front end that can't show the type says what it is.
		c.k.Display(map[string]any{media: c.Body, "text/plain": "(" + mediaName(media) + ")"})
		return nil
	}
}

// mediaName is the usual name of a type that a cell magic shows.
func mediaName(media string) string {
	switch media {
	case "text/html":
		return "HTML"
	case "text/markdown":
		return "Markdown"
	case "text/latex":
		return "LaTeX"
	case "image/svg+xml":
		return "a drawing"
	case "application/javascript":
		return "JavaScript"
	}
	return media
}
