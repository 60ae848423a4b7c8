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

// resolve returns the version of a module that a query means: "latest", "v1", "v1.2", "v1.2.3", or a commit.
func (g *getting) resolve(ctx context.Context, path, query string) (string, error) {
	if v := xmodule.CanonicalVersion(query); v == query && v != "" {
		// No server need be asked for an exact version whose go.mod is in the cache.
		if file, err := g.w.env.versionFile(xmodule.Version{Path: path, Version: v}, ".mod"); err == nil && exists(file) {
			return v, nil
		}
	}
	latest := query == "latest" || query == "upgrade" || query == ""
	if !latest && (!semver.IsValid(query) || semver.Canonical(query) == strings.TrimSuffix(query, "+incompatible")) {
		return g.stat(ctx, path, query)
	}
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
		if f := strings.Fields(line); len(f) > 0 && semver.IsValid(f[0]) {
			versions = append(versions, f[0])
		}
	}
	if !latest {
		versions = slices.DeleteFunc(versions, func(v string) bool {
			return v != query && !strings.HasPrefix(v, query+".")
		})
	}
	semver.Sort(versions)
	if v := g.best(ctx, path, versions); v != "" {
		return v, nil
	}
	if !latest {
		return "", &missing{fmt.Sprintf("%s has no version %s", path, query)}
	}
	var text []byte
	err = g.each(path, func(base string) (err error) {
		text, err = g.read(ctx, base+"/@latest", maxMod)
		return err
	})
	var i info
	if err == nil {
		err = json.Unmarshal(text, &i)
	}
	if err != nil || i.Version == "" {
		return "", &missing{fmt.Sprintf("%s has no version", path)}
	}
	return i.Version, nil
}

// best returns the highest release that isn't retracted, otherwise the highest version; "" if there is none.
func (g *getting) best(ctx context.Context, path string, versions []string) string {
	if len(versions) == 0 {
		return ""
	}
	compatible := slices.DeleteFunc(slices.Clone(versions), func(v string) bool {
		return semver.Build(v) != "" || semver.Prerelease(v) != ""
	})
	releases := slices.DeleteFunc(slices.Clone(versions), func(v string) bool { return semver.Prerelease(v) != "" })
	retracted := func(string) bool { return false }
	newest := versions[len(versions)-1]
	if len(compatible) > 0 {
		newest = compatible[len(compatible)-1]
	}
	if text, err := g.fetchedMod(ctx, xmodule.Version{Path: path, Version: newest}); err == nil {
		if f, err := modfile.ParseLax("go.mod", text, nil); err == nil {
			retracted = func(v string) bool {
				return slices.ContainsFunc(f.Retract, func(r *modfile.Retract) bool {
					return semver.Compare(r.Low, v) <= 0 && semver.Compare(v, r.High) <= 0
				})
			}
		}
	}
	for _, list := range [][]string{compatible, releases, versions} {
		for _, v := range slices.Backward(list) {
			if !retracted(v) {
				return v
			}
		}
	}
	return newest
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
