package stdlib

// This file defines the embedded archives: zip files, because every tool can look into them.

import (
	"archive/zip"
	"fmt"
	"io"
	"slices"
	"strings"
)

// archive is the table of contents of an embedded zip file, whose files are sorted by name.
type archive struct{ files []*zip.File }

func openArchive(data string) (*archive, error) {
	z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("opening the embedded archive: %w", err)
	}
	return &archive{z.File}, nil
}

// member is an open file of an archive. That its size is known lets who reads it allocate once.
type member struct {
	io.LimitedReader
	io.Closer
}

// open returns the file called name.
func (a *archive) open(name string) (*member, error) {
	i, ok := slices.BinarySearchFunc(a.files, name, func(f *zip.File, name string) int { return strings.Compare(f.Name, name) })
	if !ok {
		return nil, fmt.Errorf("opening the embedded archive: no file %s", name)
	}
	r, err := a.files[i].Open()
	if err != nil {
		return nil, fmt.Errorf("opening the embedded archive: %s: %w", name, err)
	}
	return &member{io.LimitedReader{R: r, N: int64(a.files[i].UncompressedSize64)}, r}, nil
}
