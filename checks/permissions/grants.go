package permissions

import (
	"path"
	"regexp"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/sql"
)

func databaseGrants() *checks.Check {
	return &checks.Check{
		ID:    "permissions/database-grants",
		Title: "Databases give each role only what it needs",
		Why: "An application's role that owns everything makes one SQL injection the whole server: other databases, files of the machine, new " +
			"administrators.",
		Fix:        "GRANT SELECT, INSERT, UPDATE, DELETE ON the tables that the application uses TO its role; migrations run as another role.",
		Expected:   "No grant to PUBLIC that writes, no application role that is an administrator, no access without a password",
		Rollback:   "The opposite statement: GRANT what was revoked, or ALTER ROLE name WITH the attribute",
		Absent:     "No SQL about rights and no configuration of PostgreSQL, Redis or MongoDB was found",
		References: []string{"CWE-250", "CWE-732", "CWE-306", "ASVS 13.2.2", "https://www.postgresql.org/docs/current/ddl-priv.html"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "grant-public", Title: "Every role of the database gets rights", Severity: checks.High},
			{ID: "grant-all", Title: "A role gets every right", Severity: checks.High},
			{ID: "any-host", Title: "An account may come from any host", Severity: checks.Medium},
			{ID: "administrator-role", Title: "A role is made an administrator of the server", Severity: checks.High, Precision: checks.PrecisionMedium},
			{ID: "grant-option", Title: "A role may pass its rights on", Severity: checks.Medium},
			{ID: "definer-search-path", Title: "A function runs as its owner with its caller's search path", Severity: checks.High},
			{ID: "row-security-off", Title: "Rows are open to whoever reaches the table", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "no-password", Title: "A login needs no password", Severity: checks.Critical},
			{ID: "any-address", Title: "Every address may log in", Severity: checks.High},
			{ID: "no-authorization", Title: "The server does not ask who its clients are", Severity: checks.Critical},
		},
		Wants:      wantsGrants,
		File:       grantsFile,
		NoSettings: true,
		Lasting:    true,
	}
}

var grantEndings = set(".sql .ddl .psql .pgsql")

func wantsGrants(e *checks.Entry) bool {
	if !e.Mode.IsRegular() || e.Size > yamldoc.MaxSize || catalogue(e) {
		return false
	}
	return grantEndings[e.Ext()] || strings.HasSuffix(e.Name(), ".sql.in") || serverReader(e) != nil || e.Ext() == ".sh" && strings.Contains(e.Path, "initdb")
}

// catalogue reports what a server or an extension ships to make its own views, which everyone is meant to read.
func catalogue(e *checks.Entry) bool {
	dir := path.Base(path.Dir(e.Path))
	return dir == "extension" || e.Name() == "information_schema.sql" || e.Name() == "system_views.sql" || e.Name() == "system_functions.sql" || strings.HasPrefix(e.Name(), "mysql_system_")
}

func grantsFile(p *checks.Pass, f *checks.File) error {
	if read := serverReader(f.Entry); read != nil {
		read(&grantJudge{pass: p, file: f, subject: f.Subject()})
		return nil
	}
	text := f.Text()
	if f.Ext() == ".sh" {
		text = hereDocuments(text)
	}
	j := &grantJudge{pass: p, file: f, subject: checks.Subject{Kind: "SQL file", Name: f.Path}}
	// A dump grants again what was granted; until PostgreSQL 15 that is ALL ON SCHEMA public TO PUBLIC.
	j.dump = strings.Contains(text[:min(len(text), 500)], "database dump") || strings.Contains(text[:min(len(text), 500)], "SQL dump") || strings.Contains(text[:min(len(text), 200)], "MySQL dump")
	judged := false
	statements := sql.Parse(text)
	for _, s := range statements {
		judged = j.statement(s, statements) || judged
	}
	if judged && !j.failed {
		p.OK(j.subject)
	}
	return nil
}

// hereDocuments keeps of a script only what stands in its here-documents, with every line where it was.
func hereDocuments(text string) string {
	var b strings.Builder
	end := ""
	for line := range strings.Lines(text) {
		switch m := hereDocument.FindStringSubmatch(line); {
		case end != "" && strings.TrimSpace(line) == end:
			end = ""
			b.WriteString(strings.Repeat(" ", len(line)-1) + "\n")
		case end != "":
			b.WriteString(line)
		default:
			if m != nil {
				end = m[1]
			}
			b.WriteString(strings.Repeat(" ", max(0, len(line)-1)) + "\n")
		}
	}
	return b.String()
}

var hereDocument = regexp.MustCompile(`<<-?\s*['"]?(\w+)['"]?`)

// grantJudge judges one file.
type grantJudge struct {
	pass    *checks.Pass
	file    *checks.File
	subject checks.Subject
	dump    bool
	failed  bool
}

func (j *grantJudge) fail(f checks.Finding, start int) {
	j.failed = true
	f.Subject, f.Place = j.subject, j.file.Place(start, start)
	f.Place.EndLine, f.Place.EndColumn = 0, 0
	if (j.dump || testPath(j.file.Path)) && f.Severity != checks.Info {
		f.Severity = checks.Low
	}
	j.pass.Fail(f)
}
