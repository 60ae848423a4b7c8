package history

// This file defines where the history is: the data folder of this user on this system.

import (
	"os"
	"path/filepath"
	"runtime"
)

// DefaultPath returns where the history is kept: what GILKERNEL_HISTORY says (set but empty: nowhere,
// ""), else history.jsonl in gilkernel's folder among the user's data. It is "" when the user has no
// such folder.
func DefaultPath() string {
	if path, set := os.LookupEnv("GILKERNEL_HISTORY"); set {
		return path
	}
	dir := dataDir(runtime.GOOS, os.Getenv)
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "gilkernel", "history.jsonl")
}

// dataDir returns the folder for programs' data on the system goos, "" if there is none.
func dataDir(goos string, env func(string) string) string {
	switch goos {
	case "windows":
		return env("LOCALAPPDATA")
	case "darwin":
		if home := env("HOME"); home != "" {
			return filepath.Join(home, "Library", "Application Support")
		}
		return ""
	}
	if dir := env("XDG_DATA_HOME"); filepath.IsAbs(dir) { // the XDG specification: a relative one is ignored
		return dir
	}
	if home := env("HOME"); home != "" {
		return filepath.Join(home, ".local", "share")
	}
	return ""
}
