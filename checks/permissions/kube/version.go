package kube

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is a minor version of Kubernetes 1.
type Version int

// Newest is the newest version whose standards are known here.
const Newest Version = 37

// Latest is the word for the newest version, as Pod Security Admission takes it.
const Latest = "latest"

// ParseVersion reads a version as policies write it: 1.37, or latest.
func ParseVersion(word string) (Version, error) {
	if word == Latest {
		return Newest, nil
	}
	minor, ok := strings.CutPrefix(word, "1.")
	n, err := strconv.Atoi(minor)
	if !ok || err != nil || n < 0 || Version(n) > Newest {
		return 0, fmt.Errorf("expected 1.0 to %v or %s, found %q", Newest, Latest, word)
	}
	return Version(n), nil
}

func (v Version) String() string { return "1." + strconv.Itoa(int(v)) }

// Versions lists every word that ParseVersion takes, newest first.
func Versions() []string {
	out := []string{Latest}
	for v := Newest; v >= 0; v-- {
		out = append(out, v.String())
	}
	return out
}
