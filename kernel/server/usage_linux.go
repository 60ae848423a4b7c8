package server

// This file defines the measurements of usage_request on Linux, from /proc.

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU times in /proc: USER_HZ, which is 100 on all of Go's architectures.
const tick = time.Second / 100

// measure fills in what the kernel uses, its interpreters and what they have started. What can't be read is left
// out: a process may end meanwhile.
func (u *usage) measure(reply *usageReply) {
	memory, process := int64(0), map[int]time.Duration{}
	for _, pid := range withChildren(os.Getpid()) {
		dir := filepath.Join("/proc", strconv.Itoa(pid))
		if user, system, _, ok := readStat(dir); ok {
			process[pid] = user + system
		}
		memory += pss(dir)
	}
	reply.Memory = &memory
	u.percents(process, hostBusy(), reply)
	reply.HostMem = hostMem()
}

// cpuTimes returns the processor time of a process.
func cpuTimes(pid int) (user, system time.Duration, known bool) {
	user, system, _, known = readStat(filepath.Join("/proc", strconv.Itoa(pid)))
	return user, system, known
}

// withChildren returns a process and its descendants.
func withChildren(pid int) []int {
	children := map[int][]int{}
	dirs, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well-formed
	for _, dir := range dirs {
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil {
			if _, _, parent, ok := readStat(dir); ok {
				children[parent] = append(children[parent], pid)
			}
		}
	}
	seen, all := map[int]bool{}, []int(nil)
	for todo := []int{pid}; len(todo) > 0; {
		pid := todo[0]
		todo = todo[1:]
		if !seen[pid] {
			seen[pid] = true
			all = append(all, pid)
			todo = append(todo, children[pid]...)
		}
	}
	return all
}

// readStat returns the processor time and the parent of a process.
func readStat(dir string) (user, system time.Duration, parent int, ok bool) {
	b, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return 0, 0, 0, false
	}
	// The second field is a name in parentheses, which may contain anything.
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 13 {
		return 0, 0, 0, false
	}
	parent, _ = strconv.Atoi(f[1])
	u, _ := strconv.Atoi(f[11])
	s, _ := strconv.Atoi(f[12])
	return time.Duration(u) * tick, time.Duration(s) * tick, parent, true
}

// pss returns the memory of a process in bytes.
func pss(dir string) int64 {
	return field(filepath.Join(dir, "smaps_rollup"), "Pss:")
}

// field returns the number behind a name in a file of kB.
func field(path, name string) int64 {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) > 1 && words[0] == name {
			n, _ := strconv.ParseInt(words[1], 10, 64)
			return n << 10
		}
	}
	return 0
}

// hostBusy returns the CPU time that the machine has spent working.
func hostBusy() time.Duration {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	busy := 0
	for i, w := range strings.Fields(first) {
		// user nice system idle iowait irq softirq steal, then what is counted in user already
		if n, err := strconv.Atoi(w); err == nil && i != 4 && i != 5 && i <= 8 {
			busy += n
		}
	}
	return time.Duration(busy) * tick
}

func hostMem() *hostMemory {
	const file = "/proc/meminfo"
	m := &hostMemory{Total: field(file, "MemTotal:"), Available: field(file, "MemAvailable:"),
		Free: field(file, "MemFree:")}
	if m.Total == 0 {
		return nil
	}
	m.Used = m.Total - m.Available
	m.Percent = 100 * float64(m.Used) / float64(m.Total)
	return m
}
