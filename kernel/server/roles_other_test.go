//go:build !unix

package server_test

import "gilkernel/kernel/kerneltest"

func roles() map[string]kerneltest.Role { return nil }
