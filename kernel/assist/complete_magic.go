package assist

// This file defines the completion of magics, their arguments and shell commands.

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/session"
)

// maxFiles bounds how many files of a directory are offered.
const maxFiles = 500

// completeMagic completes what isn't Go. ok is false if the cursor is in Go code.
func (a *Assistant) completeMagic(dir, code string, cursor int) (c Completion, ok bool) {
	start := strings.LastIndexByte(code[:cursor], '\n') + 1
	line := code[start:cursor]
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	word := line[indent:] // up to the cursor
	nothing := Completion{Start: cursor, End: cursor}
	if name, at, is := cell.CellMagic(code); is && at < cursor && start > at {
		m, _ := cell.MagicOf(name)
		return nothing, m.Body != cell.ArgGo
	}
	if word == "" || word[0] != '%' && word[0] != '!' {
		return nothing, false
	}
	// What counts is whether a magic could begin here, whatever has been typed of the line.
	if !cell.MagicMayBegin(code, start) {
		return nothing, false
	}
	top := strings.TrimSpace(code[:start]) == ""
	name := cell.MagicName(strings.TrimLeft(word, "%"))
	mark := word[:len(word)-len(strings.TrimLeft(word, "%"))]
	switch {
	case word[0] == '!':
		if len(word) > 1 {
			at := cursor - len(word) + strings.LastIndexAny(word, "! \t'\"=<>|;&(") + 1
			return completeFile(dir, code[at:cursor], at, false), true
		}
		return nothing, true
	case len(mark) > 2:
		return nothing, true
	case len(mark)+len(name) == len(word):
		return completeName(mark, name, start+indent, cursor, top), true
	case name == "":
		return nothing, false // a remainder
	}
	m, _ := cell.MagicOf(name)
	args := strings.TrimLeft(word[len(mark)+len(name):], " \t")
	switch m.Arg {
	case cell.ArgGo:
		return nothing, false
	case cell.ArgFile:
		for strings.HasPrefix(args, "-") && strings.ContainsAny(args, " \t") { // options; that of -r has a value
			opt := strings.IndexAny(args, " \t")
			value := args[:opt] == "-r"
			args = strings.TrimLeft(args[opt:], " \t")
			if end := strings.IndexAny(args, " \t"); value && end >= 0 {
				args = strings.TrimLeft(args[end:], " \t")
			}
		}
		return completeFile(dir, args, cursor-len(args), name == "cd"), true
	case cell.ArgName:
		return a.completeNames(args, cursor), true
	case cell.ArgPython:
		return a.completePython(dir, args, cursor), true
	case cell.ArgEnv:
		c := Completion{Start: cursor - len(args), End: cursor}
		for _, kv := range os.Environ() {
			if k, _, _ := strings.Cut(kv, "="); k != "" && strings.HasPrefix(k, args) {
				c.Matches = append(c.Matches, Match{Text: k, Type: "instance"})
			}
		}
		slices.SortFunc(c.Matches, func(a, b Match) int { return strings.Compare(a.Text, b.Text) })
		return c, true
	}
	usage := m.Line
	if len(mark) == 2 {
		usage = m.Cell
	}
	return completeArgs(usage, args, cursor), true
}

// completeArgs completes the last word of a magic's arguments by its usage: "[real|simulated] [python=version] -f".
func completeArgs(usage, args string, cursor int) Completion {
	words := strings.Fields(args)
	word := ""
	if n := len(words); n > 0 && !strings.HasSuffix(args, " ") && !strings.HasSuffix(args, "\t") {
		word, words = words[n-1], words[:n-1]
	}
	c := Completion{Start: cursor - len(word), End: cursor}
	given := func(arg string) bool {
		return slices.ContainsFunc(words,
			func(w string) bool { return w == arg || strings.HasSuffix(arg, "=") && strings.HasPrefix(w, arg) })
	}
	for _, form := range strings.Fields(usage)[min(1, len(strings.Fields(usage))):] {
		alternatives := strings.Split(strings.Trim(form, "[]"), "|")
		if slices.ContainsFunc(alternatives, given) {
			continue // one of them stands there already
		}
		for _, arg := range alternatives {
			name, value, takes := strings.Cut(arg, "=")
			switch {
			case takes && given(name+"="):
			case takes && strings.HasPrefix(word, name+"="):
				for _, v := range argValues(name) {
					if strings.HasPrefix(name+"="+v, word) {
						c.Matches = append(c.Matches, Match{Text: name + "=" + v, Type: "constant"})
					}
				}
			case takes && strings.HasPrefix(name+"=", word):
				c.Matches = append(c.Matches, Match{Text: name + "=", Type: "keyword", Signature: value})
			case !takes && strings.HasPrefix(arg, word) && (len(alternatives) > 1 || strings.HasPrefix(arg, "-")):
				c.Matches = append(c.Matches, Match{Text: arg, Type: "keyword"})
			}
		}
	}
	return c
}

