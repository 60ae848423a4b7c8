package link_test

import (
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

func TestParseSize(t *testing.T) {
	for _, row := range []struct {
		text string
		want int64 // -1: refused
	}{
		{"500MB", 500e6}, {"500 MB", 500e6}, {"1.5GiB", 3 << 29}, {"1.5GB", 1.5e9}, {"2GiB", 2 << 30},
		{"2gib", 2 << 30},
		{"512m", 512 << 20}, {"2G", 2 << 30}, {"1048576", 1 << 20}, {"64 kB", 64e3}, {"100B", 100}, {"100 bytes", 100},
		{"1TiB", 1 << 40}, {" 1GB\n", 1e9}, {"0", 0}, {"0MB", 0}, {"none", 0}, {"None", 0}, {".5GiB", 1 << 29},
		{"", -1}, {"lots", -1}, {"-1", -1}, {"-5GiB", -1}, {"nan", -1}, {"inf", -1}, {"NaN MB", -1}, {"1e3", -1},
		{"0x10", -1},
		{"1,5GiB", -1}, {"5XB", -1}, {"GiB", -1}, {"1.2.3MB", -1}, {"99999999999TiB", -1}, {"0.1", -1}, {"2GiB2", -1},
		{"１GB", -1},
	} {
		got, err := link.ParseSize(row.text)
		if err != nil {
			got = -1
			if s := err.Error(); !strings.Contains(s, "write it as") || strings.Contains(s, "\n") {
				t.Errorf("%q: the error is %q", row.text, s)
			}
		}
		if got != row.want {
			t.Errorf("%q is %d, want %d", row.text, got, row.want)
		}
	}
}

func TestParseMemory(t *testing.T) {
	for _, row := range []struct {
		text, want string
	}{
		{"", "2GiB"}, {" ", "2GiB"}, {"500MB", "476.8MiB"}, {"1.5GiB", "1.5GiB"}, {"0", "none"}, {"128MiB", "128MiB"},
		{"500", `"500" is too small for an interpreter: give it at least 128MiB`},
		{"much", `"much" is not a size: write it as 500MB, 1.5GiB, or 0 for no limit`},
	} {
		n, err := link.ParseMemory(row.text)
		got := link.FormatSize(n)
		if err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%q: %s, want %s", row.text, got, row.want)
		}
	}
}

// ParseMemory accepts the text of FormatSize.
func TestFormatSizeIsParsed(t *testing.T) {
	for _, n := range []int64{0, 1, 999, 1023, 1024, 1 << 20, 500 << 20, 3 << 29, 1 << 40, 5000 << 40} {
		s := link.FormatSize(n)
		if got, err := link.ParseSize(s); err != nil || got != n {
			t.Errorf("%d is written %q and read as %d, %v", n, s, got, err)
		}
	}
}
