package server_test

// This file defines the tests of what needs more than one client, or a look behind the scenes.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gilkernel/kernel/connection"
	"gilkernel/kernel/interp/link"
	"gilkernel/kernel/server"
	"gilkernel/kernel/transport"
	"gilkernel/kernel/wire"
)

// cellFor returns a cell that makes the fake engine do what the commands say.
func cellFor(commands ...string) string {
	return fmt.Sprintf("_ = %q", "fake: "+strings.Join(commands, "\n"))
}

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
		if m.Header.MsgType != "iopub_welcome" || string(m.Content) != want || string(m.ParentHeader) != "{}" || len(m.Identities) != 1 || string(m.Identities[0]) != topic {
			t.Errorf("first message for subscription %q: %q", topic, frames)
		}
	}
}

// Front ends show the state that they heard last: while a cell runs, that must be busy, also when
// something else was answered meanwhile.
func TestBusyIsSaidAgain(t *testing.T) {
	o, engine := fake()
	c := start(t, o).client()
	cell := c.send("shell", "execute_request", map[string]any{"code": cellFor("out go", "block")})
	c.await("output", func(m message) bool { return m.Header.MsgType == "stream" })
	id := c.send("control", "kernel_info_request", "{}")
	c.idle(id)
	busy := c.await("busy of the cell again", func(m message) bool { return m.parent() == cell && m.state() == "busy" && m.at > 3 })
	all, _ := c.messages()
	last := ""
	for _, m := range all[:busy.at+1] {
		if m.state() != "" {
			last = m.state()
		}
	}
	if last != "busy" {
		t.Errorf("the last state is %s", last)
	}
	engine().Interrupt()
	c.idle(cell)
	all, _ = c.messages()
	if s := all[len(all)-1]; s.channel == "iopub" && s.state() != "idle" {
		t.Errorf("the last message is %v, want idle", s)
	}
}

// sendAt sends a request that was made at a time by the client's clock.
func sendAt(c *client, session, code string, at time.Time) string {
	h := wire.NewHeader("execute_request", session, "tester")
	h.Date = at.Format(time.RFC3339Nano)
	c.sendMessage("shell", &wire.Message{Header: h, Content: raw(c.t, map[string]any{"code": code})})
	return h.MsgID
}

// Rule 8: a cell that fails fast may have failed before the ones behind it arrived. What was sent
// before the reply could be seen is aborted, what was sent after it runs, whoever's clock is wrong.
func TestAbortOfWhatIsOnItsWay(t *testing.T) {
	o, engine := fake()
	c := start(t, o).client()
	past := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) // the client's clock is wrong
	failing := sendAt(c, c.session, cellFor("input go on? ", "error boom"), past)
	c.await("the question", func(m message) bool { return m.Header.MsgType == "input_request" })
	asked := time.Now()
	for time.Since(asked) <= 0 { // the clock has moved: the cell takes longer than nothing
	}
	engine().Input(link.Input{Text: "yes"})
	c.idle(failing)
	rows := []struct{ name, id, status string }{
		{"made together with the failing one", sendAt(c, c.session, cellFor("out never"), past.Add(time.Nanosecond)), "error"},
		{"made an hour later", sendAt(c, c.session, cellFor("out an hour later"), past.Add(time.Hour)), "ok"},
		{"made in the same moment by another session", sendAt(c, "other", cellFor("out other"), past), "ok"},
	}
	for _, row := range rows {
		r := c.reply(row.id)
		if got := r.field("status"); got != row.status {
			t.Errorf("%s: %v, want %s", row.name, r, row.status)
		}
		out := c.idle(row.id)
		if row.status == "error" && len(out) > 0 {
			t.Errorf("%s: aborted, but it published %v", row.name, out)
		}
	}
}

