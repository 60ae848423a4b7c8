package link_test

import (
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

func TestOutOfSpans(t *testing.T) {
	const report = "SIGSEGV: segmentation violation\nPC=0x43d5bd m=12 sigcode=1 addr=0x0\n\n" +
		"goroutine 0 gp=0x2cec385e43c0 m=12 mp=0x2cec385da808 [idle]:\n" +
		"runtime.(*spanQueue).tryDrain(0x7f6f00000400?, 0x43e09e?, 0x38554000?)\n\t/usr/local/go/src/runtime/x.go:520\n"
	for _, row := range []struct {
		name, report string
		want         bool
	}{
		{"the collector", report, true},
		{"another address", strings.Replace(report, "addr=0x0\n", "addr=0x10\n", 1), false},
		{"a cell's goroutine", strings.Replace(report, "goroutine 0 ", "goroutine 7 ", 1), false},
		{"another function", strings.Replace(report, "(*spanQueue).tryDrain", "memmove", 1), false},
		{"nothing", "", false},
	} {
		if got := link.OutOfSpans(row.report); got != row.want {
			t.Errorf("%s: got %v", row.name, got)
		}
	}
}
