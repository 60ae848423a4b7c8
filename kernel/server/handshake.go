package server

// This file defines the startup handshake (JEP 66; "Kernel startup handshake" in docs/messaging.rst):
// a kernel that was given a registration file chooses its ports itself and reports them.

import (
	"context"
	"fmt"
	"time"

	"gilkernel/kernel/transport"
	"gilkernel/kernel/wire"
)

// handshakeTimeout is how long the process that started the kernel may take to acknowledge its ports.
const handshakeTimeout = 10 * time.Second

// register reports the ports to the registration socket and waits for the acknowledgement. The
// message is shorter than others: identities, delimiter, signature, content.
func (s *Server) register() error {
	ctx, cancel := context.WithTimeout(s.ctx, handshakeTimeout)
	defer cancel()
	d, err := transport.DialDealer(ctx, s.info.RegistrationEndpoint(), "", &transport.Options{Logf: s.opts.logf})
	if err != nil {
		return fmt.Errorf("registering the kernel: %w", err)
	}
	defer d.Close()
	// Recv has no deadline of its own; closing ends it.
	defer context.AfterFunc(ctx, func() { d.Close() })()
	content := s.info.Handshake()
	if err := d.Send([][]byte{[]byte(wire.Delimiter), s.codec.Sign(content), content}); err != nil {
		return fmt.Errorf("registering the kernel: %w", err)
	}
	for {
		frames, err := d.Recv()
		if err != nil {
			return fmt.Errorf("registering the kernel: waiting for the acknowledgement: %w", err)
		}
		if s.acknowledges(frames) {
			return nil
		}
		s.opts.logf("registration: dropped a message that is no acknowledgement")
	}
}

// acknowledges reports whether frames are the acknowledgement: JEP 66 says "ACK" and no more, the reference
// implementation signs it. The socket was dialled by us, so an unsigned one is acceptable.
func (s *Server) acknowledges(frames [][]byte) bool {
	n := len(frames)
	if n >= 3 && string(frames[n-3]) == wire.Delimiter {
		return s.codec.Verify(frames[n-2], frames[n-1])
	}
	return n > 0 && string(frames[n-1]) == "ACK"
}
