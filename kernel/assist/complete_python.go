package assist

// This file defines the completion of the words behind %%python.

import (
	"strings"
)

// completePython completes a Python, an option, or a variable behind --in.
func (a *Assistant) completePython(dir, args string, cursor int) Completion {
	words := strings.Fields(args)
	word := ""
	if n := len(words); n > 0 && !strings.HasSuffix(args, " ") && !strings.HasSuffix(args, "\t") {
		word, words = words[n-1], words[:n-1]
	}
	last := ""
	if len(words) > 0 {
		last = words[len(words)-1]
	}
	option, _, valued := strings.Cut(word, "=")
	switch {
	case last == "--in" || last == "--out" || strings.HasSuffix(last, ",") ||
		valued && (option == "--in" || option == "--out"):
		c := a.completeNames(strings.ReplaceAll(args, "=", " "), cursor)
		keep := c.Matches[:0]
		for _, m := range c.Matches {
			if m.Type == "instance" { // values, and no functions or packages
				keep = append(keep, m)
			}
		}
		c.Matches = keep
		return c
	case strings.HasPrefix(word, "/") || strings.HasPrefix(word, "~") || strings.HasPrefix(word, "."):
		return completeFile(dir, word, cursor-len(word), false)
	}
	c := Completion{Start: cursor - len(word), End: cursor}
	if len(words) == 0 && a.pythons != nil && !strings.HasPrefix(word, "-") {
		for _, version := range a.pythons() {
			if strings.HasPrefix(version, word) {
				c.Matches = append(c.Matches, Match{Text: version, Type: "constant"})
			}
		}
	}
	for _, o := range [][2]string{{"--in", "names"}, {"--out", "names"}, {"--optional", ""}, {"--no-raise-error", ""}} {
		if strings.HasPrefix(o[0], word) && !strings.Contains(" "+args, " "+o[0]+" ") {
			c.Matches = append(c.Matches, Match{Text: o[0], Type: "keyword", Signature: o[1]})
		}
	}
	return c
}
