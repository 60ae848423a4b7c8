package connection

// This file defines how a new connection is made: random key, free ports, a file only for its owner.

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// New returns a connection on this computer's loopback address, with ports that were free a moment
// ago and a random key. Another process may take a port before the kernel binds it; the kernel then
// fails to start, and the caller tries again with a new one. It may be called concurrently.
func New(kernelName string) (*Info, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	info := &Info{
		Transport:       "tcp",
		IP:              "127.0.0.1",
		Key:             hex.EncodeToString(key),
		SignatureScheme: "hmac-sha256",
		KernelName:      kernelName,
	}
	// All are held until the last one is found, so that they differ.
	for _, c := range Channels() {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("finding a free port: %w", err)
		}
		defer ln.Close()
		*info.Port(c) = ln.Addr().(*net.TCPAddr).Port
	}
	return info, nil
}

// Write writes the connection file to path, readable by its owner alone, because the key gives the right to run code as
// them. The file appears completely or not at all, and replaces an existing one. A registration is not written.
func (i *Info) Write(path string) error {
	data, err := json.MarshalIndent(struct {
		ShellPort   int    `json:"shell_port"`
		IOPubPort   int    `json:"iopub_port"`
		StdinPort   int    `json:"stdin_port"`
		ControlPort int    `json:"control_port"`
		HBPort      int    `json:"hb_port"`
		IP          string `json:"ip"`
		Key         string `json:"key"`
		Transport   string `json:"transport"`
		Scheme      string `json:"signature_scheme"`
		KernelName  string `json:"kernel_name"`
	}{
		i.ShellPort, i.IOPubPort, i.StdinPort, i.ControlPort, i.HBPort,
		i.IP, i.Key, i.Transport, i.SignatureScheme, i.KernelName,
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("marshalling connection file: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".connection-*") // mode 0600
	if err != nil {
		return fmt.Errorf("writing connection file: %w", err)
	}
	_, err = f.Write(append(data, '\n'))
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("writing connection file: %w", err)
	}
	return nil
}
