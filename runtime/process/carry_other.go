//go:build !unix

package process

// This file defines what there is where descriptors can't travel.

import (
	"os"

	"gilkernel/runtime/machine"
)

// A Descriptor is an open file of this process, by its number. It implements Carried.
type Descriptor int

// FD implements Carried.
func (d Descriptor) FD() int { return int(d) }

// Close implements Carried.
func (d Descriptor) Close(*machine.Thread) error { return errNotCarried }

// NewLine returns an error.
func NewLine() (ours, theirs *os.File, err error) { return nil, nil, errNotCarried }

func sendFD(*os.File, int) error { return errNotCarried }

func receiveFD(*os.File) (int, error) { return -1, errNotCarried }

func (s *System) share() {}

func (s *System) fetch(Handle) Carried { return nil }
