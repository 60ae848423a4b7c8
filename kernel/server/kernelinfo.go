package server

// This file defines kernel_info_request.

import (
	"runtime"
	"strings"
)

// protocolVersion is the version of docs/messaging.rst that this package follows.
const protocolVersion = "5.5"

// languageVersion is the version of the language that cells are written in, whichever Go built the
// kernel. Front ends store it in every notebook: a notebook is changed by being opened, and asks to be
// saved, if the kernel says another version than the one before.
const languageVersion = "1.26"

// languageInfo is stored in notebooks as metadata.language_info.
type languageInfo struct {
	Name          string `json:"name"`
	Version       string `json:"version"`
	MIME          string `json:"mimetype"`
	Extension     string `json:"file_extension"`
	PygmentsLexer string `json:"pygments_lexer"`
	CodeMirror    string `json:"codemirror_mode"`
}

type helpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

type kernelInfoReply struct {
	Status            string       `json:"status"`
	Protocol          string       `json:"protocol_version"`
	Implementation    string       `json:"implementation"`
	Version           string       `json:"implementation_version"`
	Language          languageInfo `json:"language_info"`
	Banner            string       `json:"banner"`
	Debugger          bool         `json:"debugger"`
	HelpLinks         []helpLink   `json:"help_links"`
	SupportedFeatures []string     `json:"supported_features"`
}

// handleKernelInfo answers from constants: it is the first thing that a front end asks, and what it
// asks when it wants to know whether the kernel is alive.
func (s *Server) handleKernelInfo(*request) (any, error) {
	goVersion := strings.TrimPrefix(runtime.Version(), "go")
	return kernelInfoReply{
		Status:         "ok",
		Protocol:       protocolVersion,
		Implementation: "gilkernel",
		Version:        s.opts.version(),
		Language: languageInfo{Name: "go", Version: languageVersion, MIME: "text/x-go", Extension: ".go",
			PygmentsLexer: "go", CodeMirror: "go"},
		Banner: "gilkernel " + s.opts.version() + ": Go " + goVersion + ", where threads can run under Python's GIL\n" +
			"?name shows what is known of a name, %lsmagic lists the magics",
		HelpLinks: []helpLink{
			{"Go: a tour", "https://go.dev/tour/"},
			{"Go: the standard library", "https://pkg.go.dev/std"},
			{"Python: threading", "https://docs.python.org/3/library/threading.html"},
		},
		SupportedFeatures: []string{},
	}, nil
}
