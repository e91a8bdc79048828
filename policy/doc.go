// Package policy loads what a project promises, and judges what the checks observed by it. It is the only place that
// decides: checks observe, cmd speaks.
//
// A policy file:
//
//	version: 1
//	extends: baseline              # an embedded profile, or ./base.yaml beside this file
//	defaults: { owner: team-platform, fail_on: high, report_from: low }
//	items:
//	  - id: hsts                   # any name; the check's ID where it is left out
//	    check: headers/hsts
//	    severity: high
//	    expect: { min_age: 365d }  # typed by the check
//	waivers:
//	  - { item: hsts, paths: [legacy/**], reason: ..., owner: ana, expires: 2027-03-31 }
//
// Layers are put on one another, the extended policy first, then the file, then the profile chosen: field by field for
// items (found by id, or by check, so that no check is judged twice), whole values for everything else. Lists
// are replaced, never joined; only the waivers of a base stay in force. An item leaves the policy only by off: <reason>.
// What no layer says comes from the check. Every field remembers where it was written (Explain).
//
// Use:
//
//	p, err := policy.Load(policy.Options{Checks: all.All(), Dir: "."})   // *policy.Error lists every mistake
//	for _, item := range p.Items() { ... run item.Check with item.Values ... }
//	report := p.Judge(policy.Input{Targets: targets, Seen: seen, Now: time.Now(), ...})
//	os.Exit(report.Gate.Exit)
package policy
