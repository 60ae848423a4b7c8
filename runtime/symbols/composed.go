package symbols

// This file defines wrappers for sets of interfaces that the standard library asks a value for
// when it was handed only one of them.

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// responseFlusher is an http.ResponseWriter that is an http.Flusher.
type responseFlusher struct {
	IValue       any
	WHeader      func() http.Header
	WWrite       func([]byte) (int, error)
	WWriteHeader func(int)
	WFlush       func()
}

func (w responseFlusher) Header() http.Header         { return w.WHeader() }
func (w responseFlusher) Write(p []byte) (int, error) { return w.WWrite(p) }
func (w responseFlusher) WriteHeader(status int)      { w.WWriteHeader(status) }
func (w responseFlusher) Flush()                      { w.WFlush() }

// responseHijacker is an http.ResponseWriter that is an http.Hijacker.
type responseHijacker struct {
	IValue       any
	WHeader      func() http.Header
	WWrite       func([]byte) (int, error)
	WWriteHeader func(int)
	WHijack      func() (net.Conn, *bufio.ReadWriter, error)
}

func (w responseHijacker) Header() http.Header         { return w.WHeader() }
func (w responseHijacker) Write(p []byte) (int, error) { return w.WWrite(p) }
func (w responseHijacker) WriteHeader(status int)      { w.WWriteHeader(status) }
func (w responseHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.WHijack()
}

// responseStreamer is an http.ResponseWriter that is both.
type responseStreamer struct {
	IValue       any
	WHeader      func() http.Header
	WWrite       func([]byte) (int, error)
	WWriteHeader func(int)
	WFlush       func()
	WHijack      func() (net.Conn, *bufio.ReadWriter, error)
}

func (w responseStreamer) Header() http.Header         { return w.WHeader() }
func (w responseStreamer) Write(p []byte) (int, error) { return w.WWrite(p) }
func (w responseStreamer) WriteHeader(status int)      { w.WWriteHeader(status) }
func (w responseStreamer) Flush()                      { w.WFlush() }
func (w responseStreamer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.WHijack()
}

// readerWriterTo is an io.Reader that is an io.WriterTo, which io.Copy prefers.
type readerWriterTo struct {
	IValue   any
	WRead    func([]byte) (int, error)
	WWriteTo func(io.Writer) (int64, error)
}

func (w readerWriterTo) Read(p []byte) (int, error)             { return w.WRead(p) }
func (w readerWriterTo) WriteTo(other io.Writer) (int64, error) { return w.WWriteTo(other) }

// writerReaderFrom is an io.Writer that is an io.ReaderFrom, which io.Copy prefers.
type writerReaderFrom struct {
	IValue    any
	WWrite    func([]byte) (int, error)
	WReadFrom func(io.Reader) (int64, error)
}

func (w writerReaderFrom) Write(p []byte) (int, error)             { return w.WWrite(p) }
func (w writerReaderFrom) ReadFrom(other io.Reader) (int64, error) { return w.WReadFrom(other) }
