package history

// This file defines the file: appending, reading and cutting it while other kernels write to it.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// staleLock is the age of a lock file whose owner must have died: cutting takes milliseconds.
const staleLock = 30 * time.Second

// appendLine appends l with one write. The file is opened each time, which costs about 20 µs, so that
// a kernel that runs for weeks follows when another one cuts the file: if it was replaced while we
// wrote, we can't know whether the line was taken along, so it is written once more; readers drop
// the second of two equal lines.
func appendLine(path string, l line) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	b = append(b, '\n')
	for range 3 {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = f.Write(b)
		same := false
		if written, serr := f.Stat(); serr == nil {
			if now, serr := os.Stat(path); serr == nil {
				same = os.SameFile(written, now)
			}
		}
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil || same {
			return err
		}
	}
	return nil // somebody replaces the file all the time; it was written to each of them
}

// closeLastLine ends a line that a kernel which was killed has left without its end, so that the next
// one isn't lost with it.
func closeLastLine(path string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	var last [1]byte
	if _, err := f.ReadAt(last[:], info.Size()-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err = f.Write([]byte{'\n'})
	return err
}

// readLines returns the file's lines, none if there is no file. Lines that were damaged are skipped.
func readLines(path string) ([]line, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var lines []line
	r := bufio.NewReader(f)
	for {
		b, err := r.ReadBytes('\n')
		if l, ok := parse(b); ok {
			lines = append(lines, l)
		}
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
	}
}

// compact drops the older half of a file that is larger than limit bytes. The rest is written to a
// new file that replaces the old one; what others appended to the old one meanwhile is taken along.
// Only one kernel cuts at a time: a lock file says who, and is left to the others when it is old.
func compact(path string, limit int64) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() <= limit {
		return nil
	}
	if err != nil {
		return err
	}
	lock := path + ".lock"
	if old, err := os.Stat(lock); err == nil && time.Since(old.ModTime()) > staleLock {
		os.Remove(lock)
	}
	f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // another kernel is at it
	}
	if err != nil {
		return err
	}
	f.Close()
	defer os.Remove(lock)
	return cut(path, limit/2)
}

// cut replaces the file by about its last keep bytes.
func cut(path string, keep int64) error {
	old, err := os.Open(path)
	if err != nil {
		return err
	}
	defer old.Close()
	b, err := io.ReadAll(old)
	if err != nil {
		return err
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, rest(b, keep), 0o600); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		os.Remove(tmp)
		return err
	}
	// old is still open at the end of what was read: the rest was appended since.
	late, err := io.ReadAll(old)
	if err != nil || len(late) == 0 {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(late)
	return err
}

// rest returns the last lines of b, about keep bytes. The sessions keep their numbers: the first line
// of each that lost its beginning says which number it has.
func rest(b []byte, keep int64) []byte {
	at := max(0, len(b)-int(keep))
	if nl := bytes.IndexByte(b[at:], '\n'); nl >= 0 {
		at += nl + 1
	} else {
		at = len(b)
	}
	var ranks ranking
	for b := range bytes.Lines(b[:at]) {
		if l, ok := parse(b); ok {
			ranks.of(l)
		}
	}
	var out bytes.Buffer
	said := map[string]bool{}
	for b := range bytes.Lines(b[at:]) {
		l, ok := parse(b)
		if !ok {
			continue
		}
		if n := ranks.of(l); !said[l.Token] {
			said[l.Token] = true
			head, _ := json.Marshal(line{Token: l.Token, Rank: n}) // no value in a line fails to marshal
			out.Write(append(head, '\n'))
		}
		out.Write(bytes.TrimRight(b, "\n"))
		out.WriteByte('\n')
	}
	return out.Bytes()
}
