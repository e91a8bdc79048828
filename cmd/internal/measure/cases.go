package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// maxCase bounds one line of a file of cases, in bytes.
const maxCase = 64 << 20

// readCases reads a file that has a case in JSON on each line.
func readCases[T any](file string) ([]T, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var cases []T
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxCase)
	for lines.Scan() {
		var c T
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		cases = append(cases, c)
	}
	return cases, lines.Err()
}
