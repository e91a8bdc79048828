package permissions

import (
	"net/netip"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// serverReader is what judges a server's own file, or nil.
func serverReader(e *checks.Entry) func(*grantJudge) {
	name := strings.ToLower(e.Name())
	switch {
	case name == "pg_hba.conf" || strings.HasPrefix(name, "pg_hba.conf."):
		return (*grantJudge).hostAccess
	case strings.HasPrefix(name, "redis") && strings.HasSuffix(name, ".conf") || name == "users.acl" || strings.HasPrefix(name, "valkey") && strings.HasSuffix(name, ".conf"):
		return (*grantJudge).redis
	case name == "mongod.conf" || name == "mongodb.conf" || name == "mongod.yaml" || name == "mongod.yml":
		return (*grantJudge).mongo
	}
	return nil
}

// lines shows each line that is not a comment, as words, with its offset.
func (j *grantJudge) lines(visit func(words []string, start int)) {
	at := 0
	for line := range strings.Lines(j.file.Text()) {
		start := at
		at += len(line)
		if i := strings.IndexByte(line, '#'); i >= 0 && strings.TrimSpace(line[:i]) == "" {
			continue
		}
		if words := strings.Fields(line); len(words) > 0 {
			visit(words, start)
		}
	}
}

func (j *grantJudge) done() {
	if !j.failed {
		j.pass.OK(j.subject)
	}
}

// hostAccess judges pg_hba.conf: TYPE DATABASE USER [ADDRESS [MASK]] METHOD.
func (j *grantJudge) hostAccess() {
	j.lines(func(w []string, start int) {
		kind := strings.ToLower(w[0])
		address, method := "", 3
		if strings.HasPrefix(kind, "host") && len(w) > 4 {
			address, method = w[3], 4
			if _, err := netip.ParseAddr(w[3]); err == nil && len(w) > 5 {
				address, method = w[3]+"/"+w[4], 5
			}
		}
		if kind != "local" && address == "" || len(w) <= method || templateTag.MatchString(strings.Join(w, " ")) {
			return
		}
		any := address == "0.0.0.0/0" || address == "::/0" || address == "all" || address == "0.0.0.0/0.0.0.0"
		f := checks.Finding{Attribute: strings.Join(w, " "), Actual: strings.Join(w, " "), Expected: "scram-sha-256, from the addresses of the application"}
		f.Fix = strings.Join(w[:method], " ") + " scram-sha-256, with the application's network for the address; then SELECT pg_reload_conf(); Undo: the old line."
		loopback := strings.HasPrefix(address, "127.") || strings.HasPrefix(address, "::1") || address == "localhost"
		switch m := strings.ToLower(w[method]); {
		case m == "trust" && any:
			f.Rule, f.Severity, f.Message = "no-password", checks.Critical, "Whoever reaches the server is any user of the database, its administrator too"
		case m == "trust" && (kind == "local" || loopback):
			f.Rule, f.Severity, f.Message = "no-password", checks.Medium, "Every process on the machine is any user of the database, its administrator too"
		case m == "trust":
			f.Rule, f.Severity, f.Message = "no-password", checks.High, "Whoever has one of these addresses is any user of the database, its administrator too"
		case any && m == "password":
			f.Rule, f.Severity, f.Message = "any-address", checks.High, "Every address may log in, and the password is sent as it is"
		case any && m == "md5":
			f.Rule, f.Severity, f.Message = "any-address", checks.Medium, "Every address may log in, with a method that PostgreSQL retires"
		default:
			return
		}
		j.fail(f, start)
	})
	j.done()
}

// redis judges redis.conf and files of ACL rules.
func (j *grantJudge) redis() {
	set, bound := map[string]string{}, false
	at := map[string]int{}
	j.lines(func(w []string, start int) {
		key := strings.ToLower(w[0])
		switch {
		case key == "user" && len(w) > 2:
			j.redisUser(w, start)
		case key == "bind":
			bound = true
			for _, address := range w[1:] {
				if a := strings.TrimPrefix(address, "-"); a == "0.0.0.0" || a == "*" || a == "::" {
					bound = false
				}
			}
		}
		if len(w) > 1 {
			set[key], at[key] = strings.ToLower(strings.Trim(w[1], `"'`)), start
			if key == "protected-mode" && set[key] == "no" {
				set["unprotected"] = "yes"
			}
		}
	})
	if set["unprotected"] == "yes" && set["requirepass"] == "" && set["aclfile"] == "" && set["user"] == "" {
		f := checks.Finding{Rule: "no-authorization", Attribute: "protected-mode", Severity: checks.Critical, Expected: "protected-mode yes, or requirepass", Actual: "protected-mode no without a password",
			Message: "Whoever reaches the port reads and writes everything, and writes files on the machine with CONFIG SET",
			Fix:     "protected-mode yes, bind 127.0.0.1 -::1 and requirepass from a secret store. Undo: CONFIG SET protected-mode no."}
		if bound {
			f.Severity, f.Message = checks.Medium, "Whoever reaches the bound address reads and writes everything"
		}
		j.fail(f, at["protected-mode"])
	}
	j.done()
}

func (j *grantJudge) redisUser(w []string, start int) {
	has := func(words ...string) bool {
		for _, rule := range w[2:] {
			for _, word := range words {
				if strings.EqualFold(rule, word) {
					return true
				}
			}
		}
		return false
	}
	if !has("on") || !has("nopass") {
		return
	}
	severity := checks.High
	if has("+@all", "allcommands") && !has("-@all", "resetkeys") {
		severity = checks.Critical
	}
	j.fail(checks.Finding{Rule: "no-password", Attribute: "user " + w[1], Severity: severity, Expected: ">password, with the commands and keys that are needed", Actual: strings.Join(w, " "),
		Message: "Whoever reaches the port is this user", Fix: "user " + w[1] + " on #SHA256 ~app:* +@read +@write -@dangerous, then ACL LOAD. Undo: the old line and ACL LOAD."}, start)
}

// mongo judges mongod.conf: security.authorization is disabled where it is not set.
func (j *grantJudge) mongo() {
	s := yamldoc.Of(j.file)
	if s.Err != nil || len(s.Docs) == 0 {
		j.pass.NotApplicable("A configuration of MongoDB is not written in YAML")
		return
	}
	doc := s.Docs[0]
	authorization := yamldoc.Get(doc, "security", "authorization")
	value, _ := yamldoc.Text(authorization)
	open := false
	bind, _ := yamldoc.Text(yamldoc.Get(doc, "net", "bindIp"))
	for address := range strings.SplitSeq(bind, ",") {
		address = strings.TrimSpace(address)
		open = open || address == "0.0.0.0" || address == "::" || address == "*"
	}
	all, _ := yamldoc.Bool(yamldoc.Get(doc, "net", "bindIpAll"))
	open = open || all
	keyFile := yamldoc.Get(doc, "security", "keyFile")
	if value == "enabled" || keyFile != nil || authorization != nil && yamldoc.Dynamic(authorization) || value == "" && !open {
		j.pass.OK(j.subject)
		return
	}
	f := checks.Finding{Rule: "no-authorization", Subject: j.subject, Attribute: "security.authorization", Severity: checks.Critical, Expected: "security.authorization: enabled", Actual: "authorization disabled",
		Message: "Whoever reaches the port reads and writes every database", Fix: "security: {authorization: enabled}, after db.createUser of an administrator. Undo: authorization: disabled.",
		Place: checks.Place{Path: j.file.Path, Line: 1}}
	if authorization != nil {
		f.Place = yamldoc.Place(j.file, authorization)
	} else {
		f.Actual = "authorization not set, on every address"
	}
	if !open {
		f.Severity, f.Message = checks.Medium, "Every process on the machine reads and writes every database"
	}
	if testPath(j.file.Path) {
		f.Severity = checks.Low
	}
	j.failed = true
	j.pass.Fail(f)
}
