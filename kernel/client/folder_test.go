//go:build unix

package client_test

// This file tests that no folder is left behind, whichever party is killed.

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/kerneltest"
)

// owner is a process that starts a kernel, prints the kernel's process id, and waits to be killed.
func owner([]string) int {
	k, err := client.Start(context.Background(),
		&client.StartOptions{Argv: kerneltest.Kernel(), Env: []string{"GILKERNEL_HISTORY="}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if _, err := k.Execute(context.Background(), &client.Execution{Code: "1"}); err != nil {
		// the interpreter knows what to remove
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(k.PID())
	time.Sleep(time.Hour)
	return 0
}

func TestKilledPartiesLeaveNoFolder(t *testing.T) {
	for _, row := range []struct {
		name          string
		client, first bool // the client is killed; the kernel is killed before it
	}{
		{"client", true, false},
		{"kernel and client", true, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			temp := t.TempDir()
			cmd := exec.Command(os.Args[0], "owner")
			cmd.Env = append(os.Environ(), "TMPDIR="+temp)
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			var pid int
			if _, scan := fmt.Sscan(line, &pid); err != nil || scan != nil {
				_ = cmd.Process.Kill()
				t.Fatalf("the client printed %q: %v", line, err)
			}
			if list := folders(t, temp); len(list) != 1 {
				t.Errorf("a kernel has %d folders, not one", len(list))
			}
			if row.first { // both are stopped, so that neither can act on the end of the other
				_ = syscall.Kill(cmd.Process.Pid, syscall.SIGSTOP)
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // it was killed
			for late := time.Now().Add(time.Minute); len(folders(t, temp)) > 0; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(late) {
					t.Fatalf("a minute later there is %v", folders(t, temp))
				}
			}
		})
	}
}

// Where all parties are killed at once, the next Start removes what they left, and nothing that is used.
func TestStartSweepsFolders(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	dead := filepath.Join(temp, "gilkernel-client-1")
	young := filepath.Join(temp, "gilkernel-client-2")
	for _, dir := range []string{dead, young} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "connection.json"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(dead, old, old); err != nil {
		t.Fatal(err)
	}
	start(t)
	used := folders(t, temp)
	for _, dir := range used {
		if err := os.Chtimes(dir, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if len(used) != 2 || used[0] != young && used[1] != young {
		t.Errorf("Start left %v", used)
	}
	start(t)
	if list := folders(t, temp); len(list) != 2 { // two kernels; young is an hour old by now
		t.Errorf("a second Start left %v", list)
	}
}

func folders(t *testing.T, temp string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(temp, "gilkernel-*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}
