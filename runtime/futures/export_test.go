package futures

// Settled reports whether a worker is idle, or the version doesn't count those.
func (ex *ThreadPoolExecutor) Settled() bool {
	ex.crew.mu.Lock()
	defer ex.crew.mu.Unlock()
	return ex.version < 8 || ex.crew.idle > 0
}
