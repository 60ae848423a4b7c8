package module

// This file fetches from the servers and folders of GOPROXY, in order.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	xmodule "golang.org/x/mod/module"
)

// A proxy is an element of GOPROXY.
type proxy struct {
	url string // without a trailing slash; or "off", or "direct"
	any bool   // after any error the next one is asked, not only if it doesn't have the module
}

// proxies returns the proxies that may have a module, in order.
func (e *environment) proxies(path string) (list []proxy) {
	if path != "" && e.private(path) {
		return []proxy{{url: "direct"}}
	}
	rest := e.or("GOPROXY", "https://proxy.golang.org,direct")
	for rest != "" {
		i := strings.IndexAny(rest, ",|")
		p := proxy{url: rest}
		if i >= 0 {
			p.url, p.any, rest = rest[:i], rest[i] == '|', rest[i+1:]
		} else {
			rest = ""
		}
		if p.url = strings.TrimSuffix(strings.TrimSpace(p.url), "/"); p.url != "" {
			list = append(list, p)
		}
	}
	return list
}

// missing is the error for a file that a server doesn't have.
type missing struct{ text string }

// Error implements error.
func (m *missing) Error() string { return m.text }

// A failure is the error of a server that says neither that it has a file nor that it hasn't.
type failure struct{ err error }

// Error implements error.
func (f *failure) Error() string { return f.err.Error() }

// Unwrap returns the error.
func (f *failure) Unwrap() error { return f.err }

// fetch returns the file of a version with an extension: .info or .mod.
func (g *getting) fetch(ctx context.Context, path, version, ext string, limit int64) ([]byte, error) {
	var b bytes.Buffer
	err := g.fetchTo(ctx, &b, path, version, ext, limit)
	return b.Bytes(), err
}

// fetchTo writes a file of a version to w, which must be empty.
func (g *getting) fetchTo(ctx context.Context, w io.Writer, path, version, ext string, limit int64) error {
	escaped, err := xmodule.EscapeVersion(version)
	if err != nil {
		return fmt.Errorf("%s@%s: %q isn't a version", path, version, version)
	}
	return g.each(path, func(base string) error {
		return g.copy(ctx, w, base+"/@v/"+escaped+ext, limit)
	})
}

// each calls f with the base URL of a module at each proxy, until f succeeds or the next proxy must not be asked. It
// returns nil or the first error.
func (g *getting) each(path string, f func(base string) error) error {
	escaped, err := xmodule.EscapePath(path)
	if err != nil {
		return fmt.Errorf("%s isn't the path of a module", path)
	}
	var first error
	for _, p := range g.w.env.proxies(path) {
		switch p.url {
		case "off":
			err = fmt.Errorf("%s isn't in the module cache, and GOPROXY=off forbids fetching it", path)
		case "direct":
			err = fmt.Errorf("%s: no server of GOPROXY has it, and only the go command can fetch it from where it is "+
				"developed", path)
		default:
			if err = f(p.url + "/" + escaped); err != nil && !errors.As(err, new(*missing)) {
				err = &failure{err}
			}
		}
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
		var none *missing
		if !p.any && !errors.As(err, &none) {
			break
		}
	}
	if first == nil {
		first = errors.New("GOPROXY names no server")
	}
	return first
}

// read returns the text at a URL.
func (g *getting) read(ctx context.Context, url string, limit int64) ([]byte, error) {
	var b bytes.Buffer
	err := g.copy(ctx, &b, url, limit)
	return b.Bytes(), err
}

// copy writes the text at a URL to w: at most limit bytes.
func (g *getting) copy(ctx context.Context, w io.Writer, from string, limit int64) error {
	if strings.HasPrefix(from, "file://") {
		u, err := url.Parse(from)
		if err != nil {
			return fmt.Errorf("GOPROXY: %w", err)
		}
		f, err := os.Open(filepath.FromSlash(u.Path))
		if errors.Is(err, fs.ErrNotExist) {
			return &missing{"there is no file " + u.Path}
		}
		if err != nil {
			return err
		}
		defer f.Close()
		return bounded(w, f, from, limit)
	}
	if !strings.HasPrefix(from, "https://") && !strings.HasPrefix(from, "http://") {
		return fmt.Errorf("GOPROXY: %s isn't a URL of https, http or file", from)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return fmt.Errorf("GOPROXY: %w", err)
	}
	resp, err := g.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return fmt.Errorf("%s can't be reached: %w", req.URL.Host, err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return bounded(w, resp.Body, from, limit)
	case http.StatusNotFound, http.StatusGone:
		return &missing{fmt.Sprintf("%s has no %s", req.URL.Host, strings.TrimPrefix(req.URL.Path, "/"))}
	}
	return fmt.Errorf("%s returned %s", from, resp.Status)
}

func bounded(w io.Writer, r io.Reader, from string, limit int64) error {
	n, err := io.Copy(w, io.LimitReader(r, limit+1))
	switch p := new(fs.PathError); {
	case errors.As(err, &p) && p.Op == "write":
		return unwritable(err)
	case err != nil:
		return fmt.Errorf("%s can't be read to its end: %w", from, err)
	case n > limit:
		return fmt.Errorf("%s has more than %d MiB", from, limit>>20)
	}
	return nil
}
