//go:build race

package yaegi

// raceEnabled: the race detector sees what yaegi reads, and doesn't know that the flag is atomic.
const raceEnabled = true
