package std

// This file defines the documentation of the packages.

import (
	_ "embed" // docZip
	"io"
	"strings"
)

// docZip holds the documentation of each package under its import path, and of the predeclared
// names under "builtin": a sequence of entries, each a zero byte, the symbol's name, a zero byte
// and the text, with a zero byte at the end.
//
//go:embed doc.zip
var docZip string

// Doc returns the declaration of a symbol, and after an empty line what its comment says, if it has
// one. Comments are in the plain form of "go doc": paragraphs, and code with a tab before it. The
// symbol is "" for the package itself, a name ("Println"), a method or a field ("Mutex.Lock",
// "Server.Addr"); path "builtin" has the predeclared names. It returns false if nothing is known.
//
// The package's text is unpacked on each call, which takes a millisecond for the largest; nothing
// is kept, because people don't hover that fast.
func Doc(path, symbol string) (string, bool) {
	if strings.ContainsRune(symbol, 0) {
		return "", false
	}
	data, err := open(docZip, path)
	if err != nil {
		return "", false
	}
	defer data.Close()
	var b strings.Builder
	b.Grow(int(data.N))
	if _, err := io.Copy(&b, data); err != nil {
		return "", false
	}
	_, rest, ok := strings.Cut(b.String(), "\x00"+symbol+"\x00")
	if !ok {
		return "", false
	}
	text, _, ok := strings.Cut(rest, "\x00")
	return strings.Clone(text), ok
}
