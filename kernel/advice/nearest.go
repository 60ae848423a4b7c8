package advice

// This file defines which name a misspelt one may be.

import (
	"iter"
	"strings"
)

// Nearest returns the name that takes the fewest edits to become word, "" if all are further away than at most that
// many. Of equals it returns one that is longer than word, because letters are left out more often than put in, and
// then the first in the alphabet.
func Nearest(word string, names iter.Seq[string], most int) string {
	best, least := "", most
	for name := range names {
		d := distance(word, name, least+1)
		if d > least {
			continue
		}
		longer, was := len(name) > len(word), len(best) > len(word)
		if d < least || best == "" || longer && !was || longer == was && name < best {
			best, least = name, d
		}
	}
	return best
}

// Close is how many edits a misspelt name of this length may have: none if it is so short that any other would do.
func Close(word string) int {
	switch n := len([]rune(word)); {
	case n < 3:
		return 0
	case n < 6:
		return 1
	case n < 10:
		return 2
	}
	return 3
}

// Like returns the name that word is in another spelling: "is_alive" for IsAlive, "printLn" for Println; or the
// function that makes one: NewLock for Lock. Of several it prefers the first kind. It returns "" if there is none.
func Like(word string, names iter.Seq[string]) string {
	plain, best := fold(word), ""
	made := ""
	for name := range names {
		if name == word {
			continue
		}
		switch folded := fold(name); {
		case folded == plain && (best == "" || name < best):
			best = name
		case folded == "new"+plain:
			made = name
		}
	}
	if best != "" {
		return best
	}
	return made
}

// fold removes from a name what spellings differ in.
func fold(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// distance returns how many characters must be inserted, deleted, replaced or swapped with their neighbour to make b of
// a. At limit it stops, and returns limit.
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
