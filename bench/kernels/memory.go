package main

// This file defines the memory probe: it measures the whole process trees of ten kernels of a kind, from /proc.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gilkernel/bench/pss"
	"gilkernel/kernel/client"
)

const ten = 10

// clockTick is USER_HZ, which Linux fixes at 100 for /proc.
const clockTick = 100

func memory(ctx context.Context, k *kernel) (result, error) {
	var kernels []*client.Kernel
	defer func() {
		for _, c := range kernels {
			c.Stop()
		}
	}()
	for range ten {
		c, err := k.start(ctx)
		if err != nil {
			return nil, err
		}
		kernels = append(kernels, c)
		// Each kernel runs a cell, so that its spares exist and count.
		if err := execute(ctx, c, k.code.one, nil); err != nil {
			return nil, err
		}
	}
	time.Sleep(2 * time.Second)
	mem, before, err := usage(kernels)
	if err != nil {
		return nil, err
	}
	t := time.Now()
	time.Sleep(3 * time.Second)
	_, after, err := usage(kernels)
	busy := (after - before) * 1000 / time.Since(t).Seconds() / ten
	return result{"memory of each of ten": {mem / ten}, "idle CPU": {busy}}, err
}

// usage sums the proportional memory in MB and the CPU seconds of the kernels' process trees.
func usage(kernels []*client.Kernel) (mem, cpu float64, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return 0, 0, fmt.Errorf("this probe needs Linux's /proc")
	}
	parent, seconds := map[int]int{}, map[int]float64{}
	for _, s := range stats {
		b, err := os.ReadFile(s)
		if err != nil {
			continue // it ended meanwhile
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(s)))
		f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		parent[pid], _ = strconv.Atoi(f[1])
		user, _ := strconv.ParseFloat(f[11], 64)
		system, _ := strconv.ParseFloat(f[12], 64)
		seconds[pid] = (user + system) / clockTick
	}
	ours := map[int]bool{}
	for _, c := range kernels {
		ours[c.PID()] = true
	}
	for pid := range parent {
		for p := pid; p > 1; p = parent[p] {
			if ours[p] {
				cpu += seconds[pid]
				mem += pss.Of(pid)
				break
			}
		}
	}
	return mem, cpu, nil
}
