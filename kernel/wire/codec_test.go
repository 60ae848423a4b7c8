package wire_test

// This file defines the tests of the codec against the wire protocol.

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gilkernel/kernel/wire"
)

const testKey = "a0436f6c-1916-498b-8eb9-e81ab9368e84"

func codec(t testing.TB, scheme, key string) *wire.Codec {
	t.Helper()
	c, err := wire.NewCodec(scheme, key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// signature is HMAC-SHA256, computed apart from the package.
func signature(dicts ...string) string {
	mac := hmac.New(sha256.New, []byte(testKey))
	mac.Write([]byte(strings.Join(dicts, "")))
	return hex.EncodeToString(mac.Sum(nil))
}

func frames(s ...string) [][]byte {
	var f [][]byte
	for _, x := range s {
		f = append(f, []byte(x))
	}
	return f
}

const goodHeader = `{"msg_id":"1","msg_type":"execute_request","session":"s","username":"u","date":"2026-01-01T00:00:00Z","version":"5.5","subshell_id":"x"}`

func signed(dicts ...string) [][]byte {
	return frames(append([]string{wire.Delimiter, signature(dicts...)}, dicts...)...)
}

func TestDecode(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 200_000) + "1" + strings.Repeat("}", 200_000)
	tests := []struct {
		name   string
		frames [][]byte
		want   error
		answer bool // a message comes with the error
	}{
		{"minimal", signed(goodHeader, "{}", "{}", "{}"), nil, true},
		{"identities and buffers",
			append(frames("a", "", "b"), append(signed(goodHeader, "{}", "{}", `{"x":1}`), frames("buffer", "")...)...),
			nil, true},
		{"null parent", signed(goodHeader, "null", "{}", "{}"), nil, true},
		{"spaces", signed(" "+goodHeader+"\n", " {} ", "{ }", "{}"), nil, true},
		{"nothing", nil, wire.ErrNoDelimiter, false},
		{"no delimiter", frames("a", "b", "c", "d", "e", "f", "g"), wire.ErrNoDelimiter, false},
		{"delimiter alone", frames(wire.Delimiter), wire.ErrShort, false},
		{"a dictionary is missing", signed(goodHeader, "{}", "{}"), wire.ErrShort, false},
		{"empty signature", frames(wire.Delimiter, "", goodHeader, "{}", "{}", "{}"), wire.ErrUnsigned, false},
		{"wrong signature", frames(wire.Delimiter, strings.Repeat("0", 64), goodHeader, "{}", "{}", "{}"),
			wire.ErrSignature, false},
		{"short signature", frames(wire.Delimiter, "0", goodHeader, "{}", "{}", "{}"), wire.ErrSignature, false},
		{"signature in capitals", frames(wire.Delimiter, strings.ToUpper(signature(goodHeader, "{}", "{}", "{}")),
			goodHeader, "{}", "{}", "{}"), wire.ErrSignature, false},
		{"content exchanged", frames(wire.Delimiter, signature(goodHeader, "{}", "{}", "{}"), goodHeader, "{}", "{}",
			`{"code":"x"}`), wire.ErrSignature, false},
		{"header no JSON", signed("{", "{}", "{}", "{}"), wire.ErrHeader, false},
		{"header empty", signed("", "{}", "{}", "{}"), wire.ErrHeader, false},
		{"header null", signed("null", "{}", "{}", "{}"), wire.ErrHeader, false},
		{"header a list", signed("[]", "{}", "{}", "{}"), wire.ErrHeader, false},
		{"header trailed", signed(goodHeader+"{}", "{}", "{}", "{}"), wire.ErrHeader, false},
		{"header without type", signed(`{"msg_id":"1","date":"d"}`, "{}", "{}", "{}"), wire.ErrJSON, true},
		{"header with a number as type", signed(`{"msg_type":1,"date":"d"}`, "{}", "{}", "{}"), wire.ErrJSON, true},
		{"header with an object as id", signed(`{"msg_id":{},"msg_type":"execute_request","date":"d"}`, "{}", "{}",
			"{}"), wire.ErrJSON, true},
		{"header with a list as session", signed(`{"session":[],"msg_type":"execute_request","date":"d"}`, "{}", "{}",
			"{}"), wire.ErrJSON, true},
		{"header not UTF-8", signed("{\"msg_type\":\"\xff\"}", "{}", "{}", "{}"), wire.ErrHeader, false},
		{"header huge", signed(`{"msg_type":"x","y":"`+strings.Repeat("y", wire.MaxHeader)+`"}`, "{}", "{}", "{}"),
			wire.ErrHeader, false},
		{"header deep", signed(`{"msg_type":"x","y":`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000)+`}`, "{}",
			"{}", "{}"), wire.ErrHeader, false},
		{"parent no JSON", signed(goodHeader, "x", "{}", "{}"), wire.ErrJSON, true},
		{"metadata a list", signed(goodHeader, "{}", "[]", "{}"), wire.ErrJSON, true},
		{"content empty", signed(goodHeader, "{}", "{}", ""), wire.ErrJSON, true},
		{"content cut off", signed(goodHeader, "{}", "{}", `{"code":"`), wire.ErrJSON, true},
		{"content a string", signed(goodHeader, "{}", "{}", `"code"`), wire.ErrJSON, true},
		{"content deep", signed(goodHeader, "{}", "{}", deep), wire.ErrJSON, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := codec(t, "hmac-sha256", testKey).Decode(tt.frames)
			if !errors.Is(err, tt.want) {
				t.Fatalf("error %v, want %v", err, tt.want)
			}
			if (m != nil) != tt.answer {
				t.Fatalf("message %v, want one: %t", m, tt.answer)
			}
			if m == nil {
				return
			}
			if m.Header.MsgType != "execute_request" && !strings.HasPrefix(tt.name, "header with") ||
				m.Header.Date == "" {
				t.Errorf("header %+v", m.Header)
			}
			for _, raw := range []json.RawMessage{m.ParentHeader, m.Metadata, m.Content} {
				if !json.Valid(raw) || bytes.TrimSpace(raw)[0] != '{' {
					t.Errorf("dictionary %q", raw)
				}
			}
		})
	}
}

