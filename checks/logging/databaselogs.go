package logging

import (
	"strings"

	"hardcheck/checks"
)

func databaseLogs() *checks.Check {
	return &checks.Check{
		ID:    "logging/database-logs",
		Title: "Databases do not log what statements hold",
		Why: "A log of every statement holds what users enter, and passwords of accounts that are created: who reads the log reads the " +
			"database, without its permissions and without a trace (CWE-532).",
		Fix: "PostgreSQL: log_statement = 'ddl', log_min_duration_statement = 250ms and log_parameter_max_length = 0. MySQL: general_log = OFF and " +
			"log_raw = OFF. Turn a full log on for the time of a search only.",
		Expected:   "No database logs every statement, the values bound to statements, or passwords as they are sent.",
		Rollback:   "Put the old value back for the time it is needed; it takes a reload (SELECT pg_reload_conf(), SET GLOBAL general_log = ON).",
		Absent:     "No configuration of PostgreSQL, MySQL or MariaDB was found",
		References: []string{"CWE-532", "ASVS 16.2.5", "https://www.postgresql.org/docs/current/runtime-config-logging.html"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "statements", Title: "Every statement is logged, with the values in it", Severity: checks.Medium},
			{ID: "parameters", Title: "Values bound to logged statements are logged whole", Severity: checks.Low},
			{ID: "passwords", Title: "Statements are logged before passwords are taken out", Severity: checks.High},
		},
		Tree: func(p *checks.Pass) error { judgeConfiguration(p, databaseFaults); return nil },
	}
}

var databaseFaults = []configurationFault{
	{layer: "postgresql", name: "log_statement", rule: "statements", bad: oneOf("all", "mod"), expected: "ddl or none",
		message: "Every statement that changes data, or every one, is written with the values that stand in it"},
	{layer: "postgresql", name: "log_min_duration_statement", rule: "statements", bad: oneOf("0", "0ms", "0s", "0min"), expected: "-1, or the time of a slow statement",
		message: "0 logs every statement with its duration, whatever it holds"},
	{layer: "postgresql", name: "log_parameter_max_length", rule: "parameters", bad: boundValuesLogged, expected: "0",
		message: "-1, the default, writes bound values whole wherever a statement is logged"},
	{layer: "mysql", name: "general_log", rule: "statements", bad: switchedOn, expected: "OFF", message: "The general log holds every statement of every client"},
	{layer: "mysql", name: "log_raw", rule: "passwords", bad: switchedOn, expected: "OFF",
		message: "Statements reach the logs before the server has replaced the passwords in them"},
}

// boundValuesLogged reports parameters without a bound where slow statements, or all, are logged.
func boundValuesLogged(set checks.Setting, s *checks.Scope) bool {
	statement, _ := s.Get("log_statement")
	duration, _ := s.Get("log_min_duration_statement")
	return strings.HasPrefix(set.Text(), "-1") &&
		(statement.Origin == checks.OriginSet && statement.Text() != "none" || duration.Origin == checks.OriginSet && !strings.HasPrefix(duration.Text(), "-1"))
}
