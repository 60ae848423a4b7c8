package process

// This file defines what Linux reports about processes that it has killed because memory ran out.

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// OOMKills returns how many processes of this one's control group have been killed because memory had run out; of the
// whole system if the group doesn't report it. ok is false if neither does.
func OOMKills() (n int, ok bool) { return oomKillsIn(os.DirFS("/")) }

// oomKillsIn is OOMKills in a root directory. The files are those of control groups in version 2 and 1, where the
// group's path may be that outside of a container, and /proc/vmstat.
func oomKillsIn(root fs.FS) (n int, ok bool) {
	var files []string
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		groups = nil // a system without control groups
	}
	for line := range strings.Lines(string(groups)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		switch {
		case len(f) != 3:
		case f[1] == "":
			files = append(files, path.Join("sys/fs/cgroup", f[2], "memory.events"), "sys/fs/cgroup/memory.events")
		case slices.Contains(strings.Split(f[1], ","), "memory"):
			files = append(files, path.Join("sys/fs/cgroup/memory", f[2], "memory.oom_control"),
				"sys/fs/cgroup/memory/memory.oom_control")
		}
	}
	for _, name := range append(files, "proc/vmstat") {
		if b, err := fs.ReadFile(root, name); err == nil {
			if n, ok := oomKills(string(b)); ok {
				return n, true
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
