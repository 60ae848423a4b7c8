package main

// This file defines the session's data on types: the export data of each package, and the
// index of all exported names.

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"go/types"
	"io"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// writeExports adds the export data and the index to files. Each package is written again in the
// indexed form, which contains what the package's types refer to in other packages, needs nothing
// else to be read, and has no function bodies; positions are left out, and so is what no cell can mention, see public.
func writeExports(u *universe, files map[string][]byte) error {
	z := newArchive()
	var index bytes.Buffer
	fmt.Fprintf(&index, "# %s; written by gilkernel/kernel/std/gen\n", u.goVersion)
	for i, exported := range newPublic().copy(u.packages) {
		p := u.packages[i]
		constraint := strings.ReplaceAll(constraints[p.Path], " ", "")
		fmt.Fprintf(&index, "%s %s %s", p.Path, p.Name, constraint)
		if p.Path == "unsafe" {
			index.WriteString(" Add Alignof Offsetof Pointer Sizeof Slice SliceData String StringData\n")
			continue
		}
		for _, name := range p.types.Scope().Names() {
			if types.Object.Exported(p.types.Scope().Lookup(name)) {
				index.WriteString(" " + name)
			}
		}
		index.WriteByte('\n')
		if names := portable[p.Path]; names != nil {
			fmt.Fprintf(&index, "%s %s !(%s) %s\n", p.Path, p.Name, constraint, strings.Join(names, " "))
		}
		var data bytes.Buffer
		if err := gcexportdata.Write(&data, nil, exported); err != nil {
			return fmt.Errorf("writing %s: %w", p.Path, err)
		}
		if err := z.add(p.Path, data.Bytes()); err != nil {
			return err
		}
	}
	var err error
	files[stdDir+"/index.txt"] = index.Bytes()
	files[stdDir+"/export.zip"], err = z.close()
	return err
}

// archive is a zip file in the making. It has no times, so that the same contents give the same
// bytes.
type archive struct {
	buf bytes.Buffer
	zip *zip.Writer
}

func newArchive() *archive {
	a := &archive{}
	a.zip = zip.NewWriter(&a.buf)
	a.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	return a
}

func (a *archive) add(name string, data []byte) error {
	w, err := a.zip.Create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func (a *archive) close() ([]byte, error) {
	if err := a.zip.Close(); err != nil {
		return nil, err
	}
	return a.buf.Bytes(), nil
}
