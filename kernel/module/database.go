package module

// This file defines the checksum database: a version that is fetched for the first time must be the one that everyone
// gets.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	xmodule "golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
)

// publicKey verifies the public database, see cmd/go/internal/modfetch/key.go.
const publicKey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

// ask compares a checksum with that of the checksum database, if the environment names one for the module.
func (g *getting) ask(ctx context.Context, v xmodule.Version, what, sum string) error {
	db := g.w.env.database(v.Path)
	if db == "" {
		return nil
	}
	if g.db == nil {
		key, url, _ := strings.Cut(db, " ")
		name, _, hasKey := strings.Cut(key, "+")
		if !hasKey {
			if key = publicKey; name != "sum.golang.org" {
				return fmt.Errorf("GOSUMDB=%s: there is no key for this database", db)
			}
		}
		g.ops = &databaseOps{g: g, ctx: ctx, name: name, key: key, url: url}
		g.db = sumdb.NewClient(g.ops)
	}
	g.ops.ctx = ctx
	lines, err := g.db.Lookup(v.Path, v.Version+what)
	if err != nil {
		if g.ops.fault != "" {
			err = errors.New(g.ops.fault)
		}
		return fmt.Errorf("the checksum of %s%s can't be verified (GOSUMDB): %s", v, what, oneLine(err))
	}
	want := fmt.Sprintf("%s %s %s", v.Path, v.Version+what, sum)
	if !slices.Contains(lines, want) {
		return fmt.Errorf("the checksum of %s%s is %s, but the checksum database has another: it isn't used", v, what,
			sum)
	}
	return nil
}

// databaseOps implements the client's operations; it keeps the client's files where the go command does.
type databaseOps struct {
	g         *getting
	ctx       context.Context
	name, key string
	url       string // "": not chosen yet: a proxy that passes requests on, or https://name
	fault     string // why the client doesn't trust the database; "": it does
}

var _ sumdb.ClientOps = (*databaseOps)(nil)

// ReadRemote implements sumdb.ClientOps.
func (o *databaseOps) ReadRemote(path string) ([]byte, error) {
	if o.url == "" {
		o.url = "https://" + o.name
		for _, p := range o.g.w.env.proxies("") {
			if p.url == "off" || p.url == "direct" {
				break
			}
			if _, err := o.g.read(o.ctx, p.url+"/sumdb/"+o.name+"/supported", maxMod); err == nil {
				o.url = p.url + "/sumdb/" + o.name
				break
			}
		}
	}
	return o.g.read(o.ctx, o.url+path, maxMod)
}

func (o *databaseOps) config(file string) string {
	return filepath.Join(o.g.w.env.gopath(), "pkg", "sumdb", filepath.FromSlash(file))
}

// ReadConfig implements sumdb.ClientOps.
func (o *databaseOps) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(o.key), nil
	}
	text, err := os.ReadFile(o.config(file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// WriteConfig implements sumdb.ClientOps.
func (o *databaseOps) WriteConfig(file string, old, text []byte) error {
	now, err := o.ReadConfig(file)
	if err != nil {
		return err
	}
	if string(now) != string(old) {
		return sumdb.ErrWriteConflict
	}
	return write(o.config(file), text)
}

func (o *databaseOps) cached(file string) string {
	return filepath.Join(o.g.w.env.cache(), "cache", "download", "sumdb", filepath.FromSlash(file))
}

// ReadCache implements sumdb.ClientOps.
func (o *databaseOps) ReadCache(file string) ([]byte, error) { return os.ReadFile(o.cached(file)) }

// WriteCache implements sumdb.ClientOps.
func (o *databaseOps) WriteCache(file string, data []byte) { _ = write(o.cached(file), data) } // else it asks again

// Log implements sumdb.ClientOps.
func (o *databaseOps) Log(string) {}

// SecurityError implements sumdb.ClientOps.
func (o *databaseOps) SecurityError(msg string) {
	o.fault = "the database contradicts itself: " + oneLine(errors.New(msg))
}
