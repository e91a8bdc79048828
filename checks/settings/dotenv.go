package settings

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dotenv"
)

// dotenvReader reads the security-relevant variables of .env files.
func dotenvReader() reader {
	return reader{layer: "dotenv", wants: wantsDotenv, read: readDotenv, resolve: standalone}
}

// wantsDotenv takes files that a program loads: examples to copy say nothing about what runs.
func wantsDotenv(e *checks.Entry) bool {
	name := strings.ToLower(e.Name())
	for _, word := range []string{"example", "sample", "template", "dist", ".tpl", ".tmpl", "schema", "vault"} {
		if strings.Contains(name, word) {
			return false
		}
	}
	return e.Mode.IsRegular() && (name == ".env" || name == ".flaskenv" || strings.HasPrefix(name, ".env.") || strings.HasSuffix(name, ".env"))
}

// dotenvNames are the variables that frameworks and servers read, and the common names for what these set.
var dotenvNames = map[string]bool{
	"DEBUG": true, "DJANGO_DEBUG": true, "FLASK_DEBUG": true, "FLASK_ENV": true, "APP_DEBUG": true, "APP_ENV": true, "NODE_ENV": true,
	"RAILS_ENV": true, "ENV": true, "ENVIRONMENT": true, "LOG_LEVEL": true, "LOGLEVEL": true, "ALLOWED_HOSTS": true,
	"DJANGO_ALLOWED_HOSTS": true, "CORS_ORIGINS": true, "CORS_ALLOW_ORIGINS": true, "BACKEND_CORS_ORIGINS": true,
	"FORWARDED_ALLOW_IPS": true, "GUNICORN_CMD_ARGS": true, "WEB_CONCURRENCY": true, "PYTHONDEBUG": true, "PYTHONASYNCIODEBUG": true,
	"SESSION_COOKIE_SECURE": true, "CSRF_COOKIE_SECURE": true, "SECURE_SSL_REDIRECT": true, "MAX_CONTENT_LENGTH": true,
	"FLASK_MAX_CONTENT_LENGTH": true, "SQLALCHEMY_ECHO": true,
}

func dotenvWanted(name string) bool {
	return dotenvNames[name] || strings.HasPrefix(name, "UVICORN_") || strings.HasSuffix(name, "_ALLOW_ORIGINS") ||
		strings.HasSuffix(name, "_ALLOWED_ORIGINS") || strings.HasSuffix(name, "_LOG_LEVEL") || strings.HasSuffix(name, "_DEBUG")
}

func readDotenv(f *checks.File) (any, []checks.Problem) {
	vars := dotenv.Of(f)
	if len(vars) == 0 || f.Binary() {
		return nil, nil
	}
	s := &checks.Scope{Layer: "dotenv", Kind: "file", Name: f.Name(), Place: checks.Place{Path: f.Path}}
	at := map[string]int{} // every loader takes the last of a name
	for _, v := range vars {
		if !dotenvWanted(v.Name) {
			continue
		}
		set := checks.Setting{Layer: "dotenv", Name: v.Name, Raw: redacted(v.Name, v.Value), Origin: checks.OriginDynamic, Scope: s.Name, Place: v.Place}
		if !v.Dynamic {
			set.Value, set.Origin = dotenvValue(set.Raw), checks.OriginSet
		}
		if i, again := at[v.Name]; again {
			s.Settings[i] = set
			continue
		}
		if len(at) == maxEntries {
			return []*checks.Scope{s}, []checks.Problem{tooLarge("read variables", f.Path)}
		}
		at[v.Name] = len(s.Settings)
		s.Settings = append(s.Settings, set)
	}
	return []*checks.Scope{s}, nil
}

// dotenvValue is a truth value where every loader agrees that it is one, else the text.
func dotenvValue(text string) any {
	switch strings.ToLower(text) {
	case "true":
		return true
	case "false":
		return false
	}
	return text
}
