package explore_test

import (
	"errors"
	"testing"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/explore"
)

func TestAssert(t *testing.T) {
	for _, row := range []struct {
		name    string
		cond    bool
		message []any
		want    string // of the AssertionError; "holds" if there is none
	}{
		{"true", true, []any{"never"}, "holds"},
		{"false", false, []any{"an update is lost: counter is ", 1}, "an update is lost: counter is 1"},
		{"no message", false, nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := "holds"
			func() {
				defer func() {
					if v := recover(); v != nil {
						err, _ := v.(error)
						var failed *exceptions.AssertionError
						if !errors.As(err, &failed) {
							t.Fatalf("the panic is %v, not an AssertionError", v)
						}
						got = failed.Message
					}
				}()
				explore.Assert(row.cond, row.message...)
			}()
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
