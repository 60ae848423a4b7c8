package main

import (
	"testing"
	"time"
)

// An unknown engine is refused before anything is built or run.
func TestUnknownEngine(t *testing.T) {
	_, err := conformance("", "duck", 1, time.Minute, false, true)
	if want := `there is no engine "duck": use exec or yaegi`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
