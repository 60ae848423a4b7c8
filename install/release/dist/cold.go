package dist

// This file defines which packages are compiled for size.

// cold returns patterns of packages in which no cell spends its time: commands, pages, figures, protocols of the
// network, formats, and the engine that isn't the default. They are compiled without inlining, which makes the program
// 2.1 MB smaller. A package that isn't named here is merely larger.
//
// Not among them, though large: what parses and checks each cell (go/types, kernel/session: 0.5 MB for 5 % of the time
// of a cell that declares functions), and what computes (crypto/internal, image).
func cold() []string {
	return []string{
		"archive/...", "crypto/tls/...", "crypto/x509/...", "database/...", "debug/...", "encoding/asn1",
		"encoding/csv", "encoding/pem", "encoding/xml", "expvar", "flag", "go/build/...", "go/doc/...", "go/format",
		"go/importer", "go/internal/...", "go/printer", "html/...", "internal/coverage/...", "internal/profile/...",
		"internal/trace/...", "internal/xcoff", "internal/zstd", "log/...", "mime/...", "net/...", "os/exec/...",
		"os/signal/...", "os/user/...", "runtime/coverage/...", "runtime/debug/...", "runtime/metrics/...",
		"runtime/pprof/...", "runtime/trace/...", "testing/...", "text/...", "vendor/golang.org/x/net/...",
		"vendor/golang.org/x/text/...",

		"github.com/aymerick/...", "github.com/clipperhouse/...", "github.com/gorilla/...", "github.com/mattn/...",
		"github.com/microcosm-cc/...", "github.com/peterh/...", "github.com/traefik/...", "github.com/yuin/...",
		"golang.org/x/mod/...", "golang.org/x/net/...", "golang.org/x/text/...", "golang.org/x/tools/...",

		"gilkernel/install/...", "gilkernel/kernel/advice", "gilkernel/kernel/assist", "gilkernel/kernel/celltest",
		"gilkernel/kernel/client", "gilkernel/kernel/console", "gilkernel/kernel/experiments",
		"gilkernel/kernel/history", "gilkernel/kernel/magic", "gilkernel/kernel/module/...",
		"gilkernel/kernel/notebook", "gilkernel/kernel/page", "gilkernel/kernel/run", "gilkernel/kernel/schedule",
		"gilkernel/kernel/widget", "gilkernel/kernel/yaegi", "gilkernel/runtime/cpython",
		"gilkernel/runtime/display", "gilkernel/runtime/exercise", "gilkernel/runtime/multiprocessing/...",
		"gilkernel/runtime/network", "gilkernel/runtime/plot", "gilkernel/runtime/process",
		"gilkernel/runtime/scaling", "gilkernel/runtime/socket", "gilkernel/runtime/socketserver",
	}
}

// compilerFlags returns the go command's arguments for the packages that are cold.
func compilerFlags() []string {
	var args []string
	for _, pattern := range cold() {
		args = append(args, "-gcflags="+pattern+"=-l")
	}
	return args
}
