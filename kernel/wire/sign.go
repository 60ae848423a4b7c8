package wire

// This file defines signatures of what is no message: the registration of JEP 66.

import "crypto/hmac"

// Sign returns the signature of frames that are no message, in hexadecimal; with an empty key it is
// empty. It may be called concurrently.
func (c *Codec) Sign(frames ...[]byte) []byte { return c.sign(frames) }

// Verify reports whether signature is that of frames. With an empty key all are. The memory of
// replays has no part in it. It may be called concurrently.
func (c *Codec) Verify(signature []byte, frames ...[]byte) bool {
	return c.signers == nil || hmac.Equal(signature, c.sign(frames))
}