func TestRoundTrip(t *testing.T) {
	for _, key := range []string{"", testKey} {
		for _, scheme := range []string{"", "hmac-md5", "hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512",
			"hmac-sha512_256", "hmac-sha3_256"} {
			c := codec(t, scheme, key)
			in := &wire.Message{
				Identities: frames("id", ""),
				Header:     wire.NewHeader("stream", "s", "u"),
				Content:    json.RawMessage(`{"text":"<&>"}`),
				Buffers:    frames("", "b"),
			}
			f, err := c.Encode(in)
			if err != nil {
				t.Fatal(err)
			}
			out, err := c.Decode(f)
			if err != nil {
				t.Fatalf("%s: %v", scheme, err)
			}
			if out.Header != in.Header || string(out.Content) != `{"text":"<&>"}` || string(out.ParentHeader) != "{}" ||
				string(out.Metadata) != "{}" || len(out.Identities) != 2 || len(out.Buffers) != 2 ||
				string(out.Buffers[1]) != "b" {
				t.Errorf("%s: %+v came back as %+v", scheme, in, out)
			}
			other := codec(t, scheme, "another key")
			if _, err := other.Decode(f); err == nil {
				t.Errorf("%s: another key decodes it", scheme)
			}
		}
	}
}

// A reply's parent_header is the request's header to the byte, with fields unknown here.
func TestRawHeader(t *testing.T) {
	c := codec(t, "", testKey)
	request, err := c.Decode(signed(goodHeader, "{}", "{}", "{}"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.Encode(&wire.Message{Header: wire.NewHeader("execute_reply", "s", "u"),
		ParentHeader: request.RawHeader})
	if err != nil {
		t.Fatal(err)
	}
	if string(f[3]) != goodHeader {
		t.Errorf("parent_header %s, want %s", f[3], goodHeader)
	}
	f, err = c.Encode(request)
	if err != nil {
		t.Fatal(err)
	}
	if string(f[2]) != goodHeader {
		t.Errorf("header %s, want %s", f[2], goodHeader)
	}
	if string(f[1]) != signature(goodHeader, "{}", "{}", "{}") {
		t.Errorf("signature %s", f[1])
	}
}

func TestReplay(t *testing.T) {
	c := codec(t, "", testKey)
	nth := func(i int) [][]byte {
		return signed(fmt.Sprintf(`{"msg_type":"x","msg_id":"%d"}`, i), "{}", "{}", "{}")
	}
	if _, err := c.Decode(nth(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Decode(nth(0)); !errors.Is(err, wire.ErrReplay) {
		t.Fatalf("second time: %v", err)
	}
	// What isn't signed must not push signatures out.
	for range 70_000 {
		c.Decode(frames(wire.Delimiter, strings.Repeat("0", 64), goodHeader, "{}", "{}", "{}"))
	}
	for i := 1; i < 65_536; i++ {
		if _, err := c.Decode(nth(i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Decode(nth(0)); !errors.Is(err, wire.ErrReplay) {
		t.Fatalf("after 65,535 others: %v", err)
	}
	if _, err := c.Decode(nth(65_536)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Decode(nth(0)); err != nil {
		t.Fatalf("after 65,536 others: %v", err)
	}
	// Without a key there is nothing to recognize a replay by.
	open := codec(t, "", "")
	for range 2 {
		if _, err := open.Decode(nth(0)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUnknownScheme(t *testing.T) {
	for _, s := range []string{"sha256", "hmac-", "hmac-sha257", "hmac-blake2b"} {
		if _, err := wire.NewCodec(s, "k"); err == nil {
			t.Errorf("scheme %q is accepted", s)
		}
	}
}

// What is signed without being a message, the registration of JEP 66, is no replay of itself.
func TestSignVerify(t *testing.T) {
	c := codec(t, "", testKey)
	content := []byte(`{"kernel_id":"1"}`)
	s := c.Sign(content)
	if string(s) != signature(string(content)) {
		t.Errorf("signature %s", s)
	}
	for range 2 {
		if !c.Verify(s, content) {
			t.Error("own signature is refused")
		}
	}
	if c.Verify(s, []byte("{}")) || c.Verify(nil, content) {
		t.Error("wrong signature is accepted")
	}
	open := codec(t, "", "")
	if len(open.Sign(content)) != 0 || !open.Verify(nil, content) {
		t.Error("something is signed without a key")
	}
}

func TestNewHeader(t *testing.T) {
	a, b := wire.NewHeader("x", "s", "u"), wire.NewHeader("x", "s", "u")
	if a.MsgID == b.MsgID || a.MsgID == "" {
		t.Errorf("message ids are not unique: %v, %v", a, b)
	}
	if s, u := wire.NewSession(), wire.NewSession(); s == u || s == "" {
		t.Errorf("session ids are not unique: %s, %s", s, u)
	}
	if a.Version != "5.5" || !strings.HasSuffix(a.Date, "Z") {
		t.Errorf("header %+v", a)
	}
}

// One message that arrives on all channels at once is taken once.
func TestHammer(t *testing.T) {
	c := codec(t, "", testKey)
	var taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 500 {
				f := signed(fmt.Sprintf(`{"msg_type":"x","msg_id":"%d"}`, i), "{}", "{}", "{}")
				if m, err := c.Decode(f); err == nil {
					taken.Add(1)
					if _, err := c.Encode(m); err != nil {
						t.Error(err)
					}
				} else if !errors.Is(err, wire.ErrReplay) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := taken.Load(); n != 500 {
		t.Errorf("%d messages were taken, want 500", n)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("id"), []byte(goodHeader), []byte("{}"), []byte("{}"), []byte("{}"), []byte("buffer"), true)
	f.Add([]byte(wire.Delimiter), []byte("{"), []byte("null"), []byte("[]"), []byte(`"`), []byte{}, false)
	f.Fuzz(func(t *testing.T, id, header, parent, metadata, content, buffer []byte, sign bool) {
		c := codec(t, "", testKey)
		in := [][]byte{id, []byte(wire.Delimiter), {}, header, parent, metadata, content, buffer}
		if sign {
			in[2] = []byte(signature(string(header), string(parent), string(metadata), string(content)))
		}
		m, err := c.Decode(in)
		if m == nil {
			if err == nil {
				t.Fatal("neither message nor error")
			}
			return
		}
		if !sign {
			t.Fatal("an unsigned message is taken")
		}
		if err != nil && !errors.Is(err, wire.ErrJSON) {
			t.Fatalf("a message with %v", err)
		}
		out, err := c.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := codec(t, "", testKey).Decode(out)
		if err != nil {
			t.Fatalf("what was decoded and encoded is not decoded: %v", err)
		}
		if again.Header != m.Header || !bytes.Equal(again.Content, m.Content) {
			t.Fatalf("%+v became %+v", m, again)
		}
	})
}

// Frames as they may come from a peer without any key.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("a\x00<IDS|MSG>\x00\x00{\"msg_type\":\"x\"}\x00{}\x00{}\x00{}"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := codec(t, "", "").Decode(bytes.Split(data, []byte{0}))
		if m == nil && err == nil {
			t.Fatal("neither message nor error")
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	c := codec(b, "", testKey)
	m := &wire.Message{Identities: frames("id"), Header: wire.NewHeader("stream", "s", "u"),
		ParentHeader: json.RawMessage(goodHeader), Content: json.RawMessage(`{"name":"stdout","text":"hello\n"}`)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Encode(m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	c := codec(b, "", "")
	f := frames("id", wire.Delimiter, "", goodHeader, "{}", "{}", `{"code":"1+1","silent":false}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Decode(f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewHeader(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		wire.NewHeader("stream", "s", "u")
	}
}
