package connection

// This file defines the folder that is made for one kernel.

import (
	"os"
	"path/filepath"
)

// FolderVariable is the environment variable by which a client informs a kernel that the folder of its connection file
// was made for it alone: the folder's path. The kernel removes the folder at its end, since its client may have been
// killed.
const FolderVariable = "GILKERNEL_CONNECTION_FOLDER"

// OwnFolder returns the folder of the connection file at path if FolderVariable says that it was made for this kernel,
// and "" otherwise. It unsets the variable: a kernel that a cell starts doesn't own the folder. Call it before
// goroutines that read the environment.
func OwnFolder(path string) string {
	folder := os.Getenv(FolderVariable)
	_ = os.Unsetenv(FolderVariable) // the name is valid
	abs, err := filepath.Abs(path)
	if folder == "" || err != nil || filepath.Dir(abs) != filepath.Clean(folder) {
		return ""
	}
	return filepath.Dir(abs)
}
