package module

// This file finds the version that a query means.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	xmodule "golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// info is a server's description of a version.
type info struct{ Version string }

// A query is what stands behind the @ of a path, if it means one of the versions that a server lists.
type query struct {
	matches func(v string) bool
	lowest  bool // not the highest of them
}

// parseQuery returns what a text means; false if it is the name of one version. Its error is one sentence. See
// https://go.dev/ref/mod#version-queries.
func (g *getting) parseQuery(path, text string) (q query, ok bool, err error) {
	for _, op := range []string{"<=", "<", ">=", ">"} { // the longer ones first
		limit, ok := strings.CutPrefix(text, op)
		if !ok {
			continue
		}
		if !semver.IsValid(limit) {
			return q, true, fmt.Errorf("%q isn't a version that %s can be compared with", limit, path)
		}
		if whole := semver.Canonical(limit) == strings.TrimSuffix(limit, semver.Build(limit)); !whole &&
			(op == "<=" || op == ">") {
			return q, true, fmt.Errorf("%s%s may or may not mean versions of %s: write all three numbers", op, limit,
				path)
		}
		q.lowest = op[0] == '>'
		q.matches = func(v string) bool {
			c := semver.Compare(v, limit)
			return c == 0 && len(op) == 2 || c < 0 && op[0] == '<' || c > 0 && op[0] == '>'
		}
		return q, true, nil
	}
	q.matches = func(string) bool { return true }
	switch text {
	case "", "latest", "upgrade":
		return q, true, nil
	case "none":
		return q, true, fmt.Errorf("%%get removes no module: delete the line of %s in go.mod", path)
	case "patch":
		if now := g.now(path); now != "" {
			q.matches = func(v string) bool { return semver.MajorMinor(v) == semver.MajorMinor(now) }
		}
		return q, true, nil
	}
	if !semver.IsValid(text) || semver.Canonical(text) == strings.TrimSuffix(text, "+incompatible") {
		return q, false, nil
	}
	q.matches = func(v string) bool { return v == text || strings.HasPrefix(v, text+".") }
	return q, true, nil
}

// now returns the version of a module that go.mod requires; "" if it requires none.
func (g *getting) now(path string) string {
	for _, r := range g.w.file.Require {
		if r.Mod.Path == path {
			return r.Mod.Version
		}
	}
	return ""
}

// resolve returns the version of a module that a query means: "latest", "v1", "v1.2", "v1.2.3", "<v1.5.0", or a commit.
func (g *getting) resolve(ctx context.Context, path, text string) (string, error) {
	if v := xmodule.CanonicalVersion(text); v == text && v != "" {
		// No server need be asked for an exact version whose go.mod is in the cache.
		if file, err := g.w.env.versionFile(xmodule.Version{Path: path, Version: v}, ".mod"); err == nil && exists(file) {
			return v, nil
		}
	}
	q, ok, err := g.parseQuery(path, text)
	if err != nil {
		return "", err
	}
	if !ok {
		return g.stat(ctx, path, text)
	}
	v, err := g.listed(ctx, path, text, q)
	if err != nil {
		return "", err
	}
	if now := g.now(path); text == "upgrade" && semver.Compare(now, v) > 0 {
		return now, nil
	}
	return v, nil
}

// listed returns the version among those that a server lists, or the one that it names as the latest.
func (g *getting) listed(ctx context.Context, path, text string, q query) (string, error) {
	var list []byte
	err := g.each(path, func(base string) (err error) {
		list, err = g.read(ctx, base+"/@v/list", maxMod)
		return err
	})
	if err != nil {
		return "", g.cachedHint(path, err)
	}
	var versions []string
	for line := range strings.Lines(string(list)) {
		if f := strings.Fields(line); len(f) > 0 && semver.IsValid(f[0]) && q.matches(f[0]) &&
			!g.w.excluded(xmodule.Version{Path: path, Version: f[0]}) {
			versions = append(versions, f[0])
		}
	}
	semver.Sort(versions)
	if v := g.best(ctx, path, versions, q.lowest); v != "" {
		return v, nil
	}
	if text != "latest" && text != "upgrade" && text != "" {
		return "", &missing{fmt.Sprintf("%s has no version %s", path, text)}
	}
	if len(strings.TrimSpace(string(list))) > 0 {
		return "", &missing{fmt.Sprintf("go.mod excludes all versions of %s", path)}
	}
	var latest []byte
	err = g.each(path, func(base string) (err error) {
		latest, err = g.read(ctx, base+"/@latest", maxMod)
		return err
	})
	var i info
	if err == nil {
		err = json.Unmarshal(latest, &i)
	}
	if err != nil || i.Version == "" {
		return "", &missing{fmt.Sprintf("%s has no version", path)}
	}
	return i.Version, nil
}

