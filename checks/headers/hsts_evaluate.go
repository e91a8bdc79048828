package headers

import (
	"strings"
	"time"

	"hardcheck/checks"
)

// preloadAge is the shortest max-age that the preload lists take (https://hstspreload.org/, submission requirements).
const preloadAge = 365 * 24 * time.Hour

const preloadFix = "Send `max-age=31536000; includeSubDomains; preload` on the base domain and meet https://hstspreload.org/, " +
	"or leave preload out: it binds every subdomain, and takes months to undo."

// evaluateHSTS judges one value of the header: what makes a browser ignore it comes alone, then what weakens it, then
// what only the preload lists mind. A header that says preload is held to what it claims.
func evaluateHSTS(value string, want stsDemand) (issues []issue) {
	fail := func(rule, attribute, expected, message string) {
		issues = append(issues, issue{rule: rule, attribute: attribute, expected: expected, actual: value, message: message})
	}
	s, why := parseHSTS(value)
	switch {
	case why != "":
		fail("invalid", stsHeader, want.String(), "browsers ignore the whole header, so anyone on the path keeps the visitor on http: "+why)
		return issues
	case s.maxAge == 0:
		fail("disabled", stsHeader, want.String(), "max-age=0 makes browsers forget that the host is https only: anyone on the path answers the next visit")
		return issues
	case s.maxAge < want.least:
		fail("too-short", stsHeader, want.String(), "the protection ends "+checks.FormatDuration(s.maxAge)+" after the last visit, "+
			checks.FormatDuration(want.least)+" is required: who comes back later can be kept on http")
	}
	if want.subDomains && !s.subDomains {
		fail("no-subdomains", stsHeader, "includeSubDomains", "an attacker answers for any subdomain over http, and sets or steals cookies of this host there")
	}
	for _, name := range s.unknown {
		if near := closest(strings.ToLower(name), stsDirectives[1:]); near != "" {
			fail("misspelt-directive", name, stsSpelling[near], "browsers do not know "+name+": "+stsHarm[near])
		} else {
			fail("unknown-directive", name, "max-age and includeSubDomains", "browsers do not know "+name+": whoever wrote it counts on a protection that is not there")
		}
	}
	return append(issues, evaluatePreload(value, s, want.preload)...)
}

var (
	stsSpelling = map[string]string{"includesubdomains": "includeSubDomains", "preload": "preload"}
	stsHarm     = map[string]string{
		"includesubdomains": "subdomains stay open to anyone on the path, who sets cookies of this host there",
		"preload":           "the site is not taken into the preload lists, and the first visit stays open",
	}
)

// evaluatePreload judges the header by the preload lists' requirements, where it is asked for or claimed.
func evaluatePreload(value string, s sts, asked bool) (issues []issue) {
	rule := preloadRule(asked)
	if !asked && !s.preload {
		return nil
	}
	fail := func(rule, directive, expected, message string) {
		issues = append(issues, issue{rule: rule, attribute: directive, expected: expected, actual: value, message: message})
	}
	const open = ": without the list the first visit goes out over http, where anyone on the path can answer it"
	if s.maxAge < preloadAge {
		fail(rule, "max-age", "max-age=31536000 or more", "the preload lists take max-age of one year at least"+open)
	}
	if !s.subDomains {
		fail(rule, "includeSubDomains", "includeSubDomains", "the preload lists take only sites with includeSubDomains"+open)
	}
	if !s.preload {
		fail(rule, "preload", "preload", "the preload lists take only sites that say preload"+open)
	}
	for _, slip := range s.slips {
		fail("preload-warning", slip, "max-age=31536000; includeSubDomains; preload", "the preload lists' checker warns of "+slip+"; browsers put up with it")
	}
	return issues
}

// preloadRule names the rule that a broken requirement of the preload lists falls under.
func preloadRule(asked bool) string {
	if asked {
		return "not-preloadable"
	}
	return "preload-claim"
}
