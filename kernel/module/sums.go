package module

// This file defines go.sum: the checksums that modules had when they were first used, and must have later.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	xmodule "golang.org/x/mod/module"
)

// sums holds the lines of a go.sum.
type sums struct {
	file  string // "": none
	lines map[sumKey][]string
	added bool
}

// sumKey names what a checksum is for: a version's files, or its go.mod.
type sumKey struct{ path, version string } // for a go.mod, the version ends in "/go.mod"

func newSums(file string) *sums { return &sums{file: file, lines: map[sumKey][]string{}} }

func (s *sums) read() error {
	text, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("go.sum can't be read: %w", err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		switch f := strings.Fields(line); len(f) {
		case 0:
		case 3:
			k := sumKey{f[0], f[1]}
			s.lines[k] = append(s.lines[k], f[2])
		default:
			return fmt.Errorf("line %d of go.sum has %d words, not 3", n, len(f))
		}
	}
	return nil
}

// compare reports whether go.sum has a checksum, and returns an error if it has a different one.
func (s *sums) compare(v xmodule.Version, what, sum string) (known bool, err error) {
	list := s.lines[sumKey{v.Path, v.Version + what}]
	if slices.Contains(list, sum) {
		return true, nil
	}
	for _, other := range list {
		if strings.HasPrefix(other, "h1:") {
			return true, fmt.Errorf("the checksum of %s%s is %s, but go.sum has %s: it has changed since, and isn't "+
				"used", v, what, sum, other)
		}
	}
	return false, nil
}

// check compares a file of the cache with go.sum, which must have a checksum for it.
func (s *sums) check(e *environment, v xmodule.Version, what string, hash func() (string, error)) error {
	if e.unchecked() {
		return nil
	}
	sum, err := hash()
	if err != nil {
		return err
	}
	known, err := s.compare(v, what, sum)
	if err == nil && !known {
		return fmt.Errorf("go.sum has no checksum for %s%s: %%get %s adds it", v, what, v)
	}
	return err
}

// add records a checksum.
func (s *sums) add(v xmodule.Version, what, sum string) {
	k := sumKey{v.Path, v.Version + what}
	if !slices.Contains(s.lines[k], sum) {
		s.lines[k], s.added = append(s.lines[k], sum), true
	}
}

// text returns the text of the file, sorted.
func (s *sums) text() []byte {
	keys := make([]sumKey, 0, len(s.lines))
	for k := range s.lines {
		keys = append(keys, k)
	}
	version := func(k sumKey) xmodule.Version { return xmodule.Version{Path: k.path, Version: k.version} }
	list := make([]xmodule.Version, len(keys))
	for i, k := range keys {
		list[i] = version(k)
	}
	xmodule.Sort(list)
	var b bytes.Buffer
	for _, v := range list {
		for _, sum := range s.lines[sumKey{v.Path, v.Version}] {
			fmt.Fprintf(&b, "%s %s %s\n", v.Path, v.Version, sum)
		}
	}
	return b.Bytes()
}

// verify compares a file, fetched or from the cache, with go.sum. If go.sum has no checksum for it, verify compares it
// with the checksum database and records its checksum in go.sum.
func (g *getting) verify(ctx context.Context, v xmodule.Version, what string, hash func() (string, error)) error {
	sum, err := hash()
	if err != nil {
		return err
	}
	if !g.w.env.unchecked() {
		known, err := g.w.sums.compare(v, what, sum)
		if err != nil || known {
			return err
		}
		if err := g.ask(ctx, v, what, sum); err != nil {
			return err
		}
	}
	g.w.sums.add(v, what, sum)
	return nil
}

func opener(text []byte) func(string) (io.ReadCloser, error) {
	return func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
}
