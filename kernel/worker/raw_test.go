package worker_test

// This file tests the processing of the bytes of descriptors 1 and 2.

import (
	"testing"
	"time"
	"unicode/utf8"

	"gilkernel/kernel/worker"
)

func spellRows() [][2]string {
	return [][2]string{
		{"", ""},
		{"text", "text"},
		{"héllo 世界 🙂", "héllo 世界 🙂"},
		{"bad \xff\xfe bytes \xe4\xb8", "bad \uFFFD bytes \uFFFD"},
		{"a\x00b\x00", "a\x00b\x00"},
	}
}

// The text is the same however reads cut the bytes.
func TestRunesStayWhole(t *testing.T) {
	for _, row := range spellRows() {
		if got := worker.Spell(row[0]); got != row[1] {
			t.Errorf("%q: %q, want %q", row[0], got, row[1])
		}
		if !utf8.ValidString(row[0]) {
			continue // one read of two bad bytes is one U+FFFD, two reads are two
		}
		for i := range len(row[0]) {
			if got := worker.Spell(row[0][:i], row[0][i:]); got != row[1] {
				t.Errorf("%q cut at %d: %q, want %q", row[0], i, got, row[1])
			}
		}
		var bytes []string
		for i := range len(row[0]) {
			bytes = append(bytes, row[0][i:i+1])
		}
		if got := worker.Spell(bytes...); got != row[1] {
			t.Errorf("%q byte by byte: %q, want %q", row[0], got, row[1])
		}
	}
}

func FuzzSpell(f *testing.F) {
	for _, row := range spellRows() {
		f.Add(row[0], len(row[0])/2)
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		got := worker.Spell(text)
		if !utf8.ValidString(got) {
			t.Errorf("%q: %q isn't UTF-8", text, got)
		}
		if at < 0 || at > len(text) || !utf8.ValidString(text) {
			return
		}
		if again := worker.Spell(text[:at], text[at:]); again != got {
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