// An interrupt that comes between two cells stops all that wait, too: no cell runs behind one that
// was aborted.
func TestInterruptAmongManyCells(t *testing.T) {
	const cells = 300
	o, _ := fake()
	c := start(t, o).client()
	var ids []string
	for range cells {
		ids = append(ids, c.send("shell", "execute_request", map[string]any{"code": cellFor("out x")}))
	}
	c.ask("shell", "is_complete_request", `{"code": "1"}`) // all cells have arrived
	c.ask("control", "interrupt_request", "{}")
	stopped := false
	for i, id := range ids {
		ok := c.reply(id).field("status") == "ok"
		if ok && stopped {
			t.Errorf("cell %d ran behind one that was stopped", i)
		}
		stopped = stopped || !ok
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

// restartOnTheSamePorts is false when somebody else has taken a port between the two kernels.
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

// What a goroutine prints appears in the cell that started it, whatever runs at that time.
func TestOutputOfEarlierCells(t *testing.T) {
	o, engine := fake()
	c := start(t, o).client()
	first := c.send("shell", "execute_request", map[string]any{"code": cellFor("out first")})
	c.idle(first)
	_, run := engine().counts()
	second := c.send("shell", "execute_request", map[string]any{"code": cellFor("out second", "block")})
	c.await("second", func(m message) bool { return m.parent() == second && m.Header.MsgType == "stream" })
	engine().stream(run, "stdout", "late\n")
	engine().event(link.Event{Cell: run, Error: &link.Error{Name: "panic", Value: "late, too", Traceback: []string{}}})
	c.await("the late line", func(m message) bool { return m.parent() == first && m.field("text") == "late\n" })
	c.await("the late panic", func(m message) bool { return m.parent() == first && m.field("evalue") == "late, too" })
	engine().Interrupt()
	if r := c.reply(second); r.field("ename") != "KeyboardInterrupt" {
		t.Errorf("a late panic of another cell made this: %v", r)
	}
	c.idle(second)
}

// A goroutine of a cell that has ended can't ask: its front end listens no longer.
func TestInputOfAnEarlierCell(t *testing.T) {
	o, engine := fake()
	c := start(t, o).client()
	c.execute(cellFor("out x"))
	_, run := engine().counts()
	engine().event(link.Event{Cell: run, Input: &link.InputRequest{Prompt: "? "}})
	if in := <-engine().inputs; in.Error == "" {
		t.Errorf("%+v", in)
	}
}

// Only the front end that sent the cell is asked.
func TestWhoIsAsked(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	one, two := k.client(), k.client()
	id := two.send("shell", "execute_request", map[string]any{"code": cellFor("input name? ")})
	q := two.await("the question", func(m message) bool { return m.Header.MsgType == "input_request" })
	if q.channel != "stdin" || q.parent() != id {
		t.Errorf("%v of %s", q, q.parent())
	}
	two.send("stdin", "input_reply", `{"value": "Grace"}`) // as jupyter_client does: without a parent
	if got := text(two.idle(id), "stdout"); got != "got Grace\n" {
		t.Errorf("%q", got)
	}
	one.ask("shell", "kernel_info_request", "{}")
	all, _ := one.messages()
	if slices.ContainsFunc(all, func(m message) bool { return m.channel == "stdin" }) {
		t.Errorf("the other front end was asked: %v", all)
	}
}

// A front end without a stdin channel doesn't leave the cell hanging.
func TestNobodyToAsk(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	c.dealers["stdin"].Close()
	if r, _ := c.execute(cellFor("input name? ")); r.field("ename") != "EOFError" {
		t.Errorf("%v", r)
	}
}

// An interpreter that dies between two cells is reported in the cell whose fault it was; the next
// cell finds all definitions.
func TestDeathBetweenCells(t *testing.T) {
	o, engine := fake()
	c := start(t, o).client()
	guilty := c.send("shell", "execute_request", map[string]any{"code": "func f() int { return 1 }\n" + cellFor("out x")})
	c.idle(guilty)
	_, run := engine().counts()
	c.execute("counter := 1")
	engine().die(run)
	e := c.await("the error", func(m message) bool { return m.Header.MsgType == "error" })
	if e.parent() != guilty || !strings.Contains(string(e.Content), "counter is gone") {
		t.Errorf("%v of %s", e, e.parent())
	}
	if r, out := c.execute(cellFor("out after")); r.field("status") != "ok" || text(out, "stdout") != "after\n" {
		t.Errorf("%v, %v", r, out)
	}
	if replays, _ := engine().counts(); replays == 0 {
		t.Error("the definitions were not brought back")
	}
	// The values are gone: Go would not know, the session does.
	if r, _ := c.execute("counter + 1"); r.field("status") != "error" {
		t.Errorf("%v", r)
	}
}

// Inputs are kept over a restart, and are found by all three kinds of question.
func TestHistoryOverRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	var last message
	for _, cells := range [][]string{{cellFor("result 42"), "x := 1"}, {"x := 2"}} {
		o, _ := fake()
		o.History = path
		k := start(t, o)
		c := k.client()
		for _, cell := range cells {
			c.execute(cell)
		}
		c.ask("shell", "execute_request", map[string]any{"code": cellFor("out not kept"), "store_history": false})
		for _, q := range []struct{ content, want string }{
			{`{"hist_access_type": "tail", "n": 2, "output": false, "raw": true}`, `[[1,2,"x := 1"],[2,1,"x := 2"]]`},
			{`{"hist_access_type": "range", "session": 1, "start": 1, "stop": 2, "output": true, "raw": true}`,
				`[[1,1,["_ = \"fake: result 42\"","42"]]]`},
			{`{"hist_access_type": "search", "pattern": "x*", "unique": true, "n": 1, "output": true, "raw": true}`, `[[2,1,["x := 2",null]]]`},
		} {
			last = c.ask("shell", "history_request", q.content)
			if got := string(raw(t, last.field("history"))); got != q.want && len(cells) == 1 {
				t.Errorf("%s: %s, want %s", q.content, got, q.want)
			}
		}
		k.close()
	}
}

// A comm with a registered target is opened, spoken to, listed and closed.
func TestComms(t *testing.T) {
	o, _ := fake()
	target := &echoTarget{}
	o.Targets = map[string]server.Target{"echo": target}
	c := start(t, o).client()
	for _, m := range []struct{ msgType, content string }{
		{"comm_open", `{"comm_id": "1", "target_name": "echo", "data": {"a": 1}}`},
		{"comm_msg", `{"comm_id": "1", "data": {"b": 2}}`},
	} {
		c.idle(c.send("shell", m.msgType, m.content))
	}
	c.await("the echo", func(m message) bool {
		return m.Header.MsgType == "comm_msg" && string(m.Content) == `{"comm_id":"1","data":{"b":2}}` && m.parent() != ""
	})
	for name, want := range map[string]string{"{}": `{"1":{"target_name":"echo"}}`, `{"target_name": "echo"}`: `{"1":{"target_name":"echo"}}`, `{"target_name": "other"}`: `{}`} {
		if got := string(raw(t, c.ask("shell", "comm_info_request", name).field("comms"))); got != want {
			t.Errorf("comm_info %s: %s, want %s", name, got, want)
		}
	}
	c.idle(c.send("shell", "comm_close", `{"comm_id": "1", "data": {}}`))
	if got := target.log(); got != `open {"a": 1}, message {"b": 2}, close {}` {
		t.Error(got)
	}
	if got := string(raw(t, c.ask("shell", "comm_info_request", "{}").field("comms"))); got != "{}" {
		t.Error(got)
	}
}

type echoTarget struct {
	mu  sync.Mutex // protects the fields below
	did []string
}

func (e *echoTarget) note(what string, data json.RawMessage) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.did = append(e.did, what+" "+string(data))
}

