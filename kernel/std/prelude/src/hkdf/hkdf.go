// Package hkdf is the interpreter's own version of the standard library's.
package hkdf

import (
	"crypto/hmac"
	"errors"
	"hash"
)

// Extract makes a pseudorandom key of a secret and a salt: RFC 5869, section 2.2.
func Extract[H hash.Hash](h func() H, secret, salt []byte) ([]byte, error) {
	if salt == nil {
		salt = make([]byte, h().Size())
	}
	m := hmac.New(func() hash.Hash { return h() }, salt)
	m.Write(secret)
	return m.Sum(nil), nil
}

// Expand makes a key of a pseudorandom one: RFC 5869, section 2.3.
func Expand[H hash.Hash](h func() H, pseudorandomKey []byte, info string, keyLength int) ([]byte, error) {
	m := hmac.New(func() hash.Hash { return h() }, pseudorandomKey)
	if keyLength > 255*m.Size() {
		return nil, errors.New("hkdf: requested key length too large")
	}
	var key, last []byte
	for block := byte(1); len(key) < keyLength; block++ {
		m.Reset()
		m.Write(last)
		m.Write([]byte(info))
		m.Write([]byte{block})
		last = m.Sum(nil)
		key = append(key, last...)
	}
	return key[:keyLength], nil
}

// Key is Extract and then Expand.
func Key[Hash hash.Hash](h func() Hash, secret, salt []byte, info string, keyLength int) ([]byte, error) {
	if keyLength > 255*h().Size() {
		return nil, errors.New("hkdf: requested key length too large")
	}
	key, err := Extract(h, secret, salt)
	if err != nil {
		return nil, err
	}
	return Expand(h, key, info, keyLength)
}
