package std_test

// This file fuzzes what users' text reaches: names and symbols.

import (
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/std"
)

func FuzzLookup(f *testing.F) {
	f.Add("rand", "IntN")
	f.Add("template", "New Must")
	f.Add("", "")
	f.Add("fmt", "Println\nos")
	f.Add("#", "go1.26")
	f.Fuzz(func(t *testing.T, name, selectors string) {
		paths := std.Lookup(name, strings.Split(selectors, " "))
		for _, path := range paths {
			if !slices.Contains(std.Names()[name], path) {
				t.Errorf("Lookup(%q, %q) = %v, but %s has another name", name, selectors, paths, path)
			}
		}
		if len(paths) == 0 && len(std.Names()[name]) > 0 {
			t.Errorf("Lookup(%q, %q) = none", name, selectors)
		}
	})
}

func FuzzDoc(f *testing.F) {
	f.Add("fmt", "Println")
	f.Add("fmt", "")
	f.Add("sync", "Mutex.Lock")
	f.Add("builtin", "append")
	f.Add("errors", "As\x00func")
	f.Add("../fmt", "Println")
	f.Fuzz(func(t *testing.T, path, symbol string) {
		text, ok := std.Doc(path, symbol)
		if !ok {
			return
		}
		keyword, _, _ := strings.Cut(text, " ")
		if !slices.Contains([]string{"package", "const", "var", "func", "type", "field"}, keyword) ||
			strings.ContainsRune(text, 0) {
			t.Errorf("Doc(%q, %q) = %q", path, symbol, text)
		}
	})
}