// argValues returns values for an argument with a name, the usual one first.
func argValues(name string) []string {
	switch name {
	case "python":
		return []string{"3.13", "3.14", "3.14t", "3.13t", "3.12", "3.11", "3.10", "3.9", "3.8", "3.7", "3.6", "3.5",
			"3.4", "3.3", "3.2", "3.1", "2.7"}
	case "cores":
		return []string{"1", "2", "4", "8", "16"}
	case "interval":
		return []string{"5ms", "1ms", "100us", "50ms", "100ticks"}
	case "seed":
		return []string{"1", "2", "3"}
	}
	return nil
}

// completeName completes the name of a magic with its % signs.
func completeName(mark, name string, start, end int, top bool) Completion {
	c := Completion{Start: start, End: end}
	for _, usage := range []string{"%", "%%"} {
		if mark == "%%" && usage == "%" || usage == "%%" && !top {
			continue
		}
		for _, m := range cell.Magics() {
			if words := map[string]string{"%": m.Line, "%%": m.Cell}[usage]; words != "" && m.Name != "!" &&
				strings.HasPrefix(m.Name, name) {
				c.Matches = append(c.Matches,
					Match{Text: usage + m.Name, Type: "magic",
						Signature: strings.TrimPrefix(strings.TrimPrefix(words, usage+m.Name), " ")})
			}
		}
	}
	return c
}

// completeFile completes the name of a file or a directory that begins at offset start.
func completeFile(dir, name string, start int, dirsOnly bool) Completion {
	c := Completion{Start: start, End: start + len(name)}
	parent, base := filepath.Split(name)
	in := parent
	if rest, ok := strings.CutPrefix(in, "~"+string(filepath.Separator)); ok {
		if home, err := os.UserHomeDir(); err == nil {
			in = filepath.Join(home, rest)
		}
	}
	if !filepath.IsAbs(in) {
		in = filepath.Join(dir, in)
	}
	if in == "" {
		in = "."
	}
	f, err := os.Open(in)
	if err != nil {
		return c
	}
	defer f.Close()
	entries, _ := f.ReadDir(10 * maxFiles) // what can be read is better than nothing
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), base) || base == "" && strings.HasPrefix(e.Name(), ".") {
			continue
		}
		isDir := e.IsDir()
		if e.Type()&os.ModeSymlink != 0 {
			info, err := os.Stat(filepath.Join(in, e.Name()))
			isDir = err == nil && info.IsDir()
		}
		text := parent + e.Name()
		switch {
		case isDir:
			text += string(filepath.Separator)
		case dirsOnly:
			continue
		}
		c.Matches = append(c.Matches, Match{Text: text, Type: "path"})
	}
	slices.SortFunc(c.Matches, func(a, b Match) int { return strings.Compare(a.Text, b.Text) })
	c.Matches = c.Matches[:min(len(c.Matches), maxFiles)]
	return c
}

// completeNames completes a name of the session at the end of the text.
func (a *Assistant) completeNames(args string, cursor int) (c Completion) {
	word := args[strings.LastIndexAny(args, " \t,")+1:]
	a.session.View(func(v session.View) {
		f := newFinder(v, word)
		for _, name := range v.Forgettable() {
			f.add(groupSession, name, func() Match {
				if live := v.Live(name); live.Exists() && live.Object() != nil {
					return liveMatch(name, live)
				}
				return Match{Text: name, Type: "module", Signature: v.Import(name)}
			})
		}
		c = Completion{Start: cursor - len(word), End: cursor, Matches: f.matches()}
	})
	return c
}
