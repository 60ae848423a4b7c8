//go:build !linux

package process

// OOMKills reports that only Linux says how many processes were killed because memory had run out.
func OOMKills() (n int, ok bool) { return 0, false }
