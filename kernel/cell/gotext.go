package cell

// This file defines the Go text of a cell, which completion and inspection read, and where a magic may stand in it.

import "strings"

// GoText returns the cell with all that isn't Go blanked, so that all offsets stay the same. The code that magics such
// as %time take is Go. known is that of Parse.
func GoText(code string, known func(string) bool) string {
	if name, at, ok := CellMagic(code); ok {
		m, _ := MagicOf(name)
		if m.Body != ArgGo {
			return blanked(code)
		}
		end := lineEnd([]byte(code), at)
		args := at + len(name)
		return blanked(code[:args]) + withoutOptions(code[args:end]) + code[end:]
	}
	if !strings.ContainsAny(code, "%!") {
		return code
	}
	var b strings.Builder
	for _, c := range cut(code, known) {
		b.WriteString(blanked(code[b.Len():c.start]))
		text := code[c.start:c.end]
		switch c.kind {
		case StepGo:
			b.WriteString(text)
		case StepLine:
			args := strings.IndexByte(text, '%') + 1
			name := MagicName(text[args:])
			args += len(name)
			if m, _ := MagicOf(name); m.Arg == ArgGo {
				b.WriteString(blanked(text[:args]) + withoutOptions(text[args:]))
				break
			}
			b.WriteString(blanked(text))
		default:
			b.WriteString(blanked(text))
		}
	}
	b.WriteString(blanked(code[b.Len():]))
	return b.String()
}

// blanked returns as many spaces as s has bytes, and its newlines.
func blanked(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}

// withoutOptions blanks the options that args begins with: -q, -n 5, -r2, --.
func withoutOptions(args string) string {
	at := 0
	for option := false; ; {
		word := at + len(args[at:]) - len(strings.TrimLeft(args[at:], " \t"))
		end := word + strings.IndexAny(args[word:]+"\n", " \t\r\n")
		text := args[word:end]
		switch {
		case len(text) >= 2 && text[0] == '-' &&
			(text[1] == '-' || text[1] == 'n' || text[1] == 'r' || text[1] == 'q') &&
			strings.Trim(text[2:], "0123456789") == "":
			option = len(text) == 2
		case option && text != "" && strings.Trim(text, "0123456789") == "":
			option = false
		default:
			return blanked(args[:at]) + args[at:]
		}
		at = end
	}
}

// MagicMayBegin reports whether a magic could begin at the offset start of a line: outside of all brackets, strings and
// comments, whatever has been typed of the line.
func MagicMayBegin(code string, start int) bool {
	text := code[:start] + "%x"
	for _, c := range cut(text, nil) {
		if c.kind != StepGo && c.end == len(text) {
			return c.start == start
		}
	}
	return false
}

// MagicAt returns the magic whose name the cursor, a byte offset, touches, and false if it touches none.
func MagicAt(code string, cursor int) (Magic, bool) {
	start := strings.LastIndexByte(code[:cursor], '\n') + 1
	line := code[start:lineEnd([]byte(code), start)]
	rest := strings.TrimLeft(line, " \t")
	name := strings.TrimLeft(rest, "%")
	marks := len(rest) - len(name)
	if marks < 1 || marks > 2 {
		return Magic{}, false
	}
	name = MagicName(name)
	if end := start + len(line) - len(rest) + marks + len(name); cursor > end || name == "" {
		return Magic{}, false
	}
	if !MagicMayBegin(code, start) {
		return Magic{}, false
	}
	m, ok := MagicOf(name)
	return m, ok && (marks == 1 || m.Cell != "") && (marks == 2 || m.Line != "")
}
