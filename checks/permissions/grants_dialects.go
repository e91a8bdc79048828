package permissions

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/sql"
)

// globalPrivileges are MySQL's, granted ON *.*, with which an account leaves its data (MySQL 8.4, 8.2.2 Privileges Provided).
var globalPrivileges = map[string]string{
	"FILE":        "reads and writes files of the server's machine",
	"SUPER":       "changes the server's settings and acts as other accounts",
	"SHUTDOWN":    "stops the server",
	"SYSTEM_USER": "changes the administrators' accounts",
	"SET_USER_ID": "makes views and routines that run as any account",
	"PROCESS":     "reads the statements of every other account, passwords in them too",
}

// global judges a grant ON *.* that names privileges.
func (j *grantJudge) global(s sql.Statement, on int) {
	for _, t := range s[1:on] {
		if gain := globalPrivileges[t.Text]; gain != "" && t.Kind == sql.Word {
			j.administrator(s, t.Text, "The account "+gain, "REVOKE "+t.Text+" ON *.* FROM the account;", checks.High)
			return
		}
	}
	if s.At(1, "CREATE", "USER") || s.Find(1, "CREATE", "USER") > 0 && s.Find(1, "CREATE", "USER") < on {
		j.administrator(s, "CREATE USER", "The account makes and changes every account of the server", "REVOKE CREATE USER ON *.* FROM the account;", checks.High)
	}
}

// system judges privileges of Oracle and SQL Server, which are granted on nothing.
func (j *grantJudge) system(s sql.Statement, to int) {
	for _, words := range [][]string{{"CONTROL", "SERVER"}, {"IMPERSONATE", "ANY", "LOGIN"}, {"ALTER", "ANY", "LOGIN"}, {"GRANT", "ANY", "PRIVILEGE"}, {"GRANT", "ANY", "ROLE"}, {"ALTER", "USER"},
		{"EXECUTE", "ANY", "PROCEDURE"}, {"CREATE", "ANY", "DIRECTORY"}, {"BECOME", "USER"}, {"ALTER", "SYSTEM"}} {
		if i := s.Find(1, words...); i > 0 && i < to {
			j.administrator(s, strings.Join(words, " "), "With this privilege its holder rules the server", "REVOKE "+strings.Join(words, " ")+" FROM the account;", checks.High)
			return
		}
	}
	if i := s.Find(1, "ANY", "TABLE"); i > 1 && i < to {
		j.administrator(s, s[i-1].Text+" ANY TABLE", "Its holder reaches the tables of every schema", "REVOKE "+s[i-1].Text+" ANY TABLE FROM the account;", checks.Medium)
	}
}

// serverRole judges the members of SQL Server's fixed roles: ALTER SERVER ROLE, ALTER ROLE db_owner and the old procedures.
func (j *grantJudge) serverRole(s sql.Statement) bool {
	fixed := map[string]checks.Severity{"SYSADMIN": checks.High, "SECURITYADMIN": checks.High, "SERVERADMIN": checks.Medium, "DB_OWNER": checks.Low, "DB_SECURITYADMIN": checks.Low}
	member := s.Find(0, "ADD", "MEMBER") > 0 && s.Find(0, "ROLE") >= 0
	procedure := slices.ContainsFunc(s, func(t sql.Token) bool { return t.Text == "SP_ADDSRVROLEMEMBER" || t.Text == "SP_ADDROLEMEMBER" })
	if !member && !procedure {
		return false
	}
	for _, t := range s {
		role := strings.ToUpper(t.Text)
		if severity, known := fixed[role]; known {
			j.administrator(s, role, "Members of the role "+strings.ToLower(role)+" do everything that it rules, changing rights too", "ALTER SERVER ROLE (or ALTER ROLE) "+strings.ToLower(role)+" DROP MEMBER the account;", severity)
			break
		}
	}
	return true
}

func (j *grantJudge) administrator(s sql.Statement, attribute, message, fix string, severity checks.Severity) {
	j.fail(checks.Finding{Rule: "administrator-role", Attribute: attribute, Severity: severity, Expected: "rights on the tables that it uses", Actual: s.Show(),
		Message: message, Fix: fix + " Undo: " + s.Show() + ";"}, s[0].Start)
}

// rowSecurity judges ALTER TABLE ... DISABLE ROW LEVEL SECURITY, and a policy that lets everyone write every row.
func (j *grantJudge) rowSecurity(s sql.Statement) bool {
	if s.Begins("ALTER", "TABLE") {
		i := s.Find(2, "DISABLE", "ROW", "LEVEL", "SECURITY")
		if i < 0 {
			return s.Find(2, "ROW", "LEVEL", "SECURITY") > 0
		}
		table := tableName(s[2:i])
		j.fail(checks.Finding{Rule: "row-security-off", Attribute: table, Severity: checks.Medium, Precision: checks.PrecisionMedium, Expected: "ENABLE ROW LEVEL SECURITY", Actual: s.Show(),
			Message: "Whoever may read the table reads every row of it from here on, whatever its policies say",
			Fix:     "ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY; Undo: " + s.Show() + ";"}, s[0].Start)
		return true
	}
	if !s.Begins("CREATE", "POLICY") {
		return false
	}
	command := "ALL"
	if i := s.Find(2, "FOR"); i > 0 && i+1 < len(s) {
		command = s[i+1].Text
	}
	role := "PUBLIC"
	if i := s.Find(2, "TO"); i > 0 && i+1 < len(s) {
		role = strings.ToUpper(s[i+1].Text)
	}
	if command == "SELECT" || role != "PUBLIC" && role != "ANON" || s.Find(2, "RESTRICTIVE") > 0 || !alwaysTrue(s) {
		return true
	}
	j.fail(checks.Finding{Rule: "row-security-off", Attribute: s.Show(), Severity: checks.Medium, Precision: checks.PrecisionMedium, Expected: "a condition that names whose rows they are", Actual: s.Show(),
		Message: "The policy lets every role of the database change every row that it holds for",
		Fix:     "ALTER POLICY the policy USING (owner = current_user), or TO the role that is meant; Undo: " + s.Show() + ";"}, s[0].Start)
	return true
}

// alwaysTrue reports a policy whose conditions are all the word true.
func alwaysTrue(s sql.Statement) bool {
	conditions, open := 0, 0
	for i := range s {
		if s.At(i, "USING") || s.At(i, "WITH", "CHECK") {
			conditions++
			at := i + 1
			if s[i].Text == "WITH" {
				at++
			}
			if at+2 < len(s) && s[at].Text == "(" && s[at+1].Text == "TRUE" && s[at+2].Text == ")" {
				open++
			}
		}
	}
	return conditions > 0 && conditions == open
}

// tableName is the name behind ALTER TABLE, as it may be pasted.
func tableName(s sql.Statement) string {
	var b strings.Builder
	for _, t := range s {
		if t.Kind == sql.Word && (t.Text == "IF" || t.Text == "EXISTS" || t.Text == "ONLY") || b.Len() > 100 {
			continue
		}
		b.WriteString(strings.ToLower(t.Text))
	}
	return b.String()
}
