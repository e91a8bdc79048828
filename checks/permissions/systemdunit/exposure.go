// Package systemdunit tells what a systemd service may do: its unit joined with its drop-ins, and its exposure as
// systemd-analyze(1) weighs it.
package systemdunit

import "fmt"

// Exposure is a level in tenths, 0 to 100, as `systemd-analyze security` prints it.
type Exposure int

func (e Exposure) String() string { return fmt.Sprintf("%d.%d", e/10, e%10) }

// Label is the word that systemd-analyze puts beside the level.
func (e Exposure) Label() string {
	for _, l := range []struct {
		from  Exposure
		label string
	}{{100, "DANGEROUS"}, {90, "UNSAFE"}, {75, "EXPOSED"}, {50, "MEDIUM"}, {10, "OK"}, {1, "SAFE"}} {
		if e >= l.from {
			return l.label
		}
	}
	return "PERFECT"
}

// Open is a row that adds to the exposure.
type Open struct {
	Row    string // the name of the row: "CapabilityBoundingSet_CAP_SYS_ADMIN"
	Points uint64 // what it adds, of all the weights
}

// Exposure weighs the sandbox: the rounded-up share of the weights that its open rows have, without the rows that do not
// apply to it.
func (s *Sandbox) Exposure() (Exposure, []Open) {
	var sum, weights uint64
	var open []Open
	for _, r := range rows {
		if r.booted && s.boot {
			continue
		}
		bad, applies := r.judge(s)
		if !applies {
			continue
		}
		points := (bad*r.weight + r.scale - 1) / r.scale
		if points > 0 {
			open = append(open, Open{r.name, points})
		}
		sum, weights = sum+points, weights+r.weight
	}
	return Exposure((sum*100 + weights - 1) / weights), open
}
