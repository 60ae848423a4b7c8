package exec_test

// This file tests how compiled functions are called.

import "testing"

// TestNowIsCalledInPlace bounds the allocations of calls of time.Now: reflection would make five each. The export data
// have the unexported fields of a time.Time by their layout alone.
func TestNowIsCalledInPlace(t *testing.T) {
	e, _ := newEngine()
	p, err := e.Compile("s.go", "package main\nimport \"time\"\nfunc now() { for range 100 { _ = time.Now() } }\n")
	if err != nil {
		t.Fatal(err)
	}
	p.Init(nil)
	if n := testing.AllocsPerRun(5, func() { e.Call(nil, "now") }); n > 300 {
		t.Errorf("100 calls make %v allocations", n)
	}
}
