package permissions

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/sql"
)

// statement judges one statement and reports whether it is one about rights.
func (j *grantJudge) statement(s sql.Statement, all []sql.Statement) bool {
	switch {
	case s.Begins("GRANT"):
		j.grant(s)
	case s.Begins("ALTER", "DEFAULT", "PRIVILEGES") && s.Find(3, "GRANT") > 0:
		j.grant(s[s.Find(3, "GRANT"):])
	case (s.Begins("CREATE") || s.Begins("ALTER")) && (s.At(1, "ROLE") || s.At(1, "USER")) && s.Find(2, "ADD", "MEMBER") < 0:
		j.role(s)
	case s.Begins("CREATE") && (s.Find(1, "FUNCTION") > 0 || s.Find(1, "PROCEDURE") > 0):
		j.definer(s, all)
	case j.serverRole(s), j.rowSecurity(s):
	case s.Begins("DO") && len(s) > 1 && s[1].Kind == sql.Text:
		return j.block(s[1])
	default:
		return false
	}
	return true
}

// block judges the statements inside a DO block, which no other such block is in.
func (j *grantJudge) block(body sql.Token) bool {
	judged := false
	for _, s := range sql.Parse(body.Text) {
		for i := range s {
			s[i].Start += body.Start
		}
		for i := range s { // behind BEGIN, THEN or a label
			if s.At(i, "GRANT") || s.At(i, "CREATE", "ROLE") || s.At(i, "CREATE", "USER") || s.At(i, "ALTER", "ROLE") {
				s = s[i:]
				break
			}
		}
		if !s.Begins("DO") {
			judged = j.statement(s, nil) || judged
		}
	}
	return judged
}

// writing are privileges with which data or code of others can be changed.
var writing = []string{"ALL", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "CREATE", "TRIGGER"}

// serverRoles are predefined roles with which their holder leaves the database: PostgreSQL's for the machine's files and
// programs, and the administrators of managed services.
var serverRoles = set("PG_EXECUTE_SERVER_PROGRAM PG_WRITE_SERVER_FILES PG_READ_SERVER_FILES RDS_SUPERUSER CLOUDSQLSUPERUSER AZURE_PG_ADMIN DBA SYSDBA")

func (j *grantJudge) grant(s sql.Statement) {
	to := s.Find(1, "TO")
	if to < 0 || to+1 >= len(s) {
		return
	}
	who := s[to+1]
	on := s.Find(1, "ON")
	f := checks.Finding{Attribute: s.Show(), Actual: s.Show()}
	undo := "Undo: " + s.Show() + ";"
	all := s.At(1, "ALL")
	switch {
	case who.Kind == sql.Word && who.Text == "PUBLIC" && on > 0:
		j.grantPublic(s[1:on], f, undo, s[0].Start)
	case on < 0 && s[1].Kind != sql.Text && serverRoles[strings.ToUpper(s[1].Text)]:
		f.Rule, f.Severity, f.Expected = "administrator-role", checks.High, "a role with rights on the tables it uses"
		f.Message, f.Fix = "With this role the database's user reads files and runs programs on the server, or rules it", "REVOKE "+s[1].Text+" FROM "+who.Text+"; "+undo
		j.fail(f, s[0].Start)
	case all && on > 0 && everyDatabase(s[on:to]):
		f.Rule, f.Severity, f.Expected = "grant-all", checks.High, "the rights that are needed, on the one database"
		f.Message, f.Fix = "The account rules every database of the server, the one of its users too", "GRANT SELECT, INSERT, UPDATE, DELETE ON DATABASE.* TO the account; and REVOKE ALL PRIVILEGES ON *.* FROM it. "+undo
		j.fail(f, s[0].Start)
		return
	case on > 0 && on < to && everyDatabase(s[on:to]):
		j.global(s, on)
	case on < 0 && who.Kind != sql.Text:
		j.system(s, to)
	case all && on > 0 && whole(s[on:to]):
		f.Rule, f.Severity, f.Precision, f.Expected = "grant-all", checks.Low, checks.PrecisionMedium, "SELECT, INSERT, UPDATE and DELETE on the tables that are used"
		f.Message, f.Fix = "The role may also drop tables, and make some, which only migrations need", "REVOKE ALL, then GRANT SELECT, INSERT, UPDATE, DELETE; let migrations run as another role. "+undo
		j.fail(f, s[0].Start)
	}
	if s.Find(to, "WITH", "GRANT", "OPTION") > 0 || s.Find(to, "WITH", "ADMIN", "OPTION") > 0 {
		f.Rule, f.Severity, f.Expected = "grant-option", checks.Medium, "the grant without its option"
		f.Message, f.Fix = "Whoever has this role may give its rights to any other", "REVOKE GRANT OPTION FOR the rights FROM "+who.Text+"; "+undo
		j.fail(f, s[0].Start)
	}
}

