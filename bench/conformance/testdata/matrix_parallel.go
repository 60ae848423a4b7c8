package main

import (
	"fmt"
	"sync"
)

type matrix [][]float64

func mul(a, b matrix) matrix {
	n, m, k := len(a), len(b[0]), len(b)
	c := make(matrix, n)
	var wg sync.WaitGroup
	for i := range c {
		c[i] = make([]float64, m)
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range m {
				for x := range k {
					c[i][j] += a[i][x] * b[x][j]
				}
			}
		}()
	}
	wg.Wait()
	return c
}
func main() {
	fmt.Println(mul(matrix{{1, 2}, {3, 4}}, matrix{{0, 1}, {1, 0}}), mul(matrix{{1.5}}, matrix{{2}}))
}
