package plot

// This file defines a chart's data: as a table of comma-separated values, because a notebook stores each number of a
// JSON list on a line of its own, behind a dozen spaces.

import (
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// table returns rows as inline data of Vega-Lite. All rows have the same fields, each of them numbers or strings.
func table(rows []m) m {
	fields := slices.Sorted(maps.Keys(rows[0]))
	parse := m{}
	for _, f := range fields {
		parse[f] = "string"
		if _, text := rows[0][f].(string); !text {
			parse[f] = "number"
		}
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(fields) // a strings.Builder takes everything
	for _, row := range rows {
		record := make([]string, len(fields))
		for i, f := range fields {
			record[i] = fmt.Sprint(row[f])
		}
		_ = w.Write(record)
	}
	w.Flush()
	return m{"values": b.String(), "format": m{"type": "csv", "parse": parse}}
}
