package main

// This file defines the memory of a learner: the processes that have the learner's name in their environment.

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"gilkernel/bench/pss"
)

// memory returns the proportional memory in MB of a learner's kernel, all its processes, and of the single-user server.
func memory(user string) (kernel, server float64, err error) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil || len(folders) == 0 {
		return 0, 0, fmt.Errorf("reading the memory of processes needs Linux's /proc")
	}
	want := []byte("\x00JUPYTERHUB_USER=" + user + "\x00")
	for _, dir := range folders {
		env, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err != nil || !bytes.Contains(append([]byte{0}, env...), want) {
			continue // another's, or it has ended
		}
		command, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(dir)) // the pattern names processes alone
		n := pss.Of(pid)
		if bytes.Contains(command, []byte("jupyterhub-singleuser")) {
			server += n
		} else {
			kernel += n
		}
	}
	if kernel == 0 || server == 0 {
		return 0, 0, fmt.Errorf("%s has no kernel or no server", user)
	}
	return kernel, server, nil
}
