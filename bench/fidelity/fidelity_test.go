package main

import (
	"io"
	"os/exec"
	"slices"
	"testing"
)

// The simulated machine is within the bounds of all rows, with the same figures each time.
func TestSimulatedRows(t *testing.T) {
	b := &bench{rounds: 3, sizes: sizes{turns: 1_000_000, updates: 400_000, naps: 30, seconds: 0.4}, log: io.Discard,
		noReal: true}
	for _, r := range rows(b.sizes) {
		for _, v := range r.versions {
			list, err := b.row(r, v)
			if err != nil {
				t.Fatal(err)
			}
			for _, res := range list {
				if !res.OK {
					t.Errorf("%s, Python %s: %s %g, accepted are %g to %g", res.Row, v, res.Value, *res.Simulated,
						res.Low, res.High)
				}
				t.Logf("%s %s %s %.4g", res.Row, v, res.Value, *res.Simulated)
			}
		}
	}
}

// In a kernel, the engine does on the simulated machine what the models' own loops do, and on the real machine what is
// certain: no update is lost where none can be, and a thread that computes lets others run.
func TestCells(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Fatal("building the kernel: ", err)
	}
	s, err := newSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	b := &bench{rounds: 1, sizes: sizes{turns: 300_000, updates: 300_000, naps: 20, seconds: 0.2}, log: io.Discard,
		noReal: true, session: s}
	for _, r := range rows(b.sizes) {
		if !slices.Contains([]string{"G1", "G2", "G3", "G4", "G16", "G17", "G18", "G19", "G20", "W2"}, r.id) {
			continue
		}
		for _, v := range r.versions {
			list, err := b.row(r, v)
			if err != nil {
				t.Fatal(err)
			}
			for _, res := range list {
				if x := *res.SimulatedCells; x < res.Low || x > res.High {
					t.Errorf("%s, Python %s: %s %g in cells, accepted are %g to %g", res.Row, v, res.Value, x, res.Low,
						res.High)
				}
			}
		}
	}
	for _, version := range []string{"2.7", "3.8", "3.10", "3.13", "3.14t"} {
		ask := s.ask(false, version, 0, 0)
		if _, err := ask("wake", args{"ms": 5, "cpu": 2, "n": 5}); err != nil {
			t.Error(err)
		}
		for _, kind := range []string{"locked", "plain"} {
			lost, err := ask("lost", args{"kind": kind, "n": 20_000})
			if err != nil {
				t.Fatal(err)
			}
			if exact := kind == "locked" || version == "3.10" || version == "3.13"; lost[0] < 0 ||
				exact && lost[0] != 0 {
				t.Errorf("Python %s, %s: %g %% of the updates were lost", version, kind, lost[0])
			}
		}
	}
}
