package cpython

// This file defines how values of Python become values of Go.

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Unmarshal returns the value of Result.Values that data is: nil, bool, int, *big.Int for an integer that an int can't
// hold, float64, string, []byte, []any or map[string]any. An error says that data isn't what a program sends.
func Unmarshal(data []byte) (any, error) {
	if len(data) > MaxValue {
		return nil, fmt.Errorf("it has more than %d MiB; write it to a file, and let Go read that", MaxValue>>20)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("reading a value: %w", err)
	}
	return revive(v)
}

// TypeOf returns the type, in Go's words, of a value that Unmarshal returned.
func TypeOf(v any) string {
	switch v.(type) {
	case bool:
		return "bool"
	case int:
		return "int"
	case *big.Int:
		return "*big.Int"
	case float64:
		return "float64"
	case string:
		return "string"
	case []byte:
		return "[]byte"
	case []any:
		return "[]any"
	case map[string]any:
		return "map[string]any"
	}
	return "any"
}

// revive replaces what stands for values that JSON has no form for.
func revive(v any) (_ any, err error) {
	switch v := v.(type) {
	case json.Number:
		return number(v.String())
	case []any:
		for i := range v {
			if v[i], err = revive(v[i]); err != nil {
				return nil, err
			}
		}
		return v, nil
	case map[string]any:
		if special, ok := v["\x00"].([]any); ok && len(v) == 1 {
			return standsFor(special)
		}
		for k := range v {
			if v[k], err = revive(v[k]); err != nil {
				return nil, err
			}
		}
		return v, nil
	}
	return v, nil
}

func number(s string) (any, error) {
	if strings.ContainsAny(s, ".eE") {
		return strconv.ParseFloat(s, 64)
	}
	if n, err := strconv.Atoi(s); err == nil {
		return n, nil
	}
	if n, ok := new(big.Int).SetString(s, 10); ok {
		return n, nil
	}
	return nil, fmt.Errorf("reading a value: %q is no number", s)
}

func standsFor(special []any) (any, error) {
	if len(special) == 2 {
		text, ok := special[1].(string)
		switch {
		case ok && special[0] == "bytes":
			return base64.StdEncoding.DecodeString(text)
		case ok && special[0] == "float":
			return strconv.ParseFloat(text, 64)
		}
	}
	return nil, errors.New("reading a value: it stands for nothing that is known")
}
