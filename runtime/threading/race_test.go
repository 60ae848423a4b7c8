//go:build race

package threading_test

// raceEnabled: the race detector makes everything ten times slower.
const raceEnabled = true
