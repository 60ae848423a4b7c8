package interp

// This file defines which compiled functions release the GIL: as CPython's C code does around what waits or
// works for long without touching objects, and nowhere else.

import (
	"strings"

	"gilkernel/kernel/exec"
)

// freeing says it by package. "*" stands for all functions and methods that aren't named; a method is named with its
// receiver's type if another one is meant.
var freeing = map[string]map[string]exec.Freeing{
	// Sockets (Modules/socketmodule.c releases it in each call, whether it would wait or not).
	"net": {
		"*":             exec.FreesIO,
		"ParseIP":       exec.Holds,
		"ParseCIDR":     exec.Holds,
		"JoinHostPort":  exec.Holds,
		"SplitHostPort": exec.Holds,
		"ParseMAC":      exec.Holds,
		"IPv4":          exec.Holds,
		"String":        exec.Holds,
		"Addr":          exec.Holds,
		"LocalAddr":     exec.Holds,
		"RemoteAddr":    exec.Holds,
		"Network":       exec.Holds,
	},
	"net/http": {
		"Get":               exec.FreesIO,
		"Head":              exec.FreesIO,
		"Post":              exec.FreesIO,
		"PostForm":          exec.FreesIO,
		"Do":                exec.FreesIO,
		"RoundTrip":         exec.FreesIO,
		"Read":              exec.FreesIO,
		"Close":             exec.FreesIO,
		"ListenAndServe":    exec.FreesIO,
		"ListenAndServeTLS": exec.FreesIO,
		"Serve":             exec.FreesIO,
		"ServeTLS":          exec.FreesIO,
		"Shutdown":          exec.FreesIO,
	},
	// Files and processes (Modules/posixmodule.c, Modules/_io/fileio.c).
	"os": {
		"*Read":        exec.FreesIO,
		"ReadFile":     exec.FreesIO,
		"WriteFile":    exec.FreesIO,
		"Open":         exec.FreesIO,
		"OpenFile":     exec.FreesIO,
		"Create":       exec.FreesIO,
		"CreateTemp":   exec.FreesIO,
		"ReadDir":      exec.FreesIO,
		"Remove":       exec.FreesIO,
		"RemoveAll":    exec.FreesIO,
		"Rename":       exec.FreesIO,
		"Mkdir":        exec.FreesIO,
		"MkdirAll":     exec.FreesIO,
		"MkdirTemp":    exec.FreesIO,
		"Stat":         exec.FreesIO,
		"Lstat":        exec.FreesIO,
		"Read":         exec.FreesIO,
		"Write":        exec.FreesIO,
		"WriteString":  exec.FreesIO,
		"ReadAt":       exec.FreesIO,
		"WriteAt":      exec.FreesIO,
		"ReadFrom":     exec.FreesIO,
		"Sync":         exec.FreesIO,
		"Close":        exec.FreesIO,
		"Wait":         exec.FreesIO,
		"StartProcess": exec.FreesIO,
	},
	"os/exec": {"Run": exec.FreesIO, "Output": exec.FreesIO, "CombinedOutput": exec.FreesIO, "Wait": exec.FreesIO,
		"Start": exec.FreesIO},
	"io": {"ReadAll": exec.FreesIO, "Copy": exec.FreesIO, "CopyN": exec.FreesIO, "ReadFull": exec.FreesIO,
		"Read": exec.FreesIO, "Write": exec.FreesIO},
	"bufio": {
		"Read":       exec.FreesIO,
		"ReadString": exec.FreesIO,
		"ReadLine":   exec.FreesIO,
		"ReadBytes":  exec.FreesIO,
		"ReadRune":   exec.FreesIO,
		"ReadByte":   exec.FreesIO,
		"Peek":       exec.FreesIO,
		"Scan":       exec.FreesIO,
		"Flush":      exec.FreesIO,
	},
	"net/rpc": {"Call": exec.FreesIO, "Dial": exec.FreesIO, "DialHTTP": exec.FreesIO, "ServeConn": exec.FreesIO,
		"Accept": exec.FreesIO},
	"os/signal":   {},
	"crypto/rand": {"Read": exec.FreesIO, "Int": exec.FreesIO, "Prime": exec.FreesWork},
	// Digests (Modules/_hashopenssl.c, sha2module.c: from 2048 bytes on) and what derives keys.
	"crypto/md5":    {"Sum": exec.FreesMuch, "Write": exec.FreesMuch},
	"crypto/sha1":   {"Sum": exec.FreesMuch, "Write": exec.FreesMuch},
	"crypto/sha256": {"Sum256": exec.FreesMuch, "Sum224": exec.FreesMuch, "Write": exec.FreesMuch},
	"crypto/sha512": {"Sum512": exec.FreesMuch, "Sum384": exec.FreesMuch, "Sum512_256": exec.FreesMuch,
		"Write": exec.FreesMuch},
	"crypto/sha3":  {"Sum256": exec.FreesMuch, "Sum512": exec.FreesMuch, "Write": exec.FreesMuch},
	"hash/crc32":   {"Checksum": exec.FreesMuch, "ChecksumIEEE": exec.FreesMuch, "Update": exec.FreesMuch},
	"hash/adler32": {"Checksum": exec.FreesMuch},
	// Compression (Modules/zlibmodule.c, _bz2module.c).
	"compress/gzip": {"Write": exec.FreesWork, "Read": exec.FreesWork, "Close": exec.FreesWork,
		"Flush": exec.FreesWork},
	"compress/zlib": {"Write": exec.FreesWork, "Read": exec.FreesWork, "Close": exec.FreesWork,
		"Flush": exec.FreesWork},
	"compress/flate": {"Write": exec.FreesWork, "Read": exec.FreesWork, "Close": exec.FreesWork,
		"Flush": exec.FreesWork},
	"compress/bzip2": {"Read": exec.FreesWork},
	"compress/lzw":   {"Write": exec.FreesWork, "Read": exec.FreesWork, "Close": exec.FreesWork},
}

// Frees implements exec.Host.
func (h *host) Frees(path, recv, name string) exec.Freeing {
	if strings.HasPrefix(path, "gilkernel/") || path == "time" && name == "Sleep" {
		return exec.Knows
	}
	// The digests' types are in internal packages of crypto.
	if path = strings.TrimPrefix(path, "vendor/"); strings.HasPrefix(path, "crypto/internal/") {
		path = "crypto/" + path[strings.LastIndexByte(path, '/')+1:]
	}
	table := freeing[path]
	if how, ok := table[name]; ok {
		return how
	}
	return table["*"]
}
