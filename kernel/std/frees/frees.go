// Package frees knows which compiled functions release the GIL: those whose counterparts in CPython's C code release it
// because they wait, or work for a long time without touching objects.
package frees

import "strings"

// How says whether a compiled function releases the GIL while it runs.
type How uint8

// The ways.
const (
	Holds How = iota
	IO        // it waits for something outside the process
	Work      // it computes for a long time, on nothing that other threads can see
	Much      // as Work if its first slice has at least MuchBytes bytes; otherwise it holds the GIL
	Event     // it waits for another goroutine
	Knows     // it knows of threads, and releases the GIL itself
)

// MuchBytes is HASHLIB_GIL_MINSIZE (Modules/hashlib.h).
const MuchBytes = 2048

// table says it by package and function or method. "*" stands for those that aren't named.
var table = map[string]map[string]How{
	// Sockets (Modules/socketmodule.c releases it in each call, whether it would wait or not).
	"net": {
		"*":             IO,
		"ParseIP":       Holds,
		"ParseCIDR":     Holds,
		"JoinHostPort":  Holds,
		"SplitHostPort": Holds,
		"ParseMAC":      Holds,
		"IPv4":          Holds,
		"String":        Holds,
		"Addr":          Holds,
		"LocalAddr":     Holds,
		"RemoteAddr":    Holds,
		"Network":       Holds,
	},
	"net/http": {
		"Get":               IO,
		"Head":              IO,
		"Post":              IO,
		"PostForm":          IO,
		"Do":                IO,
		"RoundTrip":         IO,
		"Read":              IO,
		"Close":             IO,
		"ListenAndServe":    IO,
		"ListenAndServeTLS": IO,
		"Serve":             IO,
		"ServeTLS":          IO,
		"Shutdown":          IO,
	},
	// Files and processes (Modules/posixmodule.c, Modules/_io/fileio.c).
	"os": {
		"ReadFile":     IO,
		"WriteFile":    IO,
		"Open":         IO,
		"OpenFile":     IO,
		"Create":       IO,
		"CreateTemp":   IO,
		"ReadDir":      IO,
		"Remove":       IO,
		"RemoveAll":    IO,
		"Rename":       IO,
		"Mkdir":        IO,
		"MkdirAll":     IO,
		"MkdirTemp":    IO,
		"Stat":         IO,
		"Lstat":        IO,
		"Read":         IO,
		"Write":        IO,
		"WriteString":  IO,
		"ReadAt":       IO,
		"WriteAt":      IO,
		"ReadFrom":     IO,
		"Sync":         IO,
		"Close":        IO,
		"Wait":         IO,
		"StartProcess": IO,
	},
	"os/exec": {"Run": IO, "Output": IO, "CombinedOutput": IO, "Wait": IO,
		"Start": IO},
	"io": {"ReadAll": IO, "Copy": IO, "CopyN": IO, "ReadFull": IO,
		"Read": IO, "Write": IO},
	"bufio": {
		"Read":       IO,
		"ReadString": IO,
		"ReadLine":   IO,
		"ReadBytes":  IO,
		"ReadRune":   IO,
		"ReadByte":   IO,
		"Peek":       IO,
		"Scan":       IO,
		"Flush":      IO,
	},
	"net/rpc": {"Call": IO, "Dial": IO, "DialHTTP": IO, "ServeConn": IO,
		"Accept": IO},
	"crypto/rand": {"Read": IO, "Int": IO, "Prime": Work},
	// Digests (Modules/_hashopenssl.c, sha2module.c: from 2048 bytes on) and what derives keys.
	"crypto/md5":    {"Sum": Much, "Write": Much},
	"crypto/sha1":   {"Sum": Much, "Write": Much},
	"crypto/sha256": {"Sum256": Much, "Sum224": Much, "Write": Much},
	"crypto/sha512": {"Sum512": Much, "Sum384": Much, "Sum512_256": Much,
		"Write": Much},
	"crypto/sha3":  {"Sum256": Much, "Sum512": Much, "Write": Much},
	"hash/crc32":   {"Checksum": Much, "ChecksumIEEE": Much, "Update": Much},
	"hash/adler32": {"Checksum": Much},
	// Compression (Modules/zlibmodule.c, _bz2module.c).
	"compress/gzip": {"Write": Work, "Read": Work, "Close": Work,
		"Flush": Work},
	"compress/zlib": {"Write": Work, "Read": Work, "Close": Work,
		"Flush": Work},
	"compress/flate": {"Write": Work, "Read": Work, "Close": Work,
		"Flush": Work},
	"compress/bzip2": {"Read": Work},
	"compress/lzw":   {"Write": Work, "Read": Work, "Close": Work},
}

// Of returns how a function or method of a package runs. May be called by several goroutines at once.
func Of(path, name string) How {
	if strings.HasPrefix(path, "gilkernel/") || path == "time" && name == "Sleep" {
		return Knows
	}
	// The digests' types are in internal packages of crypto.
	if path = strings.TrimPrefix(path, "vendor/"); strings.HasPrefix(path, "crypto/internal/") {
		path = "crypto/" + path[strings.LastIndexByte(path, '/')+1:]
	}
	if how, ok := table[path][name]; ok {
		return how
	}
	return table[path]["*"]
}
