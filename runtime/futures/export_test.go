package futures

// Settled reports whether a worker is idle, or the version doesn't count those.
func (ex *ThreadPoolExecutor) Settled() bool {
	ex.idle.mu.Lock()
	defer ex.idle.mu.Unlock()
	return ex.version < 8 || ex.idle.n > 0
}
