package socket_test

// This file defines where the tests run.

import (
	"fmt"
	"strings"
	"testing"

	"gilkernel/runtime/twin"
)

// everywhere runs fn on both machines; what it logs must be want.
func everywhere(t *testing.T, want string, fn func(t *testing.T, log func(...any))) {
	t.Helper()
	for _, real := range []bool{false, true} {
		t.Run(fmt.Sprintf("real=%v", real), func(t *testing.T) {
			var b strings.Builder
			if err := twin.NewWorld(t, real, "3.13", 1).Run(func() {
				fn(t, func(a ...any) { fmt.Fprintln(&b, a...) })
			}); err != nil {
				fmt.Fprintln(&b, "ended by", err)
			}
			if got, want := strings.TrimSpace(b.String()), strings.TrimSpace(want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
