// Package connection reads the files that specify a kernel's endpoints.
//
// There are two kinds: the connection file, in which the client has chosen all ports
// (jupyter_client's kernels.rst, "Connection files"), and the registration file, with which the kernel
// chooses them and reports them in a handshake (messaging.rst, "Kernel startup handshake"; JEP 66).
// Our own client starts kernels too, so New writes a connection file.
package connection

// This file defines what a connection consists of.

import (
	"encoding/json"
	"net"
	"strconv"
	"strings"
)

// Channel is one of a kernel's five sockets.
type Channel string

// The channels, by the names that the connection file has for them.
const (
	Shell   Channel = "shell"
	Control Channel = "control"
	Stdin   Channel = "stdin"
	IOPub   Channel = "iopub"
	HB      Channel = "hb"
)

// Channels lists the channels in the order of the file.
func Channels() []Channel { return []Channel{Shell, IOPub, Stdin, Control, HB} }

// Info is how to connect to a kernel. A tcp port of 0 means that the kernel chooses, as it does for all
// five when Registration is not nil. It has no lock.
type Info struct {
	Transport       string // "tcp" or "ipc"
	IP              string // an address; for ipc the beginning of a path
	Key             string // of the signatures; "" is none
	SignatureScheme string // such as "hmac-sha256"
	ShellPort       int
	ControlPort     int
	StdinPort       int
	IOPubPort       int
	HBPort          int
	KernelName      string
	Registration    *Registration // nil for a connection file
}

// Registration is where a kernel that chose its own ports reports them.
type Registration struct {
	KernelID string
	IP       string
	Port     int
}

// Port returns a pointer to the port of a channel, nil for an unknown one.
func (i *Info) Port(c Channel) *int {
	switch c {
	case Shell:
		return &i.ShellPort
	case Control:
		return &i.ControlPort
	case Stdin:
		return &i.StdinPort
	case IOPub:
		return &i.IOPubPort
	case HB:
		return &i.HBPort
	}
	return nil
}

// Endpoint returns the address of a channel in ZeroMQ's notation: "tcp://127.0.0.1:5555", or for ipc
// "ipc://path-1".
func (i *Info) Endpoint(c Channel) string {
	p := i.Port(c)
	if p == nil {
		return ""
	}
	return endpoint(i.Transport, i.IP, *p)
}

// RegistrationEndpoint returns the address that the handshake goes to, "" without a registration.
func (i *Info) RegistrationEndpoint() string {
	if i.Registration == nil {
		return ""
	}
	return endpoint(i.Transport, i.Registration.IP, i.Registration.Port)
}

func endpoint(transport, ip string, port int) string {
	if transport == "ipc" {
		return "ipc://" + ip + "-" + strconv.Itoa(port)
	}
	if ip != "*" {
		ip = strings.Trim(ip, "[]") // JoinHostPort puts them around IPv6 addresses
	}
	return "tcp://" + net.JoinHostPort(ip, strconv.Itoa(port))
}

// SetEndpoint takes the port of a channel from the address that its socket was given, as when the
// port was 0. An address without a port changes nothing.
func (i *Info) SetEndpoint(c Channel, address string) {
	sep := ":"
	if i.Transport == "ipc" {
		sep = "-"
	}
	n, err := strconv.Atoi(address[strings.LastIndex(address, sep)+1:])
	if p := i.Port(c); p != nil && err == nil {
		*p = n
	}
}

// Handshake returns the content of the message with which a kernel reports the ports that it chose.
// They are strings, as the protocol has it.
func (i *Info) Handshake() json.RawMessage {
	content := struct {
		KernelID string `json:"kernel_id"`
		Control  string `json:"control_port"`
		Shell    string `json:"shell_port"`
		Stdin    string `json:"stdin_port"`
		IOPub    string `json:"iopub_port"`
		HB       string `json:"hb_port"`
	}{
		Control: strconv.Itoa(i.ControlPort), Shell: strconv.Itoa(i.ShellPort), Stdin: strconv.Itoa(i.StdinPort),
		IOPub: strconv.Itoa(i.IOPubPort), HB: strconv.Itoa(i.HBPort),
	}
	if i.Registration != nil {
		content.KernelID = i.Registration.KernelID
	}
	b, _ := json.Marshal(content) // strings can be marshalled
	return b
}
