// Package advice says in one line how a user who typed Python would write the same in Go.
//
// It is asked when a cell has been refused, so it never changes what is valid. Code in an advice stands between
// backquotes if it is Go; the tests compile each such piece. A row of the table is a pattern of what was typed, of the
// compiler's message, or of both.
package advice

// This file defines how a row is found and its advice is filled in.

import (
	"regexp"
	"strings"
	"sync"
)

// A Mistake is one error of the compiler.
type Mistake struct {
	Syntax  bool     // the parser found it; else the type checker
	Message string   // in the compiler's words
	Lines   []string // the cell
	Line    int      // of Lines, from 1
	Col     int      // in bytes, from 1
}

// A row is a pattern and what to say. Of a pattern's groups, those with names can be used in the advice: $name is what
// the learner typed there.
type row struct {
	name string // what it is about
	// msg is a pattern of the message. A row without one is for syntax errors only.
	msg string
	// code is a pattern of the line, in which what stands in strings and comments is blank. For a syntax error the
	// lines before it are tried too, the nearest first: the parser often notices late.
	code string
	// at is a pattern of the line from the place of the error on.
	at string
	// before is a pattern of the line up to the place of the error.
	before string
	advice string
	// with makes more words of what was typed; nil: there are none. If it returns nil, the row doesn't fit.
	with func(typed words) words
}

// words are the parts of an advice by their names.
type words map[string]string

// pattern is a compiled row.
type pattern struct {
	row
	msg, code, at, before *regexp.Regexp
}

// patterns compiles the table when the first mistake is made.
var patterns = sync.OnceValue(func() []pattern {
	list := make([]pattern, len(table))
	for i, r := range table {
		list[i] = pattern{r, compile(r.msg), compile(r.code), compile(r.at), compile(r.before)}
	}
	return list
})

func compile(text string) *regexp.Regexp {
	if text == "" {
		return nil
	}
	return regexp.MustCompile(text)
}

// For returns the advice on a mistake, a line, "" if there is none.
func For(m Mistake) string {
	_, text := find(m)
	return text
}

// find returns the row that fits a mistake, and its advice.
func find(m Mistake) (name, text string) {
	if m.Line < 1 || m.Line > len(m.Lines) {
		return "", ""
	}
	blanked := blank(m.Lines)
	upto := m.Line
	if m.Syntax {
		upto = 1
	}
	for n := m.Line; n >= upto; n-- {
		for _, p := range patterns() {
			typed := words{}
			if p.fits(m, n, blanked[n-1], typed) {
				return p.name, fill(p.advice, typed)
			}
		}
	}
	return "", ""
}

// fits reports whether a row fits line n of a mistake's cell, and fills in what was typed.
func (p *pattern) fits(m Mistake, n int, blanked string, typed words) bool {
	if n != m.Line && (p.msg != nil || p.at != nil || p.before != nil) || p.msg == nil && !m.Syntax {
		return false
	}
	line := m.Lines[n-1]
	col := max(0, min(m.Col-1, len(line)))
	if p.msg != nil && !take(p.msg, m.Message, m.Message, typed) ||
		p.code != nil && !take(p.code, blanked, line, typed) ||
		p.at != nil && !take(p.at, blanked[col:], line[col:], typed) ||
		p.before != nil && !take(p.before, blanked[:col], line[:col], typed) {
		return false
	}
	if p.with == nil {
		return true
	}
	more := p.with(typed)
	for k, v := range more {
		typed[k] = v
	}
	return more != nil
}

// take looks for a pattern in blanked and takes the named groups from text, which is as long.
func take(re *regexp.Regexp, blanked, text string, typed words) bool {
	m := re.FindStringSubmatchIndex(blanked)
	if m == nil {
		return false
	}
	for i, name := range re.SubexpNames() {
		if name != "" && m[2*i] >= 0 {
			typed[name] = strings.TrimSpace(text[m[2*i]:m[2*i+1]])
		}
	}
	return true
}

var placeholder = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\$[a-z]+`)
})

// fill puts words into an advice.
func fill(advice string, typed words) string {
	return placeholder().ReplaceAllStringFunc(advice, func(name string) string { return typed[name[1:]] })
}

// blank returns the lines with underscores for what stands within strings and comments, Python's and Go's; each keeps
// its length. A string of several lines is blank on all of them.
func blank(lines []string) []string {
	out := make([]string, len(lines))
	end := "" // what ends the string of several lines that is open
	for i, line := range lines {
		b := []byte(line)
		for at := 0; at < len(b); {
			if end != "" {
				stop := strings.Index(line[at:], end)
				upto := len(b)
				if stop >= 0 {
					upto = at + stop
				}
				fillBlank(b[at:upto])
				if stop < 0 {
					break
				}
				at, end = upto+len(end), ""
				continue
			}
			at, end = blankFrom(b, line, at)
		}
		out[i] = string(b)
	}
	return out
}

// blankFrom blanks the string or comment that begins at offset at, if one does. It returns where to continue, and what
// ends a string that is still open at the end of the line.
func blankFrom(b []byte, line string, at int) (next int, end string) {
	rest := line[at:]
	for _, quotes := range []string{`"""`, `'''`, "`"} {
		if strings.HasPrefix(rest, quotes) {
			return at + len(quotes), quotes
		}
	}
	switch {
	case rest[0] == '#':
		fillBlank(b[at+1:])
		return len(b), ""
	case strings.HasPrefix(rest, "//"):
		fillBlank(b[at+2:])
		return len(b), ""
	case rest[0] == '"' || rest[0] == '\'':
		for i := at + 1; i < len(b); i++ {
			switch b[i] {
			case '\\':
				i++
			case rest[0]:
				fillBlank(b[at+1 : i])
				return i + 1, ""
			}
		}
		return at + 1, "" // it isn't closed: an apostrophe, or another mistake
	}
	return at + 1, ""
}

func fillBlank(b []byte) {
	for i := range b {
		b[i] = '_'
	}
}
