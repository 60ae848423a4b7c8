//go:build !linux

package interp

// This file defines the memory limit where the system counts nothing that Go maps: a watch.

import (
	"errors"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// watchTime is how often the watch looks.
const watchTime = 200 * time.Millisecond

// limitMemory has a goroutine, which ends with the process, look at what the process takes; 0 sets no
// limit. A growth that takes less than a look goes unseen.
func limitMemory(bytes int64) error {
	if bytes == 0 {
		return nil
	}
	debug.SetMemoryLimit(bytes / 10 * 8) // the collector tries harder before that
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		for {
			time.Sleep(watchTime)
			metrics.Read(sample)
			if int64(sample[0].Value.Uint64()-sample[1].Value.Uint64()) > bytes {
				panic(errors.New("out of memory: the limit is reached"))
			}
		}
	}()
	return nil
}
