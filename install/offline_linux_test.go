package install_test

// This file defines the test of an installation without a network.

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/install"
	"gilkernel/install/jupyterdir"
	"gilkernel/install/testenv"
	"gilkernel/skip"
)

// bundleHere is the environment variable by which the second process of TestOfflineLab knows the bundle.
const bundleHere = "GILKERNEL_TEST_BUNDLE"

// A bundle is made where there is a network. Then this test runs again, in a network namespace that has none:
// JupyterLab is installed from the bundle, into a home of its own, knows the kernel, and runs a lesson.
func TestOfflineLab(t *testing.T) {
	if dir := os.Getenv(bundleHere); dir != "" {
		labFromBundle(t, dir)
		return
	}
	python := testenv.Python(t) // ends the test where Python or the network is missing
	testenv.Command(t, "ip")
	template, err := os.ReadFile("../kernel.json")
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	place := t.TempDir()
	dir := filepath.Join(place, "a stick")
	o := &install.Options{Template: template, Executable: testenv.Program(t), System: jupyterdir.Current(),
		Lessons: os.DirFS("../notebooks"), Texts: os.DirFS(".."), Stdout: &said, Stderr: &said}
	if code := install.Bundle(t.Context(), []string{dir}, o); code != 0 {
		t.Fatalf("making a bundle: exit status %d: %s", code, &said)
	}
	base, err := exec.Command(python, "-c", "import sys; print(sys.base_prefix)").Output()
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(place, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	inside := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOfflineLab$", "-test.v")
	inside.Env = []string{bundleHere + "=" + dir, "HOME=" + home, "TMPDIR=" + os.TempDir(),
		"PATH=" + filepath.Join(strings.TrimSpace(string(base)), "bin") + ":" + os.Getenv("PATH")}
	inside.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		inside.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		inside.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		inside.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	inside.WaitDelay = 10 * time.Second
	out, err := inside.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		skip.Missing(t, "this system allows no network namespaces: "+err.Error())
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: TestOfflineLab") {
		t.Errorf("without a network: %v\n%s", err, out)
	}
}

// labFromBundle is the part of TestOfflineLab without a network.
func labFromBundle(t *testing.T, dir string) {
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("the loopback interface: %v: %s", err, out)
	}
	if _, err := net.DialTimeout("tcp", "192.0.2.1:80", time.Minute); !errors.Is(err, syscall.ENETUNREACH) {
		t.Fatalf("there is a network: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lab := exec.CommandContext(ctx, filepath.Join(dir, "gilkernel"), "lab", "--offline", "--no-browser")
	lab.Stderr = os.Stderr
	lab.Cancel = func() error { return lab.Process.Signal(os.Interrupt) }
	lab.WaitDelay = 30 * time.Second
	stdout, err := lab.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := lab.Start(); err != nil {
		t.Fatal(err)
	}
	s := server(t, &lines{r: bufio.NewScanner(stdout)})
	var specs struct{ Kernelspecs map[string]json.RawMessage }
	s.call(t, "GET", "kernelspecs", "", &specs)
	if specs.Kernelspecs["gilkernel"] == nil {
		t.Errorf("JupyterLab knows the kernels %v, not ours", specs.Kernelspecs)
	}

	env, err := filepath.Glob(filepath.Join(os.Getenv("HOME"), ".cache", "gilkernel", "jupyterlab-*", "bin", "python"))
	if err != nil || len(env) != 1 {
		t.Fatalf("the private environments are %q, %v, want one", env, err)
	}
	lesson := exec.CommandContext(ctx, env[0], "-c", "from nbclient.cli import main; main()", "00-start.ipynb")
	lesson.Dir = filepath.Join(os.Getenv("HOME"), "gilkernel-lessons")
	if out, err := lesson.CombinedOutput(); err != nil {
		t.Errorf("the lesson: %v\n%s", err, out)
	}
	cancel()
	if err := lab.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("lab ended with %v", err)
	}
}
