//go:build linux && !race

package robust_test

const raceEnabled = false
