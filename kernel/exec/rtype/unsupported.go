//go:build go1.28

package rtype

// This file defines what the build says with a Go whose type descriptors have not been compared with those here:
// one error, which reads as a sentence. What to do with a new Go: compare its internal/abi with abi.go, give what
// differs a file like abi_go127.go, run this package's tests and those of kernel/exec and kernel/interp with it, and
// raise the number above.

var _ int = "gilkernel works with Go 1.26 and Go 1.27 and not yet with a newer one, install one of these or run it " +
	"with GOTOOLCHAIN=go1.27.3"
