package history

// This file defines the file: appending, reading and cutting it while other kernels write to it.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// staleLock is the age of a lock file whose owner must have died: cutting takes milliseconds.
const staleLock = 30 * time.Second

// openFile opens the history. What is no regular file is refused, and never waited for: opening a FIFO would block
// until its other end is opened, reading a terminal until the user types.
func openFile(path string, flags int) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, notRegular(path, info)
	}
	f, err := os.OpenFile(path, flags|syscall.O_NONBLOCK, 0o600) // for what has taken its place since
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notRegular(path, info)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func notRegular(path string, info fs.FileInfo) error {
	return fmt.Errorf("%s is a %s and not a regular file; name another with GILKERNEL_HISTORY", path, kind(info.Mode()))
}

// kind returns what a file is called that is no regular one.
func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "folder"
	case m&fs.ModeNamedPipe != 0:
		return "FIFO"
	case m&fs.ModeSocket != 0:
		return "socket"
	}
	return "device"
}

// appendLines appends lines with one write. The file is opened each time, which costs about 20 µs, so that a kernel
// that runs for weeks follows when another one cuts the file: if it was replaced while we wrote, we can't know whether
// the lines were copied, so they are written once more; readers drop the second of two equal lines.
func appendLines(path string, lines ...line) error {
	var b []byte
	for _, l := range lines {
		encoded, err := json.Marshal(l)
		if err != nil {
			return err
		}
		b = append(append(b, encoded...), '\n')
	}
	for range 3 {
		f, err := openFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY)
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
	return nil // other kernels replace the file all the time; it was written to each new one
}

// closeLastLine ends a line that a kernel which was killed has left without its end, so that the next
// one isn't lost with it.
func closeLastLine(path string) error {
	f, err := openFile(path, os.O_APPEND|os.O_RDWR)
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
	f, err := openFile(path, os.O_RDONLY)
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

// compact drops the older half of a file that is larger than limit bytes. The rest is written to a new file that
// replaces the old one; what others appended to the old one meanwhile is copied. Only one kernel cuts at a time: it
// holds a lock file, which others remove when it is old.
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
		return nil // another kernel is doing it
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
	old, err := openFile(path, os.O_RDONLY)
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
	f, err := openFile(path, os.O_APPEND|os.O_WRONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(late)
	return err
}

// rest returns the last lines of b, about keep bytes. A line that would take more than an eighth of
// that is dropped: one huge input must not cost all others. The sessions keep their numbers: the first
// line of each that lost its beginning says which number it has.
func rest(b []byte, keep int64) []byte {
	huge := int(keep / 8)
	at := len(b)
	for size := int64(0); at > 0; {
		begin := bytes.LastIndexByte(b[:at-1], '\n') + 1
		if at-begin <= huge {
			if size += int64(at - begin); size > keep {
				break
			}
		}
		at = begin
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
		if len(b) > huge {
			ranks.of(l)
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
