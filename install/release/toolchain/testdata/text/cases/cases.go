// Package cases stands for golang.org/x/text/cases in a published program. The one caller there is package zmq4, which
// writes names of properties as ZMTP does, such as Socket-Type: they are ASCII, as its section "Metadata" says.
package cases

import "golang.org/x/text/language"

// An Option is how a Caser works.
type Option struct{}

// NoLower is that letters within a word stay what they are, as they always do here.
var NoLower Option

// A Caser changes the case of a text.
type Caser struct{}

// Title returns the Caser by which words begin with a capital letter.
func Title(language.Tag, ...Option) Caser { return Caser{} }

// String returns s with a capital letter as the first letter of each word of ASCII. An apostrophe, a full stop, a colon
// or an underscore is in a word if what it stands between is.
func (Caser) String(s string) string {
	b := []byte(s)
	within, titled := false, false
	for i, c := range b {
		within = inWord(c) || within && (c == '\'' || c == '.' || c == ':') && i+1 < len(b) && inWord(b[i+1])
		switch {
		case !within:
			titled = false
		case c >= 'a' && c <= 'z' && !titled:
			b[i] = c - 'a' + 'A'
			titled = true
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			titled = true
		}
	}
	return string(b)
}

func inWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}
