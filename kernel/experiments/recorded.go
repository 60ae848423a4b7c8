package experiments

// This file defines figures of Pythons that were recorded earlier, for computers that haven't these Pythons.

import (
	_ "embed"
	"encoding/json"
	"slices"
)

// recorded is written by "go run ./bench/fidelity -record kernel/experiments/recorded.json".
//
//go:embed recorded.json
var recorded []byte

// A Record is what one Python did with one experiment, some time ago.
type Record struct {
	Experiment string    `json:"experiment"`
	Python     string    `json:"python"`  // "3.11"
	Version    string    `json:"version"` // "3.11.7"
	Machine    string    `json:"machine"` // "Linux, amd64, 2 cores"
	Date       string    `json:"date"`    // "2026-11-26"
	Threads    []int     `json:"threads"`
	Figures    []float64 `json:"figures"` // one for each of the experiment's Columns; medians
}

// Recorded returns the records of an experiment with these numbers of threads.
func Recorded(e *Experiment) []Record {
	var all, own []Record
	if json.Unmarshal(recorded, &all) != nil { // a test has read it
		return nil
	}
	for _, r := range all {
		if e.Name != "" && r.Experiment == e.Name && slices.Equal(r.Threads, e.Threads) {
			own = append(own, r)
		}
	}
	return own
}
