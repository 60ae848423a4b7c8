package dist

// This file defines the wheel, as Python's "Binary distribution format" describes it.

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gilkernel/install/kernelspec"
)

var (
	//go:embed gilkernel.sh
	launcher []byte
	//go:embed translator.py
	translator []byte
)

// kernels is where pip puts a kernel, below the root of an environment.
const kernels = "share/jupyter/kernels/"

// Wheel returns the name and the content of the wheel of a program that runs on the given platforms, which are tags as
// pip knows them. The program is in the kernel's folder, and kernel.json
// names it by {resource_dir}, which Jupyter and VS Code replace by that folder: the environment may be moved.
func (r *Release) Wheel(platforms []string, program []byte) (string, []byte, error) {
	if err := r.check(); err != nil {
		return "", nil, err
	}
	base := "gilkernel-" + r.Version
	info := base + ".dist-info/"
	spec, err := r.kernel(base + ".data/data/" + kernels)
	if err != nil {
		return "", nil, err
	}
	license, err := r.texts(info, "LICENSE")
	if err != nil {
		return "", nil, err
	}
	metadata, err := r.metadata()
	if err != nil {
		return "", nil, err
	}
	files := append(spec,
		file{base + ".data/data/" + kernels + kernelspec.Name + "/gilkernel", 0o755, program},
		file{base + ".data/scripts/gilkernel", 0o755, launcher},
		file{"gilkernel/__init__.py", 0o644, []byte("\"\"\"What Python needs of gilkernel, a Jupyter kernel.\"\"\"\n")},
		file{"gilkernel/papermill.py", 0o644, translator})
	files = append(files, license...)
	tags := ""
	for _, p := range platforms {
		tags += "Tag: py3-none-" + p + "\n"
	}
	files = append(files,
		file{info + "METADATA", 0o644, metadata},
		file{info + "WHEEL", 0o644, []byte("Wheel-Version: 1.0\nGenerator: gilkernel\nRoot-Is-Purelib: false\n" + tags)},
		file{info + "entry_points.txt", 0o644, []byte("[papermill.engine]\ngilkernel = gilkernel.papermill:Engine\n")})
	files = append(files, file{info + "RECORD", 0o644, record(files, info+"RECORD")})
	b, err := zipped(files)
	return base + "-py3-none-" + strings.Join(platforms, ".") + ".whl", b, err
}

// kernel returns the files of the kernelspec, the program excepted, below the folder.
func (r *Release) kernel(folder string) ([]file, error) {
	template, err := fs.ReadFile(r.Texts, "kernel.json")
	if err != nil {
		return nil, fmt.Errorf("reading the template of kernel.json: %w", err)
	}
	spec, err := kernelspec.FromTemplate(template, "{resource_dir}/gilkernel", r.Version)
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "gilkernel-release-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the kernelspec: %w", err)
	}
	defer os.RemoveAll(scratch)
	dir, err := kernelspec.Write(spec, filepath.Join(scratch, "kernels"), kernelspec.Name, nil)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir) // in order of their names
	if err != nil {
		return nil, fmt.Errorf("reading the kernelspec: %w", err)
	}
	var files []file
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading the kernelspec: %w", err)
		}
		files = append(files, file{folder + kernelspec.Name + "/" + e.Name(), 0o644, b})
	}
	return files, nil
}

// metadata is what a package index shows, with the README as the description.
func (r *Release) metadata() ([]byte, error) {
	readme, err := fs.ReadFile(r.Texts, "README.md")
	if err != nil {
		return nil, fmt.Errorf("reading the description: %w", err)
	}
	head := "Metadata-Version: 2.1\nName: gilkernel\nVersion: " + r.Version + "\n" +
		"Summary: A Jupyter kernel whose Go cells can run under Python's GIL\n" +
		"License: MIT\nRequires-Python: >=3.8\n" +
		"Classifier: Framework :: Jupyter\nClassifier: Programming Language :: Go\n" +
		"License-File: LICENSE\nDescription-Content-Type: text/markdown; charset=UTF-8\n\n"
	return append([]byte(head), readme...), nil
}

// record lists the files with their checksums and lengths in bytes, and itself without.
func record(files []file, self string) []byte {
	var b bytes.Buffer
	for _, f := range files {
		sum := sha256.Sum256(f.data)
		fmt.Fprintf(&b, "%s,sha256=%s,%d\n", f.name, base64.RawURLEncoding.EncodeToString(sum[:]), len(f.data))
	}
	fmt.Fprintf(&b, "%s,,\n", self)
	return b.Bytes()
}

// zipped packs files in their order.
func zipped(files []file) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: epoch()}
		h.SetMode(f.mode) // pip keeps whether a file may be executed
		m, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := m.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