func (j *grantJudge) grantPublic(privileges sql.Statement, f checks.Finding, undo string, start int) {
	f.Rule, f.Expected = "grant-public", "a role that needs it"
	f.Fix = strings.Replace(strings.Replace(f.Actual, "GRANT ", "REVOKE ", 1), " TO PUBLIC", " FROM PUBLIC", 1) + "; then GRANT it TO the role that needs it. " + undo
	has := func(words ...string) bool {
		return slices.ContainsFunc(privileges, func(t sql.Token) bool { return t.Kind == sql.Word && slices.Contains(words, t.Text) })
	}
	switch {
	case has(writing...):
		f.Severity, f.Message = checks.High, "Every role of the database, those made tomorrow too, may change this"
	case has("SELECT"):
		f.Severity, f.Message = checks.Medium, "Every role of the database, those made tomorrow too, may read this"
	default: // USAGE, CONNECT, EXECUTE and TEMPORARY are PUBLIC's by default, or give nothing alone
		return
	}
	j.fail(f, start)
}

// everyDatabase reports ON *.* and whole ON DATABASE, ON SCHEMA, ON ALL TABLES and ON name.*.
func everyDatabase(s sql.Statement) bool {
	return len(s) == 4 && s[1].Text == "*" && s[2].Text == "." && s[3].Text == "*"
}

func whole(s sql.Statement) bool {
	return s.At(1, "DATABASE") || s.At(1, "SCHEMA") || s.At(1, "ALL") || len(s) == 4 && s[2].Text == "." && s[3].Text == "*"
}

// attributes are what makes a role of PostgreSQL more than a user of its data.
var attributes = map[string]string{
	"SUPERUSER":   "is bound by no right at all, reads files and runs programs on the server",
	"BYPASSRLS":   "sees and changes rows that row-level security hides from it",
	"CREATEROLE":  "makes other roles and takes them on",
	"REPLICATION": "copies every database of the server",
}

func (j *grantJudge) role(s sql.Statement) {
	if len(s) < 3 {
		return
	}
	name := s[2].Text
	for _, t := range s[3:] {
		gain := attributes[t.Text]
		if t.Kind != sql.Word || gain == "" || strings.EqualFold(name, "postgres") {
			continue
		}
		severity := checks.High
		if t.Text == "REPLICATION" || t.Text == "CREATEROLE" {
			severity = checks.Medium
		}
		j.fail(checks.Finding{Rule: "administrator-role", Attribute: name + " " + t.Text, Severity: severity, Expected: "NO" + t.Text, Actual: t.Text,
			Message: "The role " + gain, Fix: "ALTER ROLE " + name + " NO" + t.Text + "; Undo: ALTER ROLE " + name + " " + t.Text + ";"}, t.Start)
	}
	if i := s.Find(3, "IDENTIFIED", "BY"); i > 0 && i+2 < len(s) && s[i+2].Kind == sql.Text && s[i+2].Text == "" {
		j.fail(checks.Finding{Rule: "no-password", Attribute: name, Severity: checks.High, Expected: "a password, or auth_socket", Actual: "IDENTIFIED BY ''",
			Message: "Whoever reaches the server logs in as this user", Fix: "ALTER USER the user IDENTIFIED BY 'a password from a secret store'; Undo: the old statement."}, s[i].Start)
	}
	if len(s) > 4 && s[2].Kind == sql.Text && s[3].Text == "@" && s[4].Kind == sql.Text && s[4].Text == "%" && (strings.EqualFold(name, "root") || strings.EqualFold(name, "admin")) {
		j.fail(checks.Finding{Rule: "any-host", Attribute: name, Severity: checks.Medium, Expected: "'" + name + "'@'localhost'", Actual: "'" + name + "'@'%'",
			Message: "The administrator's account can be tried from every machine that reaches the server", Fix: "RENAME USER '" + name + "'@'%' TO '" + name + "'@'localhost'; Undo: rename it back."}, s[2].Start)
	}
}

// definer judges SECURITY DEFINER of PostgreSQL: without a search path of its own the function calls what its caller put in
// front, with its owner's rights (CREATE FUNCTION, Writing SECURITY DEFINER Functions Safely). MySQL writes SQL SECURITY.
func (j *grantJudge) definer(s sql.Statement, all []sql.Statement) {
	i := s.Find(1, "SECURITY", "DEFINER")
	if i < 1 || s.At(i-1, "SQL") && !s.At(i-2, "LANGUAGE", "SQL") || s.Find(1, "SET", "SEARCH_PATH") > 0 || s.Find(1, "LANGUAGE", "C") > 0 {
		return
	}
	name := functionName(s)
	for _, other := range all {
		if other.Begins("ALTER", "FUNCTION") && other.Find(2, "SET", "SEARCH_PATH") > 0 && functionName(other) == name {
			return
		}
	}
	j.fail(checks.Finding{Rule: "definer-search-path", Attribute: name, Severity: checks.High, Expected: "SET search_path = pg_catalog, pg_temp", Actual: "SECURITY DEFINER without SET search_path",
		Message: "Its caller puts a table or function of the same name in front, and the function uses it with its owner's rights",
		Fix:     "ALTER FUNCTION " + name + "(...) SET search_path = the function's schema, pg_temp; Undo: ALTER FUNCTION " + name + "(...) RESET search_path;"}, s[i].Start)
}

func functionName(s sql.Statement) string {
	i := max(s.Find(0, "FUNCTION"), s.Find(0, "PROCEDURE"))
	var b strings.Builder
	for i++; i > 0 && i < len(s) && s[i].Text != "(" && b.Len() < 200; i++ {
		b.WriteString(strings.ToLower(s[i].Text))
	}
	return b.String()
}
