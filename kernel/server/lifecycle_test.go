package server_test

// This file defines the tests of a kernel's beginning and end, and of its sockets.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/connection"
	"gilkernel/kernel/server"
	"gilkernel/kernel/transport"
	"gilkernel/kernel/wire"
)

// Rule 4: each subscription is welcomed, with the subscription as topic and without a parent; rule 5:
// starting is said once, before anyone subscribed.
func TestWelcome(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	codec, err := wire.NewCodec(k.info.SignatureScheme, k.info.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{"", "stream.", "", "kernel."} {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		s, err := transport.DialSubscriber(ctx, k.info.Endpoint(connection.IOPub), topic, nil)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		frames, err := s.Recv()
		if err != nil {
			t.Fatal(err)
		}
		m, err := codec.Decode(frames)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"subscription":%q}`, topic)
		if m.Header.MsgType != "iopub_welcome" || string(m.Content) != want || string(m.ParentHeader) != "{}" ||
			len(m.Identities) != 1 || string(m.Identities[0]) != topic {
			t.Errorf("first message for subscription %q: %q", topic, frames)
		}
	}
}

// Two kernels in one process have nothing in common.
func TestTwoKernels(t *testing.T) {
	var clients []*client
	for range 2 {
		o, _ := fake()
		clients = append(clients, start(t, o).client())
	}
	for i, c := range clients {
		for range i + 1 {
			c.execute(cellFor("result x"))
		}
	}
	for i, c := range clients {
		r, out := c.execute(cellFor("out only mine"))
		if got := r.field("execution_count"); got != float64(i+2) {
			t.Errorf("kernel %d: count %v, want %d", i, got, i+2)
		}
		if got := text(out, "stdout"); got != "only mine\n" {
			t.Errorf("kernel %d: %q", i, got)
		}
	}
}

// Rule 13: after a restart the same ports are used again, while old clients are still connected; the
// session id is another one.
func TestRestartOnTheSamePorts(t *testing.T) {
	for !restartOnTheSamePorts(t) {
	}
}

// restartOnTheSamePorts is false when another process has taken a port between the two kernels.
func restartOnTheSamePorts(t *testing.T) bool {
	o, _ := fake()
	k := start(t, o)
	old := k.client()
	before, _ := old.execute(cellFor("out x"))
	if r := old.ask("control", "shutdown_request", `{"restart": true}`); r.field("restart") != true {
		t.Errorf("%v", r)
	}
	k.wait()
	o, _ = fake()
	again, err := tryStart(t, k.info, o)
	if errors.Is(err, transport.ErrInUse) && takenByOthers(k.info) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	if again.info != k.info {
		t.Errorf("the kernel listens at %v, before at %v", again.info, k.info)
	}
	after, _ := again.client().execute(cellFor("out x"))
	if after.Header.Session == before.Header.Session {
		t.Error("the session is the same after a restart")
	}
	if got := after.field("execution_count"); got != 1.0 {
		t.Errorf("count %v after a restart", got)
	}
	return true
}

// takenByOthers reports whether a port of the kernel, which has ended, can't be listened on a while
// later either: machines give free ports to all who ask.
func takenByOthers(info connection.Info) bool {
	for _, c := range connection.Channels() {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *info.Port(c)))
		if err != nil {
			return true
		}
		l.Close()
	}
	return false
}

// Rule 13: all front ends hear of a shutdown, also while a cell runs.
func TestShutdownWhileACellRuns(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	one, two := k.client(), k.client()
	one.send("shell", "execute_request", map[string]any{"code": cellFor("out go", "block")})
	one.await("output", func(m message) bool { return m.Header.MsgType == "stream" })
	id := two.send("control", "shutdown_request", `{"restart": false}`)
	two.reply(id)
	for _, c := range []*client{one, two} {
		c.await("shutdown_reply on iopub", func(m message) bool {
			return m.Header.MsgType == "shutdown_reply" && m.channel == "iopub" && m.parent() == id
		})
	}
	k.wait()
	if k.err != nil {
		t.Error(k.err)
	}
}

// connect_request has the ports that were bound, not those asked for.
func TestConnect(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	r := k.client().ask("shell", "connect_request", "{}")
	for name, want := range map[string]int{"shell_port": k.info.ShellPort, "control_port": k.info.ControlPort,
		"iopub_port": k.info.IOPubPort, "stdin_port": k.info.StdinPort, "hb_port": k.info.HBPort} {
		if want == 0 || r.field(name) != float64(want) {
			t.Errorf("%s is %v, want %d", name, r.field(name), want)
		}
	}
}

// The heartbeat echoes, over ipc too.
func TestHeartbeatOverIPC(t *testing.T) {
	o, _ := fake()
	k := startAt(t, connection.Info{Transport: "ipc", IP: filepath.Join(t.TempDir(), "k"), Key: "k",
		SignatureScheme: "hmac-sha256",
		ShellPort:       1, IOPubPort: 2, StdinPort: 3, ControlPort: 4, HBPort: 5}, o)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	hb, err := transport.DialRequester(ctx, k.info.Endpoint(connection.HB), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer hb.Close()
	if err := hb.Ping(ctx); err != nil {
		t.Error(err)
	}
	if _, out := k.client().execute(cellFor("out over ipc")); text(out, "stdout") != "over ipc\n" {
		t.Errorf("%v", out)
	}
}

// A port that is taken is an error of Serve, and the sockets that were bound before are free again.
func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	for socket, set := range map[string]func(*connection.Info){
		"shell":     func(i *connection.Info) { i.ShellPort = port },
		"control":   func(i *connection.Info) { i.ControlPort = port },
		"stdin":     func(i *connection.Info) { i.StdinPort = port },
		"iopub":     func(i *connection.Info) { i.IOPubPort = port },
		"heartbeat": func(i *connection.Info) { i.HBPort = port },
	} {
		info := connection.Info{Transport: "tcp", IP: "127.0.0.1", Key: "k", SignatureScheme: "hmac-sha256"}
		set(&info)
		o, _ := fake()
		err := server.Serve(context.Background(), info, o)
		want := fmt.Sprintf("binding the %s socket: listening on tcp://127.0.0.1:%d: %v: another program has it; "+
			"start the kernel again, with other ports in the connection file", socket, port, transport.ErrInUse)
		if err == nil || err.Error() != want || !errors.Is(err, transport.ErrInUse) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// JEP 66: with a registration file the kernel chooses its ports and reports them, signed; it takes
// a signed answer or a bare ACK for an acknowledgement, and closes the registration then.
func TestHandshake(t *testing.T) {
	for _, bare := range []bool{false, true} {
		t.Run(fmt.Sprintf("bare=%t", bare), func(t *testing.T) { handshake(t, bare) })
	}
}

func handshake(t *testing.T, bare bool) {
	r, err := transport.ListenRouter("tcp://127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.Addr(), "tcp://"))
	info,
		err := connection.Parse([]byte(`{"transport": "tcp", "registration_ip": "127.0.0.1", "registration_port": ` +
		port +
		`, "kernel_id": "k17", "key": "secret", "signature_scheme": "hmac-sha256"}`))
	if err != nil {
		t.Fatal(err)
	}
	o, _ := fake()
	k := startAt(t, *info, o)
	frames, err := r.Recv()
	if err != nil {
		t.Fatal(err)
	}
	codec, err := wire.NewCodec("hmac-sha256", "secret")
	if err != nil {
		t.Fatal(err)
	}
	n := len(frames)
	if n < 4 || string(frames[n-3]) != wire.Delimiter || !codec.Verify(frames[n-2], frames[n-1]) {
		t.Fatalf("registered with %q", frames)
	}
	var ports map[string]string
	if err := json.Unmarshal(frames[n-1], &ports); err != nil {
		t.Fatal(err)
	}
	if ports["kernel_id"] != "k17" || ports["shell_port"] != fmt.Sprint(k.info.ShellPort) || k.info.ShellPort == 0 {
		t.Errorf("%v, listening at %v", ports, k.info)
	}
	forged := [][]byte{frames[0], []byte(wire.Delimiter), []byte("forged"), []byte("ACK")}
	right := [][]byte{frames[0], []byte(wire.Delimiter), codec.Sign([]byte("ACK")), []byte("ACK")}
	if bare {
		right = [][]byte{frames[0], []byte("ACK")}
	}
	for _, ack := range [][][]byte{forged, {frames[0], []byte("NACK")}, {frames[0], {}}, right} {
		if err := r.Send(ack); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(patience); r.Send([][]byte{frames[0], []byte("still there?")}) ==
		nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the kernel still waits for an acknowledgement")
		}
	}
	if m := k.client().ask("shell", "kernel_info_request", "{}"); m.field("status") != "ok" {
		t.Errorf("%v", m)
	}
}
