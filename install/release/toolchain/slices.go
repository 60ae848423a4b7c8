package toolchain

// This file defines the change to package slices: sorting by a function has its code once, as it has in package sort.
// The two packages' algorithms are generated from one text, so both compare and swap the same elements in the same
// order, and equal elements end where they did.

import (
	_ "embed" // slicesText
	"io/fs"
	"regexp"
	"strings"
)

//go:embed src/slices.txt
var slicesText string

// library returns the files of Go's library that are changed; ok is false if it isn't as it is known.
func library(sources fs.FS) (files map[string]string, ok bool) {
	const bySwaps, byType = "sort/zsortfunc.go", "slices/zsortanyfunc.go"
	swaps, err := fs.ReadFile(sources, bySwaps)
	if err != nil {
		return nil, false
	}
	types, err := fs.ReadFile(sources, byType)
	if err != nil || twin(string(types)) != string(swaps) {
		return nil, false
	}
	return map[string]string{byType: strings.Replace(string(swaps), "\npackage sort\n", "\npackage slices\n", 1) +
		slicesText}, true
}

// twin writes the algorithms of package slices as package sort has them: with indices in the place of elements.
func twin(slices string) string {
	for _, r := range []struct{ pattern, with string }{
		{`\(?cmp\(data\[([^\]]+)\], data\[([^\]]+)\]\) < 0\)?`, `data.Less($1, $2)`},
		{`data\[(.+)\], data\[(.+)\] = data\[(.+)\], data\[(.+)\]`, `data.Swap($1, $2)`},
		{`CmpFunc\[E any\]\(data \[\]E, `, `_func(data lessSwap, `},
		{`, cmp func\(a, b E\) int\)`, `)`},
		{`, cmp\)`, `)`},
		{`CmpFunc\b`, `_func`},
		{`(?m)^package slices$`, `package sort`},
	} {
		slices = regexp.MustCompile(r.pattern).ReplaceAllString(slices, r.with)
	}
	return slices
}