// best returns the highest release, or the lowest, that isn't retracted, otherwise such a version; "" if there is none.
// versions are sorted.
func (g *getting) best(ctx context.Context, path string, versions []string, lowest bool) string {
	versions = g.compatible(ctx, path, versions)
	if len(versions) == 0 {
		return ""
	}
	releases := slices.DeleteFunc(slices.Clone(versions), func(v string) bool { return semver.Prerelease(v) != "" })
	newest := versions[len(versions)-1]
	if len(releases) > 0 {
		newest = releases[len(releases)-1]
	}
	retracted := g.retracted(ctx, path, newest)
	for _, list := range [][]string{releases, versions} {
		list = slices.DeleteFunc(slices.Clone(list), retracted)
		switch {
		case len(list) > 0 && lowest:
			return list[0]
		case len(list) > 0:
			return list[len(list)-1]
		}
	}
	return newest
}

// retracted returns what reports whether a version is retracted by the go.mod of the newest one.
func (g *getting) retracted(ctx context.Context, path, newest string) func(v string) bool {
	var list []*modfile.Retract
	if text, err := g.fetchedMod(ctx, xmodule.Version{Path: path, Version: newest}); err == nil {
		if f, err := modfile.ParseLax("go.mod", text, nil); err == nil {
			list = f.Retract
		}
	}
	return func(v string) bool {
		return slices.ContainsFunc(list, func(r *modfile.Retract) bool {
			return semver.Compare(r.Low, v) <= 0 && semver.Compare(v, r.High) <= 0
		})
	}
}

// compatible returns versions without those from before modules, v2.0.0+incompatible and higher, if the highest of the
// others has a go.mod: its author keeps to the rule that such a version has another path.
func (g *getting) compatible(ctx context.Context, path string, versions []string) []string {
	rest := slices.DeleteFunc(slices.Clone(versions), func(v string) bool { return semver.Build(v) != "" })
	if len(rest) == len(versions) || len(rest) == 0 {
		return versions
	}
	text, err := g.fetchedMod(ctx, xmodule.Version{Path: path, Version: rest[len(rest)-1]})
	if err == nil && string(text) == "module "+modfile.AutoQuote(path)+"\n" { // a server makes it so if there is none
		return versions
	}
	return rest
}

// stat returns the version that a server has under a name: an exact version, a tag, a branch or a commit.
func (g *getting) stat(ctx context.Context, path, name string) (string, error) {
	text, err := g.fetch(ctx, path, name, ".info", maxMod)
	var none *missing
	if errors.As(err, &none) && semver.IsValid(name) {
		return "", &missing{fmt.Sprintf("%s has no version %s", path, name)}
	}
	if err != nil {
		return "", g.cachedHint(path, err)
	}
	var i info
	if err := json.Unmarshal(text, &i); err != nil || xmodule.Check(path, i.Version) != nil {
		return "", fmt.Errorf("the server's answer about %s@%s isn't valid", path, name)
	}
	return i.Version, nil
}

// cachedHint adds the newest version in the cache to an error.
func (g *getting) cachedHint(path string, err error) error {
	file, fileErr := g.w.env.download(path, "list")
	if fileErr != nil {
		return err
	}
	entries, dirErr := os.ReadDir(filepath.Dir(file))
	if dirErr != nil {
		return err
	}
	newest := ""
	for _, e := range entries {
		v, ok := strings.CutSuffix(e.Name(), ".ziphash")
		if ok && semver.IsValid(v) && (newest == "" || semver.Compare(v, newest) > 0) {
			newest = v
		}
	}
	if newest == "" {
		return err
	}
	return fmt.Errorf("%w (the module cache has %s: %%get %s@%s)", err, newest, path, newest)
}
