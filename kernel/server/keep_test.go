package server

import (
	"errors"
	"fmt"
	"testing"

	"gilkernel/kernel/history"
)

// What is kept is written in its order, and a question about the history sees all of it.
func TestKeeperWritesInOrder(t *testing.T) {
	var logged []string
	k := &keeper{history: history.New("", nil),
		logf: func(format string, args ...any) { logged = append(logged, fmt.Sprintf(format, args...)) }}
	for n := 1; n <= 200; n++ {
		k.keep(func(h *history.History) error { return h.Add(n, fmt.Sprint(n)) })
		if n%50 != 0 {
			continue
		}
		found, err := k.written().Tail(n)
		if err != nil || len(found) != n {
			t.Fatalf("after %d inputs there are %d: %v", n, len(found), err)
		}
		for i, e := range found {
			if e.Line != i+1 {
				t.Fatalf("input %d has the number %d", i+1, e.Line)
			}
		}
	}
	k.keep(func(*history.History) error { return errors.New("the disk is full") })
	k.written()
	if len(logged) != 1 || logged[0] != "the disk is full" {
		t.Errorf("the log has %q", logged)
	}
}