func (e *echoTarget) log() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.did, ", ")
}

func (e *echoTarget) Open(_ *server.Comm, m server.CommMessage) { e.note("open", m.Data) }
func (e *echoTarget) Message(c *server.Comm, m server.CommMessage) {
	e.note("message", m.Data)
	c.Send(m)
}
func (e *echoTarget) Close(_ *server.Comm, m server.CommMessage) { e.note("close", m.Data) }

// usage_request has ipykernel's fields.
func TestUsage(t *testing.T) {
	o, _ := fake()
	c := start(t, o).client()
	c.ask("control", "usage_request", "{}")
	r := c.ask("control", "usage_request", "{}")
	if r.field("pid") != float64(os.Getpid()) || r.field("cpu_count").(float64) < 1 {
		t.Errorf("%v", r)
	}
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		return
	}
	if m, _ := r.field("kernel_memory").(float64); m < 1<<20 {
		t.Errorf("kernel_memory is %v", m)
	}
	host, _ := r.field("host_virtual_memory").(map[string]any)
	if total, _ := host["total"].(float64); total < 1<<20 || r.field("host_cpu_percent") == nil {
		t.Errorf("%v", r)
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
	k := startAt(t, connection.Info{Transport: "ipc", IP: filepath.Join(t.TempDir(), "k"), Key: "k", SignatureScheme: "hmac-sha256",
		ShellPort: 1, IOPubPort: 2, StdinPort: 3, ControlPort: 4, HBPort: 5}, o)
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
	info := connection.Info{Transport: "tcp", IP: "127.0.0.1", Key: "k", SignatureScheme: "hmac-sha256", HBPort: l.Addr().(*net.TCPAddr).Port}
	o, _ := fake()
	if err := server.Serve(context.Background(), info, o); !errors.Is(err, transport.ErrInUse) || !strings.Contains(err.Error(), "hb") && !strings.Contains(err.Error(), "heartbeat") {
		t.Errorf("%v", err)
	}
}

