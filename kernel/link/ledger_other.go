//go:build !unix

package link

import (
	"errors"
	"os"
)

// OpenLedger returns an error: interpreter processes need Unix.
func OpenLedger(*os.File) (*Ledger, error) { return nil, errors.New("ledgers need Unix") }

// Close does nothing: there are no ledgers.
func (*Ledger) Close() error { return nil }
