package module

// This file defines go.sum: the checksums of what was used, which what comes later must have.

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

// sums are the lines of a go.sum.
type sums struct {
	file  string // "" for none
	lines map[sumKey][]string
	added bool
}

// sumKey is what a checksum is of: a version's files, or its go.mod.
type sumKey struct{ path, version string } // the version with "/go.mod" behind it

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

// compare reports whether a checksum is known, and what is wrong if another one is.
func (s *sums) compare(v xmodule.Version, what, sum string) (known bool, err error) {
	list := s.lines[sumKey{v.Path, v.Version + what}]
	if slices.Contains(list, sum) {
		return true, nil
	}
	for _, other := range list {
		if strings.HasPrefix(other, "h1:") {
			return true, fmt.Errorf("the checksum of %s%s is %s, where go.sum has %s: it isn't what it was, and isn't "+
				"used", v, what, sum, other)
		}
	}
	return false, nil
}

// check compares what the cache has with go.sum, which must know it.
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
		return fmt.Errorf("go.sum has no checksum of %s%s: %%get %s adds it", v, what, v)
	}
	return err
}

// add notes a checksum.
func (s *sums) add(v xmodule.Version, what, sum string) {
	k := sumKey{v.Path, v.Version + what}
	if !slices.Contains(s.lines[k], sum) {
		s.lines[k], s.added = append(s.lines[k], sum), true
	}
}

// text is the file's, in order.
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

// verify compares what came, or what is in the cache, with go.sum, or with the checksum database if go.sum doesn't know
// it, and notes it in go.sum.
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
