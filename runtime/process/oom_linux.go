package process

// This file defines what Linux says about processes that it has ended for want of memory.

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// OOMKills returns how many processes of this one's control group have been killed because memory had run out. ok is false if the
// system doesn't say.
func OOMKills() (n int, ok bool) {
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(groups)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) != 3 {
			continue
		}
		var files []string
		switch {
		case f[1] == "":
			files = []string{filepath.Join("/sys/fs/cgroup", f[2], "memory.events"), "/sys/fs/cgroup/memory.events"}
		case strings.Contains(f[1], "memory"):
			files = []string{filepath.Join("/sys/fs/cgroup/memory", f[2], "memory.oom_control"), "/sys/fs/cgroup/memory/memory.oom_control"}
		}
		for _, name := range files {
			if b, err := os.ReadFile(name); err == nil {
				if n, ok := oomKills(string(b)); ok {
					return n, true
				}
			}
		}
	}
	return 0, false
}

// oomKills finds the line "oom_kill 3" in what a control group says.
func oomKills(text string) (n int, ok bool) {
	for line := range strings.Lines(text) {
		if v, found := strings.CutPrefix(strings.TrimSpace(line), "oom_kill "); found {
			n, err := strconv.Atoi(v)
			return n, err == nil
		}
	}
	return 0, false
}
