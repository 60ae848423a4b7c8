package toolchain

// This file defines the changes to Go's library.
//
// Package slices: sorting by a function has its code once, as it has in package sort. The two packages' algorithms are
// generated from one text, so both compare and swap the same elements in the same order, and equal elements end where
// they did.
//
// Package time/tzdata: the time zones, which are used where the computer has none, are compressed until they are asked
// for.

import (
	"bytes"
	"compress/flate"
	_ "embed" // added texts
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"strconv"
	"strings"
)

var (
	//go:embed src/slices.txt
	slicesText string
	//go:embed src/tzdata.txt
	zonesText string
)

// library returns the files of Go's library that are changed: none of a package that isn't as it is known.
func library(sources fs.FS) (map[string]string, error) {
	files := sorting(sources)
	zones, err := timeZones(sources)
	maps.Copy(files, zones)
	return files, err
}

// sorting returns the files of package slices.
func sorting(sources fs.FS) map[string]string {
	const bySwaps, byType = "sort/zsortfunc.go", "slices/zsortanyfunc.go"
	files := map[string]string{}
	swaps, err := fs.ReadFile(sources, bySwaps)
	if err != nil {
		return files
	}
	if types, err := fs.ReadFile(sources, byType); err == nil && twin(string(types)) == string(swaps) {
		files[byType] = strings.Replace(string(swaps), "\npackage sort\n", "\npackage slices\n", 1) + slicesText
	}
	return files
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

// timeZones returns the files of package time/tzdata.
func timeZones(sources fs.FS) (map[string]string, error) {
	const data = "time/tzdata/zzipdata.go"
	files, ok := apply(sources, []edit{{"time/tzdata/tzdata.go", "\tz := zipdata\n", "\tz := unpacked()\n"}})
	text, err := fs.ReadFile(sources, data)
	if !ok || err != nil {
		return nil, nil
	}
	before, literal, ok := strings.Cut(string(text), "\nconst zipdata = ")
	plain, err := strconv.Unquote(strings.TrimSpace(literal))
	if !ok || err != nil {
		return nil, nil
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(plain))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compressing the time zones: %w", err)
	}
	files[data] = before + "\nconst packed = " + strconv.Quote(b.String()) + "\n"
	files["time/tzdata/gilkernel.go"] = zonesText
	return files, nil
}
