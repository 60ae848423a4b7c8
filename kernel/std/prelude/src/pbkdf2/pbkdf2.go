// Package pbkdf2 is the interpreter's own version of the standard library's.
package pbkdf2

import (
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"hash"
)

// Key derives a key from a password, a salt and a number of iterations: RFC 8018, section 5.2.
func Key[Hash hash.Hash](h func() Hash, password string, salt []byte, iter, keyLength int) ([]byte, error) {
	if keyLength <= 0 {
		return nil, errors.New("pkbdf2: keyLength must be larger than 0")
	}
	prf := hmac.New(func() hash.Hash { return h() }, []byte(password))
	size := prf.Size()
	blocks := (keyLength + size - 1) / size
	if blocks >= 1<<32-1 {
		return nil, errors.New("pbkdf2: keyLength too long")
	}
	key := make([]byte, 0, blocks*size)
	u := make([]byte, size)
	for block := 1; block <= blocks; block++ {
		prf.Reset()
		prf.Write(salt)
		prf.Write(binary.BigEndian.AppendUint32(nil, uint32(block)))
		key = prf.Sum(key)
		t := key[len(key)-size:]
		copy(u, t)
		for range iter - 1 {
			prf.Reset()
			prf.Write(u)
			u = prf.Sum(u[:0])
			for i, b := range u {
				t[i] ^= b
			}
		}
	}
	return key[:keyLength], nil
}
