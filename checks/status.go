package checks

import (
	"fmt"
	"strings"
)

// Severity ranks a finding. The zero value means "not set".
type Severity int

// Severities, from noise to emergency.
const (
	Info Severity = iota + 1
	Low
	Medium
	High
	Critical
)

var severityNames = []string{"", "info", "low", "medium", "high", "critical"}

// SeverityNames lists the words of a policy file, lowest first.
func SeverityNames() []string { return severityNames[1:] }

func (s Severity) String() string {
	if s < 0 || int(s) >= len(severityNames) {
		return fmt.Sprintf("severity(%d)", int(s))
	}
	return severityNames[s]
}

// MarshalText writes the severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a severity word.
func (s *Severity) UnmarshalText(text []byte) error {
	v, err := ParseSeverity(string(text))
	if err == nil {
		*s = v
	}
	return err
}

// ParseSeverity reads a severity word: info, low, medium, high or critical.
func ParseSeverity(word string) (Severity, error) {
	for i, name := range severityNames {
		if i > 0 && name == word {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("severity %q: expected one of %s", word, strings.Join(SeverityNames(), ", "))
}

// Precision says how often a finding of a rule is true. The zero value means PrecisionHigh.
type Precision int

// Precisions.
const (
	PrecisionHigh Precision = iota
	PrecisionMedium
	PrecisionLow
	PrecisionVeryHigh // proven: a checksum, or the server's own behaviour
)

func (p Precision) String() string {
	switch p {
	case PrecisionVeryHigh:
		return "very-high"
	case PrecisionMedium:
		return "medium"
	case PrecisionLow:
		return "low"
	}
	return "high"
}

// MarshalText writes the precision as its word.
func (p Precision) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a precision word.
func (p *Precision) UnmarshalText(text []byte) error {
	for _, v := range []Precision{PrecisionHigh, PrecisionMedium, PrecisionLow, PrecisionVeryHigh} {
		if v.String() == string(text) {
			*p = v
			return nil
		}
	}
	return fmt.Errorf("precision %q: expected very-high, high, medium or low", text)
}

// Status is the outcome of one item for one target.
type Status string

// Statuses. Only StatusPass claims that something was looked at and good.
const (
	StatusPass          Status = "pass"
	StatusFail          Status = "fail"
	StatusWaived        Status = "waived"
	StatusNotApplicable Status = "not-applicable"
	StatusSkipped       Status = "skipped"
	StatusError         Status = "error"
)
