package page

// This file defines which pictures are written into a page: files that are pictures and lie in the
// notebook's folder.

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"syscall"
)

// maxPicture is the size in bytes of the largest file that is written into a page.
const maxPicture = 32 << 20

// embed returns the data URI of the picture at a path relative to dir. No way leads out of dir: neither
// .. nor a symbolic link. The error is a clause that says why there is no picture.
func embed(dir, name string) (string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", errors.New("the notebook's folder can't be read")
	}
	defer root.Close()
	if name = path.Clean(name); path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") {
		return "", errOutside
	}
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a FIFO would wait for its writer
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("there is no such file")
	case errors.Is(err, fs.ErrPermission):
		return "", errors.New("the file may not be read")
	case err != nil:
		return "", errOutside // what OpenRoot refuses has no error of its own
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil || !info.Mode().IsRegular():
		return "", errNoPicture
	case info.Size() > maxPicture:
		return "", fmt.Errorf("the file has more than %d MiB", maxPicture>>20)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxPicture))
	if err != nil {
		return "", errors.New("the file can't be read")
	}
	kind := pictureKind(b)
	if kind == "" {
		return "", errNoPicture
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b), nil
}

var (
	errOutside   = errors.New("it is outside of the notebook's folder")
	errNoPicture = errors.New("the file is not a picture")
)

// pictureKind returns the media type of a picture by its first bytes, "" if it is none: a name can lie.
func pictureKind(b []byte) string {
	for _, k := range []struct{ kind, magic string }{
		{"image/png", "\x89PNG\r\n\x1a\n"}, {"image/jpeg", "\xff\xd8\xff"}, {"image/gif", "GIF87a"},
		{"image/gif", "GIF89a"}, {"image/bmp", "BM"},
	} {
		if bytes.HasPrefix(b, []byte(k.magic)) {
			return k.kind
		}
	}
	if len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" {
		return "image/webp"
	}
	head := bytes.TrimSpace(bytes.TrimPrefix(b[:min(len(b), 4096)], []byte("\ufeff")))
	if bytes.HasPrefix(head, []byte("<svg")) ||
		(bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<!--"))) &&
			bytes.Contains(head, []byte("<svg")) {
		return "image/svg+xml"
	}
	return ""
}

// link returns the new destination of a picture in Markdown: a data URI, or the destination itself if it is on the web
// or nothing is embedded. attached is nbformat's map of names to MIME bundles of base64.
func (m *markdown) link(dest string, attached map[string]map[string]string) (string, error) {
	if name, ok := strings.CutPrefix(dest, "attachment:"); ok {
		if u, err := url.PathUnescape(name); err == nil && attached[name] == nil {
			name = u
		}
		for _, kind := range []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp",
			"image/svg+xml"} {
			if data, ok := attached[name][kind]; ok {
				return "data:" + kind + ";base64," + strings.Join(strings.Fields(data), ""), nil
			}
		}
		return "", errors.New("the cell has no such attachment")
	}
	u, err := url.Parse(dest)
	switch {
	case err != nil:
		return "", errors.New("the link is malformed")
	case u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "data" || u.Host != "" || m.dir == "":
		return dest, nil // the sanitizer checks it
	case u.Scheme != "":
		return "", errOutside
	}
	return embed(m.dir, u.Path)
}
