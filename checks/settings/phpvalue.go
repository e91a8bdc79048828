package settings

import (
	"math"
	"strconv"
	"strings"
)

// phpSize reads a quantity: digits (0x, 0o, 0b and 0 as in Go) and K, M or G. PHP takes the last character for the
// unit and stops at the first that is no digit, so 8MB is 8 bytes and 1.5G is 1 GiB (zend_ini_parse_quantity).
// What is too large to count stays text.
func phpSize(text string) any {
	text = strings.TrimSpace(text)
	shift := 0
	if text != "" {
		switch text[len(text)-1] | 0x20 {
		case 'k':
			shift = 10
		case 'm':
			shift = 20
		case 'g':
			shift = 30
		}
	}
	digits, base := strings.TrimLeft(text, "+-"), 10
	if len(digits) > 1 && digits[0] == '0' {
		base, digits = phpBase(digits)
	}
	end := 0
	for end < len(digits) && digitValue(digits[end]) < base {
		end++
	}
	if end == 0 {
		return int64(0)
	}
	n, err := strconv.ParseInt(digits[:end], base, 64)
	if err != nil || n > math.MaxInt64>>shift {
		return text
	}
	if strings.HasPrefix(text, "-") {
		n = -n
	}
	return n << shift
}

func phpBase(digits string) (base int, rest string) {
	switch digits[1] | 0x20 {
	case 'x':
		return 16, digits[2:]
	case 'o':
		return 8, digits[2:]
	case 'b':
		return 2, digits[2:]
	}
	return 8, digits
}

func digitValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return 99
}

// phpBool reads a truth value: on, yes, true, or a number that is not 0.
func phpBool(text string) any {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "on", "yes", "true":
		return true
	}
	n, ok := phpSize(text).(int64)
	return !ok || n != 0
}

// phpDisplay reads display_errors, which may name where errors go: stdout is the answer, stderr is not.
func phpDisplay(text string) any {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "stdout":
		return true
	case "stderr", "2":
		return "stderr"
	}
	return phpBool(text)
}

func phpText(text string) any { return text }
