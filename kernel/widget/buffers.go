package widget

// This file defines how binary values are sent: beside the JSON, each with the path of its place in it.

import (
	"fmt"
	"slices"
	"strconv"
)

// removeBuffers returns values without those that are binary, and these with their paths, as _remove_buffers of
// ipywidgets does: in an object they are left out, in a list there is null. values stays as it is.
func removeBuffers(values map[string]any) (plain map[string]any, paths [][]any, buffers [][]byte) {
	paths, buffers = [][]any{}, [][]byte{}
	var walk func(v any, path []any) any
	walk = func(v any, path []any) any {
		switch v := v.(type) {
		case map[string]any:
			out := make(map[string]any, len(v))
			for _, name := range sortedKeys(v) {
				at := append(slices.Clip(path), name)
				if b, ok := v[name].([]byte); ok {
					paths, buffers = append(paths, at), append(buffers, b)
					continue
				}
				out[name] = walk(v[name], at)
			}
			return out
		case []any:
			out := make([]any, len(v))
			for i, e := range v {
				at := append(slices.Clip(path), i)
				if b, ok := e.([]byte); ok {
					paths, buffers = append(paths, at), append(buffers, b)
					continue
				}
				out[i] = walk(e, at)
			}
			return out
		}
		return v
	}
	plain, _ = walk(values, nil).(map[string]any)
	return plain, paths, buffers
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// putBuffers puts binary values back to where their paths say. values comes from JSON.
func putBuffers(values map[string]any, paths [][]any, buffers [][]byte) error {
	if len(paths) != len(buffers) {
		return fmt.Errorf("%d paths for %d buffers", len(paths), len(buffers))
	}
	for i, path := range paths {
		if err := put(values, path, buffers[i]); err != nil {
			return err
		}
	}
	return nil
}

func put(at any, path []any, b []byte) error {
	for i, key := range path {
		last := i == len(path)-1
		switch v := at.(type) {
		case map[string]any:
			name, ok := key.(string)
			if !ok {
				return fmt.Errorf("the path %v has no name where an object is", path)
			}
			if last {
				v[name] = b
				return nil
			}
			at = v[name]
		case []any:
			n, ok := index(key, len(v))
			if !ok {
				return fmt.Errorf("the path %v leads beside a list", path)
			}
			if last {
				v[n] = b
				return nil
			}
			at = v[n]
		default:
			return fmt.Errorf("the path %v leads to nothing", path)
		}
	}
	return fmt.Errorf("an empty path")
}

// index returns a list's index that JSON had as a number or, as some front ends send it, as text.
func index(key any, n int) (int, bool) {
	i := -1
	switch key := key.(type) {
	case float64:
		i = int(key)
		if float64(i) != key {
			return 0, false
		}
	case string:
		var err error
		if i, err = strconv.Atoi(key); err != nil {
			return 0, false
		}
	}
	return i, i >= 0 && i < n
}
