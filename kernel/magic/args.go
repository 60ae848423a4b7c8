package magic

// This file defines how the arguments of magics are read.

import (
	"strings"
	"unicode"
)

// fields splits a line into words as a shell does, without expanding anything: quotes keep blanks
// together, a backslash takes the next character as it is (in double quotes only before " and \).
func fields(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	in, quoted := false, rune(0) // in: a word has begun, though it may be empty
	runes := []rune(line)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case quoted == 0 && unicode.IsSpace(r):
			if in {
				words = append(words, word.String())
				word.Reset()
				in = false
			}
		case quoted == 0 && (r == '"' || r == '\''):
			quoted, in = r, true
		case r == quoted && quoted != 0:
			quoted = 0
		case r == '\\' && i+1 < len(runes) &&
			(quoted == 0 || quoted == '"' && (runes[i+1] == '"' || runes[i+1] == '\\')):
			i++
			word.WriteRune(runes[i])
			in = true
		default:
			word.WriteRune(r)
			in = true
		}
	}
	if quoted != 0 {
		return nil, usagef("the quote %c isn't closed", quoted)
	}
	if in {
		words = append(words, word.String())
	}
	return words, nil
}

// option takes a first word off args if it is one of the options, which have no value.
func option(args string, options ...string) (rest string, found bool) {
	word, rest := firstWord(args)
	for _, o := range options {
		if word == o {
			return rest, true
		}
	}
	return args, false
}

// value takes an option with its value off args: "-n 5" or "-n5".
func value(args, option string) (value, rest string, found bool) {
	word, rest := firstWord(args)
	switch {
	case word == option:
		value, rest = firstWord(rest)
		return value, rest, true
	case strings.HasPrefix(word, option) && len(option) == 2:
		return word[2:], rest, true
	}
	return "", args, false
}

// firstWord cuts args behind its first word.
func firstWord(args string) (word, rest string) {
	args = strings.TrimSpace(args)
	if i := strings.IndexFunc(args, unicode.IsSpace); i >= 0 {
		return args[:i], strings.TrimSpace(args[i:])
	}
	return args, ""
}

// unquote takes quotes off a text that is quoted as a whole: file names with blanks may be, though they
// need not.
func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// lookup returns a variable of an environment.
func lookup(environ []string, name string) (string, bool) {
	value, found := "", false
	for _, kv := range environ {
		if k, v, ok := strings.Cut(kv, "="); ok && k == name {
			value, found = v, true // the last one counts
		}
	}
	return value, found
}
