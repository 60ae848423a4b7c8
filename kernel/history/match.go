package history

// This file defines the patterns of a search. path.Match is no replacement: to it a slash is special,
// and inputs are full of brackets.

// match reports whether all of s matches the pattern: * is any text, ? one character. It takes time
// proportional to the product of the lengths at worst: only the last * is ever tried again.
func match(pattern, s string) bool {
	p, t := []rune(pattern), []rune(s)
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
