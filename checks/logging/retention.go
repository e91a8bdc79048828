package logging

import (
	"strconv"
	"strings"

	"hardcheck/checks"
)

func retention() *checks.Check {
	return &checks.Check{
		ID:    "logging/retention",
		Title: "Logs are kept, rotated and created private",
		Why: "A log that nobody keeps tells nothing after an attack, one that grows without bound fills the disk and stops the service (CWE-779), and " +
			"one that rotation creates readable by all undoes the mode that somebody chose.",
		Fix: "Bound what is kept by size and time: Compose `logging: {driver: local}` or max-size and max-file, logrotate `rotate 14` with `create 0640 root adm`, " +
			"journald Storage=persistent, auditd max_log_file_action = rotate, rsyslog $FileCreateMode 0640.",
		Expected:   "What is logged is kept on disk or sent on, rotated by size or time, and created without permissions for others.",
		Rollback:   "Restore the old lines; logs that were rotated away stay gone.",
		Absent:     "No configuration of logrotate, journald, rsyslog, auditd, Docker, Compose or PostgreSQL's log files was found",
		References: []string{"CWE-779", "CWE-276", "ASVS 16.4.2", "PCI DSS 10.5.1"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "not-kept", Title: "What is logged is thrown away", Severity: checks.High},
			{ID: "stops", Title: "Logging stops when the log is full", Severity: checks.Medium},
			{ID: "unbounded", Title: "The log grows until the disk is full", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "created-open", Title: "Logs are created with permissions for others", Severity: checks.Medium},
		},
		Tree: judgeRetention,
	}
}

func judgeRetention(p *checks.Pass) error {
	judgeConfiguration(p, retentionFaults)
	judgeContainerLogs(p)
	return nil
}

var retentionFaults = []configurationFault{
	{layer: "journald", name: "storage", rule: "not-kept", bad: oneOf("none"), expected: "Storage=persistent", message: "The journal keeps nothing of what services write"},
	{layer: "journald", name: "storage", rule: "not-kept", bad: oneOf("volatile"), expected: "Storage=persistent", message: "The journal is lost with every restart"},
	{layer: "journald", name: "maxlevelstore", rule: "not-kept", bad: oneOf("emerg", "alert", "crit", "0", "1", "2"), expected: "MaxLevelStore=info or debug",
		message: "Errors and warnings of services are not kept"},
	{layer: "auditd", name: "write_logs", rule: "not-kept", bad: oneOf("no"), expected: "write_logs = yes", message: "The audit daemon keeps no record of events"},
	{layer: "auditd", name: "max_log_file_action", rule: "stops", bad: oneOf("suspend"), expected: "max_log_file_action = rotate or keep_logs",
		message: "A full log ends the recording of events: who fills it is not seen any more"},
	{layer: "auditd", name: "max_log_file_action", rule: "unbounded", bad: oneOf("ignore"), expected: "max_log_file_action = rotate",
		message: "The audit log is never rotated"},
	{layer: "docker daemon", name: "log-driver", rule: "not-kept", bad: oneOf("none"), expected: "local, journald or a driver that sends on",
		message: "Nothing is kept of what containers write"},
	{layer: "docker daemon", name: "log-driver", rule: "unbounded", bad: withoutMaxSize("log-opts.max-size"), expected: "log-opts max-size, or the driver local",
		message: "json-file keeps all that containers write until the disk is full"},
	{layer: "logrotate", name: "create", rule: "created-open", bad: opensToOthers, expected: "create 0640 OWNER GROUP", message: "Every rotation opens the log to every account of the machine"},
	{layer: "logrotate", name: "rotate", rule: "not-kept", bad: oneOf("0"), expected: "rotate 14 or more", message: "Rotation deletes the log instead of keeping it"},
	{layer: "rsyslog", name: "$filecreatemode", rule: "created-open", bad: opensToOthers, expected: "$FileCreateMode 0640", message: "Log files are created readable by every account of the machine"},
	{layer: "postgresql", name: "log_file_mode", rule: "created-open", bad: opensToOthers, expected: "0600 or 0640", message: "The database's log is open to every account of the machine"},
}

// opensToOthers reads an octal mode, the first word, and reports whether it gives others anything.
func opensToOthers(s checks.Setting, scope *checks.Scope) bool {
	fields := strings.Fields(s.Text())
	if len(fields) == 0 {
		return false
	}
	mode, err := strconv.ParseUint(strings.TrimPrefix(fields[0], "0o"), 8, 16)
	return err == nil && mode&0o007 != 0 && !ordinaryLogs.MatchString(baseOf(scope.Name))
}

// baseOf is the last element of the first path in a list of them.
func baseOf(list string) string {
	first, _, _ := strings.Cut(list, " ")
	return first[strings.LastIndexByte(first, '/')+1:]
}

func withoutMaxSize(option string) func(checks.Setting, *checks.Scope) bool {
	return func(driver checks.Setting, s *checks.Scope) bool {
		_, bounded := s.Get(option)
		return driver.Text() == "json-file" && !bounded
	}
}

// judgeContainerLogs reports the services of each Compose file whose output Docker keeps without a bound, in one finding.
func judgeContainerLogs(p *checks.Pass) {
	for _, daemon := range p.Scopes("docker daemon") {
		driver, _ := daemon.Get("log-driver")
		_, bounded := daemon.Get("log-opts.max-size")
		if driver.Text() != "json-file" || bounded {
			return // what services do not say is bounded there, or judged there
		}
	}
	parts := undeployedParts(p.Scopes("compose", "dockerfile"))
	unbounded := map[string][]*checks.Scope{}
	var files []string
	for _, s := range p.Scopes("compose") {
		if s.Kind != "service" || forDevelopment(s.Place.Path) || parts.has(s) {
			continue
		}
		if driver, set := s.Get("logging.driver"); set && (driver.Dynamic() || driver.Text() != "json-file") || boundedLog(s) {
			p.OK(s.Subject())
			continue
		}
		if unbounded[s.Place.Path] == nil {
			files = append(files, s.Place.Path)
		}
		unbounded[s.Place.Path] = append(unbounded[s.Place.Path], s)
	}
	for _, file := range files {
		p.Fail(unboundedFinding(unbounded[file]))
	}
}

func boundedLog(s *checks.Scope) bool {
	_, bounded := s.Get("logging.options.max-size")
	return bounded
}

func unboundedFinding(services []*checks.Scope) checks.Finding {
	names := make([]string, 0, len(services))
	for _, s := range services {
		names = append(names, strings.TrimPrefix(s.Name, "service "))
	}
	const few = 5
	list := strings.Join(names[:min(few, len(names))], ", ")
	if more := len(names) - few; more > 0 {
		list += " and " + strconv.Itoa(more) + " more"
	}
	return checks.Finding{Rule: "unbounded", Subject: checks.Subject{Kind: "compose file", Name: services[0].Place.Path}, Place: services[0].Place,
		Attribute: "logging", Expected: "logging.driver local, or logging.options max-size and max-file", Actual: "not set: " + list,
		Message: "Docker's default driver keeps all that these services write until the disk is full"}
}
