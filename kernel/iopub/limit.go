package iopub

// This file defines the flood limit: how much output a cell may have, and how dropped output is reported.

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	// displayWeight is what a display weighs beside its content.
	displayWeight = 256
	// maxDisplay is the largest single picture, which may exceed a cell's limit if it comes first.
	maxDisplay = 64 << 20
	// errorReserve is the room that errors and results have beyond the limit: the last output of a cell matters most.
	errorReserve = 4 << 20
	// clearAbove is the size of the waiting output from which a clear_output erases it here already.
	clearAbove = 64 << 10
	// firstNotice is the time from reaching the limit to the first notice, if the cell doesn't end before. The pauses
	// double from there on, so that output without end ends in a few lines.
	firstNotice = 2 * time.Second
)

// admitText returns how much of text the limit lets through.
func (l *lane) admitText(text string, limit int64) string {
	room := limit - l.passed
	if l.flooded || room <= 0 {
		l.drop(int64(len(text)))
		return ""
	}
	if int64(len(text)) > room {
		n := runeCut(text, int(room))
		if nl := strings.LastIndexByte(text[:min(n, len(text))], '\n'); nl >= 0 {
			n = nl + 1
		}
		l.drop(int64(len(text) - n))
		text = text[:n]
	}
	l.passed += int64(len(text))
	return text
}

// admitDisplay reports whether the limit admits a display of so many bytes.
func (l *lane) admitDisplay(size, limit int64) bool {
	size += displayWeight
	if l.flooded || l.passed >= limit || size > maxDisplay {
		l.drop(size)
		return false
	}
	l.passed += size
	return true
}

// admitUpdate is admitDisplay for what takes the place of something: only memory limits it.
func (l *lane) admitUpdate(size, limit int64) bool {
	if l.bytes > 0 && l.bytes+size > limit || size > maxDisplay {
		l.drop(size)
		return false
	}
	return true
}

// admitError is admitDisplay for errors and results.
func (l *lane) admitError(size, limit int64) bool {
	if l.passed+size > limit+errorReserve {
		l.drop(size)
		return false
	}
	l.passed += size
	return true
}

func (l *lane) drop(n int64) {
	l.flooded = true
	l.dropped += n
}

// floodedLocked makes sure that notices appear periodically while output is dropped.
func (p *Publisher) floodedLocked(now time.Time, l *lane) {
	if l.dropped == l.told || !l.noticeAt.IsZero() {
		return
	}
	if l.pause == 0 {
		l.pause = firstNotice
	}
	l.noticeAt = now.Add(l.pause)
	l.pause *= 2
	p.enqueueLocked(l)
	p.kickLocked(now)
}

// noticeLocked adds the line that says how much was dropped, if that wasn't reported yet.
func (p *Publisher) noticeLocked(now time.Time, l *lane) {
	l.noticeAt = time.Time{}
	if l.dropped == l.told {
		return
	}
	l.told = l.dropped
	p.lineLocked(now, l, dropped(l.dropped, p.limit))
}

// Dropped returns the line that says how many bytes of output the limit of a cell, in bytes, didn't let through.
func Dropped(n, limit int64) string { return "\n… " + dropped(n, limit) + "\n" }

func dropped(n, limit int64) string {
	return fmt.Sprintf("%s bytes of output were dropped: a cell's limit is %s (GILKERNEL_OUTPUT_LIMIT or %%limit "+
		"output changes it)", thousands(n), size(limit))
}

// lineLocked adds a line of ours to what waits in l. No limit applies to it.
func (p *Publisher) lineLocked(now time.Time, l *lane, line string) {
	l.addText(p.stream("stderr"), "\n… "+line+"\n", now, p.opts.MergeDelay, p.opts.MergeBytes)
	p.enqueueLocked(l)
}

// thousands writes n as 89,542,100.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size writes n in the largest unit of which it is at least one; what is left over isn't worth a digit.
func size(n int64) string {
	for _, u := range []struct {
		name string
		unit int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.unit {
			return fmt.Sprintf("%d %s", n/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
