package connection_test

// This file defines the tests of the two files: read, refused, written.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/connection"
	"gilkernel/kernel/wire"
)

// rows returns the .json files of testdata/parse.txtar with what is wanted of them.
func rows(t testing.TB) (names []string, input, want map[string]string) {
	t.Helper()
	ar, err := txtar.ParseFile("testdata/parse.txtar")
	if err != nil {
		t.Fatal(err)
	}
	input, want = make(map[string]string), make(map[string]string)
	for _, f := range ar.Files {
		if name, ok := strings.CutSuffix(f.Name, ".json"); ok {
			names = append(names, name)
			input[name] = string(f.Data)
		} else {
			want[strings.TrimSuffix(f.Name, ".want")] = string(f.Data)
		}
	}
	if len(input) != len(want) || len(input) == 0 {
		t.Fatalf("%d .json and %d .want", len(input), len(want))
	}
	return names, input, want
}

// show writes a connection as the .want files do.
func show(i *connection.Info) string {
	var b strings.Builder
	if i.Registration != nil {
		fmt.Fprintf(&b, "registration %s %s\n", i.Registration.KernelID, i.RegistrationEndpoint())
	}
	fmt.Fprintf(&b, "scheme=%s key=%s name=%s\n", i.SignatureScheme, i.Key, i.KernelName)
	for _, c := range connection.Channels() {
		fmt.Fprintf(&b, "%s %s\n", c, i.Endpoint(c))
	}
	return b.String()
}

func TestParse(t *testing.T) {
	names, input, want := rows(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			i, err := connection.Parse([]byte(input[name]))
			var got string
			if err != nil {
				got = "error: " + err.Error() + "\n"
				if i != nil {
					t.Error("a connection besides the error")
				}
			} else {
				got = show(i)
			}
			if got != want[name] {
				t.Errorf("got:\n%swant:\n%s", got, want[name])
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	names, input, _ := rows(f)
	for _, name := range names {
		f.Add([]byte(input[name]))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		i, err := connection.Parse(data)
		if err != nil {
			if i != nil || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%v, %q", i, err)
			}
			return
		}
		if _, err := wire.NewCodec(i.SignatureScheme, i.Key); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(i.Handshake()) {
			t.Fatalf("handshake %s", i.Handshake())
		}
	})
}

// The schemes that are accepted here are those that package wire can sign with; the error lists them.
func TestSchemes(t *testing.T) {
	_, err := connection.Parse([]byte(`{"transport": "tcp", "signature_scheme": "?"}`))
	schemes := regexp.MustCompile(`hmac-\w+`).FindAllString(err.Error(), -1)
	if len(schemes) < 8 {
		t.Fatalf("schemes %q in %v", schemes, err)
	}
	for _, s := range schemes {
		if _, err := wire.NewCodec(s, "k"); err != nil {
			t.Error(err)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	if _, err := connection.Load(filepath.Join(dir, "none.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := connection.Load(dir); err == nil {
		t.Error("a directory is read")
	}
	for name, data := range map[string]string{
		"curve": `{"curve_publickey": "x"}`,
		"huge":  `{"x": "` + strings.Repeat("x", 2<<20) + `"}`,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := connection.Load(path)
		if err == nil || !strings.Contains(err.Error(), path) ||
			errors.Is(err, connection.ErrEncryption) != (name == "curve") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewAndWrite(t *testing.T) {
	a, err := connection.New("gilkernel")
	if err != nil {
		t.Fatal(err)
	}
	b, err := connection.New("gilkernel")
	if err != nil {
		t.Fatal(err)
	}
	if a.Key == b.Key || len(a.Key) < 32 {
		t.Errorf("keys %q and %q", a.Key, b.Key)
	}
	seen := make(map[int]bool)
	for _, c := range connection.Channels() {
		p := *a.Port(c)
		if p == 0 || seen[p] {
			t.Errorf("%s port %d", c, p)
		}
		seen[p] = true
	}

	dir := t.TempDir()
	path := filepath.Join(dir, "kernel.json")
	if err := os.WriteFile(path, []byte("of another kernel, for all to read"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := a.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := connection.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if *got != *a {
		t.Errorf("%+v was written, %+v is read", a, got)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := a.Write(filepath.Join(dir, "none", "kernel.json")); err == nil {
		t.Error("a file in no directory is written")
	}
	if err := os.Mkdir(filepath.Join(dir, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := a.Write(filepath.Join(dir, "taken")); err == nil {
		t.Error("a directory is replaced")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("%d files are there, of 2: %v, %v", len(files), files, err)
	}
}

func TestHandshake(t *testing.T) {
	i,
		err := connection.Parse([]byte(`{"kernel_id": "k\"1", "transport": "tcp", "registration_ip": "::1", ` +
		`"registration_port": 9, "key": ""}`))
	if err != nil {
		t.Fatal(err)
	}
	if e := i.RegistrationEndpoint(); e != "tcp://[::1]:9" {
		t.Errorf("endpoint %s", e)
	}
	for n, c := range connection.Channels() {
		i.SetEndpoint(c, fmt.Sprintf("tcp://[::1]:%d", 1000+n))
	}
	i.SetEndpoint("nonsense", "tcp://[::1]:1")
	i.SetEndpoint(connection.Shell, "tcp://nonsense")
	want :=
		`{"kernel_id":"k\"1","control_port":"1003","shell_port":"1000","stdin_port":"1002","iopub_port":"1001","hb_port":"1004"}`
	if got := i.Handshake(); !bytes.Equal(got, []byte(want)) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	i.Transport = "ipc"
	i.SetEndpoint(connection.Shell, "ipc:///tmp/a-b-17")
	if i.ShellPort != 17 {
		t.Errorf("port %d of an ipc endpoint", i.ShellPort)
	}
	if e := i.Endpoint("nonsense"); e != "" {
		t.Errorf("endpoint %s of no channel", e)
	}
	i.Registration = nil
	if e := i.RegistrationEndpoint(); e != "" {
		t.Errorf("endpoint %s of no registration", e)
	}
}
