//go:build portable || (!amd64 && !arm64)

package rtype_test

// portable says that the stubs are functions of Go.
const portable = true
