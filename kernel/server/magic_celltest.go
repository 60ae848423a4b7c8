package server

// This file defines how magics run the tests of cells.

import (
	"context"
	"strings"

	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/session"
)

// A testHost is magic.Tests.
type testHost struct{ x *execution }

// Tests returns the functions of the session that go test would run.
func (h testHost) Tests() ([]session.Test, error) { return h.x.s.cells.Tests() }

// RunTests runs tests of the session.
func (h testHost) RunTests(
	_ context.Context, line int, tests []session.Test, flags map[string]string,
) (magic.Tested, error) {
	q := &link.Test{Flags: flags}
	var names []string
	for _, t := range tests {
		names = append(names, t.Name)
		q.Funcs = append(q.Funcs, link.TestFunc{Name: t.Name, Output: t.Output, Unordered: t.Unordered})
	}
	c := h.x.expr(strings.Repeat("\n", line-1)+"[]any{"+strings.Join(names, ", ")+"}", "")
	c.test = q
	done, failed := h.x.run(c)
	switch {
	case failed != nil:
		return magic.Tested{}, asError(failed)
	case done.Tested == nil:
		return magic.Tested{}, nil
	case done.Tested.Refused != "":
		return magic.Tested{}, &magic.Error{Name: "UsageError", Message: "%test: " + done.Tested.Refused}
	}
	return magic.Tested{Code: done.Tested.Code, Failed: done.Tested.Failed}, nil
}
