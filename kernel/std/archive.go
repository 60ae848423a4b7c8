package std

// This file defines how the embedded archives are read: zip files, because every tool can look into
// them.

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
)

// member is an open file of an archive. Its size is known, so that a reader can allocate once.
type member struct {
	io.LimitedReader
	io.Closer
}

// open opens the file called name of an archive. The archive's table of contents is read each time,
// which takes 60 µs: keeping it would cost 70 kB for as long as the session lasts.
func open(archive, name string) (*member, error) {
	z, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("opening the embedded archive: %w", err)
	}
	for _, f := range z.File {
		if f.Name != name {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("opening %s in the embedded archive: %w", name, err)
		}
		return &member{io.LimitedReader{R: r, N: int64(f.UncompressedSize64)}, r}, nil
	}
	return nil, fmt.Errorf("opening %s in the embedded archive: no such file", name)
}
