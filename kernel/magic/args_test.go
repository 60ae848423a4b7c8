package magic

// This file tests how arguments are read. It is inside the package because only whole magics are
// outside, and those would hide what a word is.

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var fieldRows = []struct {
	line string
	want []string
}{
	{"", nil},
	{" a  b\tc ", []string{"a", "b", "c"}},
	{`"a b" 'c d'e`, []string{"a b", "c de"}},
	{`'' ""`, []string{"", ""}},
	{`a\ b "c\"d" 'e\f' "g\h"`, []string{"a b", `c"d`, `e\f`, `g\h`}},
	{`a\`, []string{`a\`}},
	{"é 'ü ö'", []string{"é", "ü ö"}},
}

func TestFields(t *testing.T) {
	for _, r := range fieldRows {
		if got, err := fields(r.line); err != nil || !slices.Equal(got, r.want) {
			t.Errorf("fields(%q) = %q, %v; want %q", r.line, got, err, r.want)
		}
	}
	for _, line := range []string{`"a`, `a 'b`} {
		if got, err := fields(line); err == nil {
			t.Errorf("fields(%q) = %q", line, got)
		}
	}
}

func FuzzFields(f *testing.F) {
	for _, r := range fieldRows {
		f.Add(r.line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := fields(line)
		if err != nil {
			return
		}
		// Quoted again, the words must come back.
		var b strings.Builder
		for _, w := range words {
			b.WriteString(` "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w) + `"`)
		}
		if again, err := fields(b.String()); err != nil || !slices.Equal(again, words) {
			t.Errorf("fields(%q) = %q; quoted %q, %v", line, words, again, err)
		}
	})
}

func FuzzNumberRange(f *testing.F) {
	for _, s := range []string{"3", "3-5", "3-", "-5", "-", "", "a", "5-3", "--", "99999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if from, to, err := numberRange(s); err == nil && (from < 0 || to < 0) {
			t.Errorf("numberRange(%q) = %d, %d", s, from, to)
		}
	})
}

func FuzzTimeitOptions(f *testing.F) {
	for _, s := range []string{"-n 5 -r2 f()", "-n", "-n5", "-q -- -n 4", "-r x", "f(-n)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, args string) {
		args = strings.TrimSpace(args)
		c := call{t: New()}
		c.Args, c.Code = args, "   "+args
		opts, rest, err := c.timeitOptions()
		if err != nil {
			return
		}
		if code := blank(c.Code, c.Args, rest); len(code) != len(c.Code) ||
			strings.TrimSpace(code) != strings.TrimSpace(rest) {
			t.Errorf("%q with %+v: %q left of %q", args, opts, code, rest)
		}
	})
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ns", 999: "999 ns", 1500: "1.5 µs", 12345678: "12.3 ms", 2500 * time.Millisecond: "2.5 s",
		125 * time.Second: "2m5s",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%d) = %q, want %q", d, got, want)
		}
	}
}
