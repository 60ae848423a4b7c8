package skip_test

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/skip"
)

// A recorder is a test that notes how it ends.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper()          {}
func (r *recorder) Skip(args ...any) { r.ended = "skipped: " + fmt.Sprint(args...); panic(r) }
func (r *recorder) Fatalf(format string, args ...any) {
	r.ended = "failed: " + fmt.Sprintf(format, args...)
	panic(r)
}

func TestMissing(t *testing.T) {
	for _, row := range []struct{ value, want string }{
		{"", "skipped: node is not installed"},
		{"0", "skipped: node is not installed"},
		{"1", "failed: node is not installed, and " + skip.RequireAll + "=1"},
	} {
		t.Setenv(skip.RequireAll, row.value)
		r := &recorder{TB: t}
		func() {
			defer func() { recover() }()
			skip.Missing(r, "node is not installed")
		}()
		if !strings.HasPrefix(r.ended, row.want) {
			t.Errorf("with %s=%s the test %s, want %s", skip.RequireAll, row.value, r.ended, row.want)
		}
	}
}
