package dist

// This file defines the archive: the program with its texts. The lessons are in the program.

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
)

// archive returns the name and the content of a target's tar.gz.
func (r *Release) archive(t Target, program []byte) (string, []byte, error) {
	folder := fmt.Sprintf("gilkernel-%s-%s-%s", r.Version, t.OS, t.Arch)
	files, err := r.texts(folder+"/", "LICENSE", "README.md", "CHANGELOG.md")
	if err != nil {
		return "", nil, err
	}
	files = append([]file{{folder + "/gilkernel", 0o755, program}}, files...)
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return "", nil, err
	}
	w := tar.NewWriter(z)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: int64(f.mode), Size: int64(len(f.data)), ModTime: epoch(),
			Format: tar.FormatUSTAR}
		if err := w.WriteHeader(h); err != nil {
			return "", nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return "", nil, err
		}
	}
	if err := w.Close(); err != nil {
		return "", nil, err
	}
	if err := z.Close(); err != nil {
		return "", nil, err
	}
	return folder + ".tar.gz", b.Bytes(), nil
}
