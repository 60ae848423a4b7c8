package worker_test

// This file defines the tests of what becomes of the bytes of descriptors 1 and 2.

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gilkernel/kernel/link"
	"gilkernel/kernel/worker"
)

func splitRows() [][2]string {
	m := func(id int) string { return string(link.Marker("N", id)) }
	return [][2]string{
		{"", ""},
		{"text", "text"},
		{"a" + m(1) + "b" + m(2), "a<1>b<2>"},
		{m(3) + m(4), "<3><4>"},
		{"héllo 世界 🙂", "héllo 世界 🙂"},
		{"bad \xff\xfe bytes \xe4\xb8", "bad \uFFFD bytes \uFFFD"},
		{"a\x00b\x00", "a\x00b\x00"},
		{"\x00\x1b[gilkernel:other:1]\x00", "\x00\x1b[gilkernel:other:1]\x00"},
		{"\x00\x1b[gilkernel:N:x]\x00" + m(5), "\x00\x1b[gilkernel:N:x]\x00<5>"},
		{"\x00\x1b[gilkernel:N:" + m(6), "\x00\x1b[gilkernel:N:<6>"},
	}
}

// However the bytes are cut into reads, the pieces are the same.
func TestMarkersAreCutOut(t *testing.T) {
	for _, row := range splitRows() {
		if got := worker.Split("N", row[0]); got != row[1] {
			t.Errorf("%q: %q, want %q", row[0], got, row[1])
		}
		if !utf8.ValidString(row[0]) {
			continue // one read of two bad bytes is one U+FFFD, two reads are two
		}
		for i := range row[0] {
			if got := worker.Split("N", row[0][:i], row[0][i:]); got != row[1] {
				t.Errorf("%q cut at %d: %q, want %q", row[0], i, got, row[1])
			}
		}
		if got := worker.Split("N", strings.Split(row[0], "")...); got != row[1] {
			t.Errorf("%q rune by rune: %q, want %q", row[0], got, row[1])
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, row := range splitRows() {
		f.Add(row[0], len(row[0])/2)
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		got := worker.Split("N", text)
		if !utf8.ValidString(got) {
			t.Errorf("%q: %q isn't UTF-8", text, got)
		}
		if at < 0 || at > len(text) || !utf8.ValidString(text) {
			return
		}
		if again := worker.Split("N", text[:at], text[at:]); again != got {
			t.Errorf("%q cut at %d: %q, in one read %q", text, at, again, got)
		}
	})
}

func TestHeldBack(t *testing.T) {
	for _, row := range []struct {
		text     string
		crashing bool
		want     time.Duration
	}{
		{"", false, 0},
		{"a warning\n", false, 20 * time.Millisecond},
		{"a\nfatal error: x\n", false, time.Second},
		{"a\n", true, 5 * time.Second},
	} {
		if got := worker.HoldTimes(row.text, row.crashing); got != row.want {
			t.Errorf("%q is held for %v, want %v", row.text, got, row.want)
		}
	}
}
