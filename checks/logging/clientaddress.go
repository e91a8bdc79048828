package logging

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

func clientAddress() *checks.Check {
	return &checks.Check{
		ID:    "logging/client-address",
		Title: "Logs show the address of the client, not what it claims",
		Why: "Servers behind a proxy take the client's address from X-Forwarded-For. One that takes it from everybody logs what an attacker writes there: " +
			"the record points at somebody else, and limits by address count for nothing (CWE-348).",
		Fix: "Name the proxies whose headers count: uvicorn `--forwarded-allow-ips 10.0.0.5`, nginx `set_real_ip_from 10.0.0.0/8;`, Apache " +
			"`RemoteIPTrustedProxy 10.0.0.5`, Express `app.set('trust proxy', 'loopback, 10.0.0.5')`.",
		Expected:   "Only named proxies may say who the client is.",
		Rollback:   "Trust the old networks again; requests from proxies that are not named are logged with the proxy's address.",
		Absent:     "No setting that takes the client's address from a header was found",
		References: []string{"CWE-348", "CWE-290", "ASVS 16.2.1"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "anyone-trusted", Title: "Anyone may say which address a request comes from", Severity: checks.Medium, Precision: checks.PrecisionMedium},
		},
		Tree: judgeClientAddress,
	}
}

const anyoneTrusted = "Whoever reaches the port chooses the address that is logged, and that limits count by"

var addressFaults = []configurationFault{
	{layer: "uvicorn", name: "forwarded_allow_ips", rule: "anyone-trusted", bad: trustsAll, expected: "the addresses of the proxies in front", message: anyoneTrusted},
	{layer: "gunicorn", name: "forwarded_allow_ips", rule: "anyone-trusted", bad: trustsAllAsUvicorn, expected: "the addresses of the proxies in front",
		message: anyoneTrusted + ": the workers are uvicorn's"},
	{layer: "nginx", name: "set_real_ip_from", rule: "anyone-trusted", bad: trustsAll, expected: "the networks of the proxies in front", message: anyoneTrusted},
	{layer: "apache", name: "RemoteIPTrustedProxy", rule: "anyone-trusted", bad: trustsAll, expected: "the addresses of the proxies in front", message: anyoneTrusted},
	{layer: "apache", name: "RemoteIPInternalProxy", rule: "anyone-trusted", bad: trustsAll, expected: "the addresses of the proxies in front", message: anyoneTrusted},
	{layer: "express", name: "trust proxy", rule: "anyone-trusted", bad: func(s checks.Setting, _ *checks.Scope) bool { return s.Value == true },
		expected: "a number of proxies, or their addresses", message: "Express takes the leftmost address of X-Forwarded-For, which the client writes"},
}

func judgeClientAddress(p *checks.Pass) error {
	judgeConfiguration(p, addressFaults)
	return nil
}

// everyAddress are the ways to write all of them.
var everyAddress = []string{"*", "0.0.0.0/0", "::/0", "0/0", "0.0.0.0/1", "128.0.0.0/1"}

func trustsAll(set checks.Setting, s *checks.Scope) bool {
	for _, one := range s.All(set.Name) {
		for word := range strings.FieldsFuncSeq(one.Text(), func(r rune) bool { return r == ',' || r == ' ' || r == '"' }) {
			if slices.Contains(everyAddress, word) {
				return true
			}
		}
	}
	return false
}

func trustsAllAsUvicorn(set checks.Setting, s *checks.Scope) bool {
	class, _ := s.Get("worker_class")
	return strings.Contains(strings.ToLower(class.Text()), "uvicorn") && trustsAll(set, s)
}
