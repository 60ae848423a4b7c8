package main

import (
	"fmt"
	"sort"
	"sync"
)

type Fetcher interface {
	Fetch(url string) (string, []string, error)
}
type page struct {
	body string
	urls []string
}
type fake map[string]*page

func (f fake) Fetch(url string) (string, []string, error) {
	if p, ok := f[url]; ok {
		return p.body, p.urls, nil
	}
	return "", nil, fmt.Errorf("not found: %s", url)
}

type seen struct {
	sync.Mutex
	m map[string]bool
}

func (s *seen) first(u string) bool {
	s.Lock()
	defer s.Unlock()
	if s.m[u] {
		return false
	}
	s.m[u] = true
	return true
}
func Crawl(url string, depth int, f Fetcher, s *seen, wg *sync.WaitGroup, out chan<- string) {
	defer wg.Done()
	if depth <= 0 || !s.first(url) {
		return
	}
	body, urls, err := f.Fetch(url)
	if err != nil {
		out <- err.Error()
		return
	}
	out <- fmt.Sprintf("found: %s %q", url, body)
	for _, u := range urls {
		wg.Add(1)
		go Crawl(u, depth-1, f, s, wg, out)
	}
}
func main() {
	f := fake{"a": {"A", []string{"b", "c"}}, "b": {"B", []string{"a", "d"}}, "c": {"C", nil}}
	var wg sync.WaitGroup
	out := make(chan string, 20)
	wg.Add(1)
	go Crawl("a", 4, f, &seen{m: map[string]bool{}}, &wg, out)
	wg.Wait()
	close(out)
	var all []string
	for s := range out {
		all = append(all, s)
	}
	sort.Strings(all)
	for _, s := range all {
		fmt.Println(s)
	}
	var l sync.Locker = &seen{}
	l.Lock()
	l.Unlock()
}
