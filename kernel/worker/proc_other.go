//go:build !linux

package worker

// This file defines the absence of /proc.

import "time"

func killSession(int) {}

func usage(int) (cpu time.Duration, rss int64) { return 0, 0 }
