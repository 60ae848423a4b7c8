package magic

// This file defines the magics of the working directory, and how file names are read.

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// absolute returns the path that a user means by name: ~ is their home, and what isn't absolute is below the working
// directory of the cells, which isn't that of the kernel process.
func (c call) absolute(name string) string {
	name = unquote(name)
	if name == "~" || strings.HasPrefix(name, "~/") || strings.HasPrefix(name, "~"+string(filepath.Separator)) {
		if home := c.home(); home != "" {
			name = filepath.Join(home, name[1:])
		}
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(c.k.Getwd(), name)
	}
	return filepath.Clean(name)
}

// home returns the home directory, "" if there is none. A cell may have changed HOME.
func (c call) home() string {
	if home, ok := lookup(c.k.Environ(), "HOME"); ok && home != "" {
		return home
	}
	home, _ := os.UserHomeDir()
	return home
}

// cd changes the working directory.
func cd(_ context.Context, c call) error {
	args, quiet := option(c.Args, "-q")
	var dir string
	switch args {
	case "":
		if dir = c.home(); dir == "" {
			return usagef("%%cd: there is no home directory")
		}
	case "-":
		c.t.mu.Lock()
		dir = c.t.lastDir
		c.t.mu.Unlock()
		if dir == "" {
			return usagef("%%cd -: there was no directory before this one")
		}
	default:
		dir = c.absolute(args)
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return osError(err)
	case !info.IsDir():
		return &Error{Name: "OSError", Message: dir + " isn't a directory"}
	}
	from := c.k.Getwd()
	if err := c.k.Chdir(dir); err != nil {
		return osError(err)
	}
	c.t.mu.Lock()
	c.t.lastDir = from
	c.t.mu.Unlock()
	if !quiet {
		c.print(dir + "\n")
	}
	return nil
}

// pwd prints the working directory.
func pwd(_ context.Context, c call) error {
	if err := c.none(); err != nil {
		return err
	}
	c.print(c.k.Getwd() + "\n")
	return nil
}
