//go:build unix

package robust_test

func parent(file string) {}
