package magic

// This file defines options of magics: words of the form name=value.

import (
	"slices"
	"strings"

	"gilkernel/kernel/advice"
)

// An optionWord is a word of a magic's line: name=value, or a name alone, which has no value.
type optionWord struct {
	name, value string
	valued      bool
}

// options reads the words of the line. names are those that take a value, bare those that take none; each may be there
// once, in any order.
func (c call) options(names []string, bare ...string) (list []optionWord, err error) {
	words, err := fields(c.Args)
	if err != nil {
		return nil, err
	}
	for i, word := range words {
		o := optionWord{}
		o.name, o.value, o.valued = strings.Cut(word, "=")
		switch {
		case o.valued && !slices.Contains(names, o.name), !o.valued && !slices.Contains(bare, o.name):
			return nil, c.usage("unexpected " + quote(word) + c.meant(o, words[i+1:], names, bare))
		case slices.ContainsFunc(list, func(p optionWord) bool { return p.name == o.name }):
			return nil, c.usage(quote(word) + ": " + o.name + " is there twice")
		case o.valued && o.value == "" && i+1 < len(words):
			return nil, c.usage("write " + o.name + "=" + words[i+1] + " without spaces")
		}
		list = append(list, o)
	}
	return list, nil
}

// meant says what a word that is no option may have meant, "" if that isn't known.
func (c call) meant(o optionWord, rest, names, bare []string) string {
	after := ""
	if len(rest) > 0 {
		after = strings.TrimPrefix(rest[0], "=")
		if after == "" && len(rest) > 1 {
			after = rest[1]
		}
		if slices.Contains(names, o.name) && strings.HasPrefix(rest[0], "=") {
			return ": write " + o.name + "=" + after + " without spaces"
		}
	}
	if slices.Contains(names, o.name) {
		return ": write " + o.name + "= and a value"
	}
	all := slices.Concat(names, bare)
	if near := advice.Nearest(strings.ToLower(o.name), slices.Values(all), len(o.name)/3+1); near != "" {
		if slices.Contains(names, near) {
			near += "=" + o.value
		}
		return ", did you mean " + near + "?"
	}
	return ""
}
