package magic

// This file defines the magics that read and write files.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// maxLoad is the size in bytes of the largest file that %load puts into a cell: a page with more isn't usable.
const maxLoad = 1 << 20

// load puts a file's text into the cell.
func load(_ context.Context, c call) error {
	lines, rest, _ := value(c.Args, "-r")
	if rest == "" {
		return c.usage("a file is needed")
	}
	if strings.Contains(rest, "://") {
		return usagef("%%load reads files, not addresses; download it first, for example with !curl -O %s", rest)
	}
	name := c.absolute(rest)
	if strings.EqualFold(filepath.Ext(name), ".ipynb") {
		return usagef("%s is a notebook, not code for a cell; open it in JupyterLab", rest)
	}
	text, err := readText(name)
	if os.IsNotExist(err) && filepath.Ext(name) == "" {
		if t, e := readText(name + ".go"); e == nil {
			text, err = t, nil
		}
	}
	if err != nil {
		return osError(err)
	}
	if lines != "" {
		from, to, err := numberRange(lines)
		if err != nil {
			return c.usage(err.Error())
		}
		var b strings.Builder
		n := 0
		for line := range strings.Lines(text) {
			if n++; from <= n && n <= to {
				b.WriteString(line)
			}
		}
		text = b.String()
	}
	c.k.SetNextInput("// %load "+c.Args+"\n"+strings.TrimRight(text, "\n"), true)
	return nil
}

// readText reads a file that a cell can hold.
func readText(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s isn't a regular file", name)
	case info.Size() > maxLoad:
		return "", fmt.Errorf("%s has %d bytes; a cell takes at most %d", name, info.Size(), maxLoad)
	}
	b, err := os.ReadFile(name)
	switch {
	case err != nil:
		return "", err
	case !utf8.Valid(b):
		return "", fmt.Errorf("%s isn't text in UTF-8", name)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n"), nil
}

// writefile writes the body to a file.
func writefile(_ context.Context, c call) error {
	rest, add := option(c.Args, "-a", "--append")
	if rest == "" {
		return c.usage("a file is needed")
	}
	name := c.absolute(rest)
	word, flags := "Writing", os.O_CREATE|os.O_TRUNC
	if _, err := os.Stat(name); err == nil {
		word = "Overwriting"
		if add {
			word = "Appending to"
		}
	}
	if add {
		flags = os.O_CREATE | os.O_APPEND
	}
	f, err := os.OpenFile(name, os.O_WRONLY|flags, 0o666)
	if err != nil {
		return osError(err)
	}
	_, err = f.WriteString(c.Body)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return osError(err)
	}
	c.print(word + " " + unquote(rest) + "\n")
	return nil
}
