package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

type counter struct {
	mu     sync.Mutex
	N      int `json:"n"`
	hidden int
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.N++
	json.NewEncoder(w).Encode(c)
}
func main() {
	s := httptest.NewServer(&counter{})
	defer s.Close()
	for range 3 {
		r, err := http.Get(s.URL)
		if err != nil {
			panic(err)
		}
		b, _ := io.ReadAll(r.Body)
		r.Body.Close()
		fmt.Print(string(b))
	}
}
