package connection

// This file defines how the two files are parsed, and the errors of invalid files.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// maxFile is the size in bytes of the largest file that is read; real ones have some 300.
const maxFile = 1 << 20

// ErrEncryption is the error for a file that asks for encrypted sockets.
var ErrEncryption = errors.New("the file asks for CURVE encryption, which this kernel doesn't offer: start it " +
	"without encryption, and over ipc (--KernelManager.transport=ipc) if others can reach this machine's ports")

// Load reads the file at path and parses it; see Parse.
func Load(path string) (*Info, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening connection file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading connection file: %w", err)
	}
	info, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("reading connection file %s: %w", path, err)
	}
	return info, nil
}

// Parse reads a connection file or a registration file; it is the latter when it has a registration_port. Keys that it
// doesn't know are ignored. The error is one sentence about the first defect.
//
// A file with a CURVE key is refused with ErrEncryption: a kernel that listened in the clear would expose a user who
// asked for encryption.
func Parse(data []byte) (*Info, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("it is larger than %d bytes", maxFile)
	}
	var f file
	if err := json.Unmarshal(data, &f.keys); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, errors.New("it is not a JSON object")
		}
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	if f.keys == nil {
		return nil, errors.New("it is not a JSON object")
	}
	for _, k := range []string{"curve_publickey", "curve_secretkey"} {
		if v, ok := f.keys[k]; ok && string(v) != "null" && string(v) != `""` {
			return nil, ErrEncryption
		}
	}
	info := &Info{
		Transport:       f.oneOf("transport", "tcp", "ipc"),
		SignatureScheme: f.scheme(),
		Key:             f.text("key", true),
		KernelName:      f.text("kernel_name", false),
	}
	if _, ok := f.keys["registration_port"]; ok {
		info.Registration = &Registration{
			KernelID: f.text("kernel_id", true),
			IP:       f.address("registration_ip", info.Transport),
			Port:     f.port("registration_port", 1),
		}
		// The file says nothing of the kernel's own address: it listens where its starter does.
		info.IP = info.Registration.IP
		if info.Transport == "ipc" {
			info.IP += "-" + info.Registration.KernelID
			for i, c := range Channels() {
				*info.Port(c) = i + 1
			}
		}
	} else {
		info.IP = f.address("ip", info.Transport)
		least := 0
		if info.Transport == "ipc" {
			least = 1 // the number in a path isn't chosen by the system
		}
		for _, c := range Channels() {
			*info.Port(c) = f.port(string(c)+"_port", least)
		}
		f.distinct(info)
	}
	if f.err != nil {
		return nil, f.err
	}
	return info, nil
}

// file is a file being read. Its methods return a key's value; the first thing that is wrong is kept
// in err.
type file struct {
	keys map[string]json.RawMessage
	err  error
}

func (f *file) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(format, args...)
	}
}

// text returns a string. A key that isn't there, or null, is "", unless it is required.
func (f *file) text(key string, required bool) string {
	raw, ok := f.keys[key]
	if !ok || !required && string(raw) == "null" {
		if required {
			f.fail("it has no %q", key)
		}
		return ""
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil || string(raw) == "null" {
		f.fail("%q is %s and should be a string", key, clip(raw))
	}
	return s
}

func (f *file) oneOf(key string, values ...string) string {
	s := f.text(key, true)
	if _, ok := f.keys[key]; ok && !slices.Contains(values, s) {
		f.fail("%q is %q, which this kernel doesn't offer; it offers %s", key, s, strings.Join(values, " and "))
	}
	return s
}

// scheme returns the signature scheme.
func (f *file) scheme() string {
	if _, ok := f.keys["signature_scheme"]; !ok {
		return "hmac-sha256" // as in jupyter_client
	}
	s := f.text("signature_scheme", true)
	if !slices.Contains(schemes(), s) {
		f.fail("%q is %q, which is unknown; known are %s", "signature_scheme", s, strings.Join(schemes(), ", "))
	}
	return s
}

// schemes lists the signature schemes that package wire knows; a test holds the two together.
func schemes() []string {
	return []string{
		"hmac-sha256", "hmac-sha1", "hmac-sha224", "hmac-sha384", "hmac-sha512", "hmac-sha512_224", "hmac-sha512_256",
		"hmac-sha3_224", "hmac-sha3_256", "hmac-sha3_384", "hmac-sha3_512", "hmac-md5",
	}
}

// address returns an address: for tcp an IP address, "localhost" or "*", for ipc a path.
func (f *file) address(key, transport string) string {
	s := f.text(key, true)
	if f.err != nil || transport == "ipc" && s != "" && !strings.ContainsRune(s, 0) {
		return s
	}
	if transport == "tcp" {
		if s == "*" || s == "localhost" {
			return s
		}
		if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
			return s
		}
		f.fail("%q is %q and should be an IP address", key, s)
	}
	f.fail("%q is %q and should be a path", key, s)
	return s
}

// port returns a port: an integer, or a string of digits, as in the handshake.
func (f *file) port(key string, least int) int {
	raw, ok := f.keys[key]
	if !ok {
		f.fail("it has no %q", key)
		return 0
	}
	digits := string(raw)
	if n := len(digits); n > 2 && digits[0] == '"' {
		digits = digits[1 : n-1]
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < least || n > 65535 {
		f.fail("%q is %s and should be a number from %d to 65535", key, clip(raw), least)
		return 0
	}
	return n
}

// distinct refuses a port that two channels share.
func (f *file) distinct(i *Info) {
	seen := make(map[int]Channel)
	for _, c := range Channels() {
		n := *i.Port(c)
		if n == 0 {
			continue
		}
		if other, dup := seen[n]; dup {
			f.fail("%q and %q are both %d", string(other)+"_port", string(c)+"_port", n)
		}
		seen[n] = c
	}
}

// clip shortens a value to be shown in a line.
func clip(raw []byte) string {
	s := strings.Join(strings.Fields(string(raw)), " ")
	if len(s) > 64 {
		s = strings.ToValidUTF8(s[:61], "") + "…"
	}
	return s
}
