package client

// This file defines the life of the folder with a kernel's connection file and sockets. Stop removes it, or the kernel
// if its client was killed, or the kernel's interpreter if both were. What is left where all were killed at once, the
// next Start removes.

import (
	"os"
	"path/filepath"
	"time"
)

// folderPrefix begins the names of these folders.
const folderPrefix = "gilkernel-client-"

// settled is the age of a folder that its client must have claimed, if it lives.
const settled = time.Minute

// sweep removes the folders in temp whose client is gone.
func sweep(temp string) {
	// the pattern is valid unless temp is strange, and then nothing is swept
	list, _ := filepath.Glob(filepath.Join(temp, folderPrefix+"*"))
	for _, dir := range list {
		if info, err := os.Lstat(dir); err != nil || !info.IsDir() || time.Since(info.ModTime()) < settled {
			continue
		}
		if release, ok := tryClaim(dir); ok {
			_ = os.RemoveAll(dir) // it may be another user's
			release()
		}
	}
}

// claim marks a folder as used while this process lives. release ends that; it is never nil.
func claim(dir string) (release func()) {
	release, ok := tryClaim(dir)
	if !ok {
		return func() {} // a file system without locks: no client sweeps there either
	}
	return release
}
