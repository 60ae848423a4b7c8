package main

import (
	"io"
	"testing"
)

// The simulated machine reaches all rows, in the same figures each time.
func TestSimulatedRows(t *testing.T) {
	b := &bench{rounds: 3, sizes: sizes{turns: 1_000_000, updates: 400_000, naps: 30, seconds: 0.4}, log: io.Discard, noReal: true}
	for _, r := range rows(b.sizes) {
		for _, v := range r.versions {
			list, err := b.row(r, v)
			if err != nil {
				t.Fatal(err)
			}
			for _, res := range list {
				if !res.OK {
					t.Errorf("%s, Python %s: %s %g, accepted are %g to %g", res.Row, v, res.Value, *res.Simulated, res.Low, res.High)
				}
				t.Logf("%s %s %s %.4g", res.Row, v, res.Value, *res.Simulated)
			}
		}
	}
}
