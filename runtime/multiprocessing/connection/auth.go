package connection

// This file defines how two sides prove that they know a key: deliver_challenge and answer_challenge.

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"fmt"
	"hash"
	"time"

	"gilkernel/runtime/machine"
	mp "gilkernel/runtime/multiprocessing"
)

// An AuthenticationError says that the two sides of a connection don't know the same key:
// multiprocessing.AuthenticationError.
type AuthenticationError struct{ Message string }

// Error returns the message.
func (e *AuthenticationError) Error() string { return e.Message }

// Exception returns "AuthenticationError".
func (*AuthenticationError) Exception() string { return "AuthenticationError" }

// Bases returns the names of the exceptions from which it is derived.
func (*AuthenticationError) Bases() []string { return []string{"ProcessError"} }

// The messages of the protocol, which is that of CPython 3.12 and later. Older versions are supported as well.
const (
	challenge = "#CHALLENGE#"
	welcome   = "#WELCOME#"
	failure   = "#FAILURE#"

	challengeSize = 40
	// An older Python's challenge has 20 bytes and its answer 16: an HMAC of MD5 without the name of the digest.
	oldSize, oldAnswer = 20, md5.Size

	// longest is the maximum size of a message of the protocol, in bytes.
	longest = 256
	// patience is how long a side waits for a message of the other: a client that sends nothing must not block a server
	// forever.
	patience = 20 * time.Second
)

// digestOf returns the hash function of a name, nil if the protocol has none of this name.
func digestOf(name string) func() hash.Hash {
	switch name {
	case "md5":
		return md5.New
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha3_256":
		return func() hash.Hash { return sha3.New256() }
	case "sha3_384":
		return func() hash.Hash { return sha3.New384() }
	}
	return nil
}

// parse splits a message into the name of its digest and the rest. The name is "" for a message of an older Python. It
// panics with an *AuthenticationError if there is no digest that it knows.
func parse(message []byte) (digest string, rest []byte) {
	if n := len(message); n == oldSize || n == oldAnswer {
		return "", message
	}
	if name, rest, ok := bytes.Cut(message, []byte("}")); ok && len(name) > 0 && name[0] == '{' &&
		digestOf(string(name[1:])) != nil {
		return string(name[1:]), rest
	}
	panic(
		&AuthenticationError{fmt.Sprintf("unsupported message length, missing digest prefix, or unsupported digest: "+
			"message=%q", message)})
}

func mac(digest string, key, message []byte) []byte {
	h := hmac.New(digestOf(digest), key)
	h.Write(message)
	return h.Sum(nil)
}

// receive waits for the other side's next message and returns it. It panics with an *AuthenticationError after
// patience.
func receive(c *mp.Connection) []byte {
	if !c.Poll(mp.Timeout(patience)) {
		panic(&AuthenticationError{fmt.Sprintf("the other side has sent nothing for %v: it may not use a key",
			patience)})
	}
	return c.RecvBytes(longest)
}

// random fills b with unpredictable bytes; on a simulated machine, with bytes that depend only on the seed, because
// runs must be repeatable.
func random(b []byte) {
	if t := machine.Current(); t != nil && t.Machine().Simulated() {
		sum := sha512.Sum512(fmt.Append(nil, t.ID(), t.Now()))
		copy(b, sum[:])
		return
	}
	_, _ = rand.Read(b) // Read never fails
}

// DeliverChallenge makes the other side prove that it knows the key: deliver_challenge. It panics with an
// *AuthenticationError, "digest received was wrong", if the other side doesn't know the key, with an
// *AuthenticationError if it sends nothing for 20 s, and with an EOFError if it closes the connection.
func DeliverChallenge(c *mp.Connection, key []byte) {
	message := append([]byte("{sha256}"), make([]byte, challengeSize)...)
	random(message[len("{sha256}"):])
	c.SendBytes(append([]byte(challenge), message...))
	answer := receive(c)
	done := false
	defer func() {
		if !done {
			defer func() { _ = recover() }() // the caller sees the first panic
			c.SendBytes([]byte(failure))
		}
	}()
	digest, sum := parse(answer)
	if digest == "" {
		digest = "md5"
	}
	if !hmac.Equal(mac(digest, key, message), sum) {
		panic(&AuthenticationError{"digest received was wrong"})
	}
	done = true
	c.SendBytes([]byte(welcome))
}

// AnswerChallenge proves to the other side that this side knows the key: answer_challenge. It panics with an
// *AuthenticationError, "digest sent was rejected", if the other side has another key, and as DeliverChallenge does if
// it sends nothing or closes the connection.
func AnswerChallenge(c *mp.Connection, key []byte) {
	message, ok := bytes.CutPrefix(receive(c), []byte(challenge))
	switch {
	case !ok:
		panic(&AuthenticationError{fmt.Sprintf("Protocol error, expected challenge: message=%q", message)})
	case len(message) < oldSize:
		panic(&AuthenticationError{fmt.Sprintf("challenge too short: %d bytes", len(message))})
	}
	answer := []byte(nil)
	if digest, _ := parse(message); digest == "" {
		answer = mac("md5", key, message)
	} else {
		answer = append([]byte("{"+digest+"}"), mac(digest, key, message)...)
	}
	c.SendBytes(answer)
	if string(receive(c)) != welcome {
		panic(&AuthenticationError{"digest sent was rejected"})
	}
}
