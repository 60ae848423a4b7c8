// Package sql is the interpreter's own version of the generic part of the standard library's.
package sql

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strconv"
)

// Null is a value that may be NULL.
type Null[T any] struct {
	V     T
	Valid bool
}

// Scan sets it to a value of a database.
func (n *Null[T]) Scan(value any) error {
	n.Valid = value != nil
	if value == nil {
		n.V = *new(T)
		return nil
	}
	if s, ok := any(&n.V).(sql.Scanner); ok {
		return s.Scan(value)
	}
	return assign(reflect.ValueOf(&n.V).Elem(), value)
}

// Value returns it for a database.
func (n Null[T]) Value() (driver.Value, error) {
	if !n.Valid {
		return nil, nil
	}
	v := any(n.V)
	if valuer, ok := v.(driver.Valuer); ok {
		of := reflect.ValueOf(v)
		if of.Kind() == reflect.Pointer && of.IsNil() {
			return nil, nil
		}
		var err error
		if v, err = valuer.Value(); err != nil {
			return v, err
		}
	}
	return driver.DefaultParameterConverter.ConvertValue(v)
}

// assign sets a variable to a value that isn't nil, by the rules of the types that package sql has for columns that may
// be NULL.
func assign(to reflect.Value, value any) error {
	from := reflect.ValueOf(value)
	if b, ok := value.([]byte); ok {
		from = reflect.ValueOf(bytes.Clone(b))
	}
	if from.Type().AssignableTo(to.Type()) {
		to.Set(from)
		return nil
	}
	switch to.Kind() {
	case reflect.Bool:
		var x sql.NullBool
		err := x.Scan(value)
		if err == nil {
			to.SetBool(x.Bool)
		}
		return err
	case reflect.String:
		var x sql.NullString
		err := x.Scan(value)
		if err == nil {
			to.SetString(x.String)
		}
		return err
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		var x sql.NullInt64
		err := x.Scan(value)
		if err == nil && to.OverflowInt(x.Int64) {
			err = fmt.Errorf("converting %T (%v) to a %s: value out of range", value, value, to.Kind())
		}
		if err == nil {
			to.SetInt(x.Int64)
		}
		return err
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		var x sql.NullString
		if err := x.Scan(value); err != nil {
			return err
		}
		u, err := strconv.ParseUint(x.String, 10, to.Type().Bits())
		if err != nil {
			return fmt.Errorf("converting %T (%q) to a %s: %w", value, x.String, to.Kind(), err)
		}
		to.SetUint(u)
		return nil
	case reflect.Float32, reflect.Float64:
		var x sql.NullFloat64
		err := x.Scan(value)
		if err == nil {
			to.SetFloat(x.Float64)
		}
		return err
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return assign(to.Elem(), value)
	case reflect.Slice:
		if to.Type().Elem().Kind() == reflect.Uint8 {
			var x sql.NullString
			err := x.Scan(value)
			if err == nil {
				to.SetBytes([]byte(x.String))
			}
			return err
		}
	}
	if from.Kind() == to.Kind() && from.Type().ConvertibleTo(to.Type()) {
		to.Set(from.Convert(to.Type()))
		return nil
	}
	return fmt.Errorf("unsupported Scan, storing driver.Value type %T into type *%s", value, to.Type())
}
