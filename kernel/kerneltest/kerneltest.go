// Package kerneltest lets a test's own binary be the processes of a kernel.
//
// The kernel process starts interpreters from the program that it is, which under "go test" is the test's binary. Main
// therefore runs the tests only if the binary wasn't started in a role:
//
//	TEST start -f FILE   the kernel process, which starts
//	TEST interp          interpreter processes
//	TEST ROLE …          what a test adds
package kerneltest

import (
	"context"
	"fmt"
	"os"
	"testing"

	"gilkernel/kernel/interp"
	"gilkernel/kernel/server"
)

// A Role is the main function of a process that a test starts. It gets the arguments behind the role's name and returns
// the exit status.
type Role func(args []string) int

// Main is the body of a TestMain. It runs the role that the first argument names, one of roles, which may replace those
// of this package, or else the tests, and exits.
func Main(m *testing.M, roles map[string]Role) {
	if len(os.Args) > 1 {
		if role, ok := roles[os.Args[1]]; ok {
			os.Exit(role(os.Args[2:]))
		}
		switch os.Args[1] {
		case "start":
			os.Exit(start(os.Args[2:]))
		case "interp":
			os.Exit(interp.Main())
		}
	}
	os.Unsetenv("JPY_PARENT_PID") // of a Jupyter in which the tests run: their kernels would watch it
	os.Exit(m.Run())
}

// Kernel returns the argv of a kernel process, for client.StartOptions and a kernelspec: this binary in its role.
func Kernel() []string { return []string{os.Args[0], "start", "-f", "{connection_file}"} }

// start is the kernel process of the connection file that is the last argument.
func start(args []string) int {
	o, err := server.Environment("test")
	if err == nil {
		err = server.Start(context.Background(), args[len(args)-1], o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