// JEP 66: with a registration file the kernel chooses its ports and reports them, signed; it takes
// nothing but a signed answer for an acknowledgement.
func TestHandshake(t *testing.T) {
	r, err := transport.ListenRouter("tcp://127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.Addr(), "tcp://"))
	info, err := connection.Parse([]byte(`{"transport": "tcp", "registration_ip": "127.0.0.1", "registration_port": ` + port +
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
	for _, signature := range []string{"forged", string(codec.Sign([]byte("ACK")))} {
		if err := r.Send([][]byte{frames[0], []byte(wire.Delimiter), []byte(signature), []byte("ACK")}); err != nil {
			t.Fatal(err)
		}
	}
	if m := k.client().ask("shell", "kernel_info_request", "{}"); m.field("status") != "ok" {
		t.Errorf("%v", m)
	}
}

// Many front ends at once: every request is answered, framed, and to whom it belongs.
func TestHammer(t *testing.T) {
	o, _ := fake()
	k := start(t, o)
	var wg sync.WaitGroup
	for i := range 4 {
		c := k.client()
		wg.Go(func() {
			var ids []string
			for j := range 25 {
				ids = append(ids, c.send("shell", "execute_request", map[string]any{"code": cellFor(fmt.Sprintf("out %d/%d", i, j))}),
					c.send("shell", "is_complete_request", `{"code": "1"}`), c.send("control", "kernel_info_request", "{}"))
			}
			for n, id := range ids {
				c.reply(id)
				if out := c.idle(id); n%3 == 0 && text(out, "stdout") != fmt.Sprintf("%d/%d\n", i, n/3) {
					t.Errorf("%d/%d: %v", i, n/3, out)
				}
			}
		})
	}
	wg.Wait()
}

// Whatever the content, a request gets its reply and is framed by busy and idle.
func FuzzRequests(f *testing.F) {
	types := []string{"execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request", "comm_info_request",
		"comm_open", "comm_msg", "comm_close", "kernel_info_request", "connect_request", "interrupt_request", "usage_request", "debug_request", "nonsense"}
	for i := range types {
		f.Add(i, `{}`)
		f.Add(i, `{"code": "1 +", "cursor_pos": 9007199254740993, "detail_level": -1, "target_name": 5, "hist_access_type": "tail", "n": -1}`)
		f.Add(i, `{"code": "\ud800%%\u0000", "cursor_pos": -1, "hist_access_type": "search", "pattern": "[", "user_expressions": {"": ""}}`)
		f.Add(i, `{"code": null, "hist_access_type": "range", "session": -99, "start": 5, "stop": 1, "comm_id": ""}`)
	}
	o, _ := fake()
	o.Logf = func(string, ...any) {}
	c := start(f, o).client()
	f.Fuzz(func(t *testing.T, n int, content string) {
		c.t = t
		msgType := types[max(n, -n, 0)%len(types)]
		channel := "shell"
		if msgType == "debug_request" {
			channel = "control"
		}
		id := c.send(channel, msgType, content)
		if strings.HasSuffix(msgType, "_request") {
			r := c.reply(id)
			if s := r.field("status"); s != "ok" && s != "error" && msgType != "is_complete_request" && msgType != "usage_request" { // those have another status, or none
				t.Errorf("%s: %v", msgType, r)
			}
		}
		c.idle(id)
		c.forget()
	})
}
