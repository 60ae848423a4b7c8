package process

import (
	"testing"
	"testing/fstest"
)

// What systems have said, and how many processes were killed.
func TestOOMKills(t *testing.T) {
	const v1, events = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
		"low 0\nhigh 0\nmax 812\noom 5\noom_kill 4\noom_group_kill 0\n"
	const vmstat = "nr_free_pages 1204\noom_kill 7\nnuma_hit 5\n"
	for _, row := range []struct {
		name  string
		files map[string]string
		want  int
		ok    bool
	}{
		{"version 1", map[string]string{"proc/self/cgroup": "5:cpu,cpuacct:/a\n4:memory:/a/b\n0::/\n",
			"sys/fs/cgroup/memory/a/b/memory.oom_control": v1,
			"sys/fs/cgroup/memory/memory.oom_control":     "oom_kill 9\n"}, 3, true},
		{"version 1, in a container", map[string]string{"proc/self/cgroup": "4:memory:/docker/0af3\n",
			"sys/fs/cgroup/memory/memory.oom_control": v1}, 3, true},
		{"version 2", map[string]string{"proc/self/cgroup": "0::/user.slice/user-1000.slice\n",
			"sys/fs/cgroup/user.slice/user-1000.slice/memory.events": events}, 4, true},
		{"version 2, in a container",
			map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.events": events}, 4, true},
		{"both, memory is of version 1", map[string]string{"proc/self/cgroup": "0::/x\n7:memory:/x\n",
			"sys/fs/cgroup/memory/x/memory.oom_control": v1}, 3, true},
		{"the root group of version 2", map[string]string{"proc/self/cgroup": "0::/\n", "proc/vmstat": vmstat}, 7,
			true},
		{"an old version 1 without the line",
			map[string]string{"proc/self/cgroup": "4:memory:/\n",
				"sys/fs/cgroup/memory/memory.oom_control": "under_oom 0\n", "proc/vmstat": vmstat}, 7, true},
		{"no control groups", map[string]string{"proc/vmstat": vmstat}, 7, true},
		{"a path outside of the root", map[string]string{"proc/self/cgroup": "0::/../../x\n", "proc/vmstat": vmstat}, 7,
			true},
		{"no number", map[string]string{"proc/vmstat": "oom_kill x\n"}, 0, false},
		{"nothing", nil, 0, false},
	} {
		root := fstest.MapFS{}
		for name, text := range row.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if n, ok := oomKillsIn(root); n != row.want || ok != row.ok {
			t.Errorf("%s: got %d %v, want %d %v", row.name, n, ok, row.want, row.ok)
		}
	}
}
