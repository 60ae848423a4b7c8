package magic

// This file defines which magic a misspelt one may be.

// nearest returns the name that takes the fewest edits to become word, "" if all are too far away for
// a guess to help. Of equals it returns the first in the alphabet.
func nearest[T any](word string, names map[string]T) string {
	best, least := "", len([]rune(word))/3+2
	for name := range names {
		if d := distance(word, name, least+1); d < least || d == least && best != "" && name < best {
			best, least = name, d
		}
	}
	return best
}

// distance returns how many characters must be inserted, deleted, replaced or swapped with their
// neighbour to make b of a. It gives up at limit, and returns limit.
func distance(a, b string, limit int) int {
	s, t := []rune(a), []rune(b)
	if len(s)-len(t) >= limit || len(t)-len(s) >= limit {
		return limit
	}
	// Three rows of the table of distances of prefixes are enough.
	before, row, next := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		next[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return min(row[len(t)], limit)
}
