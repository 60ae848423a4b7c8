package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

type Group struct {
	wg     sync.WaitGroup
	once   sync.Once
	err    error
	cancel context.CancelFunc
}

func WithContext(ctx context.Context) (*Group, context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	return &Group{cancel: cancel}, ctx
}
func (g *Group) Go(f func() error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		if err := f(); err != nil {
			g.once.Do(func() { g.err = err; g.cancel() })
		}
	}()
}
func (g *Group) Wait() error { g.wg.Wait(); g.cancel(); return g.err }

type codeError struct{ code int }

func (e *codeError) Error() string { return fmt.Sprintf("code %d", e.code) }
func main() {
	g, ctx := WithContext(context.Background())
	for i := range 5 {
		g.Go(func() error {
			if i == 3 {
				return fmt.Errorf("job %d: %w", i, &codeError{i})
			}
			<-ctx.Done()
			return nil
		})
	}
	err := g.Wait()
	var c *codeError
	fmt.Println(err, errors.As(err, &c), c.code, ctx.Err())
}
