package scan

import "strings"

// credentialWords are what names of credentials hold, in lower case with the parts separated by underscores.
var credentialWords = []string{
	"password", "passwd", "passphrase", "passwort", "pwd", "secret", "token", "credential",
	"api_key", "app_key", "access_key", "auth_key", "account_key", "admin_key", "encryption_key", "encrypt_key", "decryption_key",
	"license_key", "master_key", "private_key", "service_key", "shared_key", "signing_key", "storage_key", "write_key", "root_pw",
	"heroku_key", "datadog_key", "twilio_key", "mailgun_key", "okta_key", "jwt_key", "session_key", "cookie_key", "webhook_key",
	"db_pass", "smtp_pass", "mail_pass", "mysql_pass", "postgres_pass", "redis_pass", "user_pass", "admin_pass", "root_pass", "auth_pass", "ldap_pass",
	"ftp_pass", "become_pass", "sudo_pass", "passcode", "kennwort", "mot_de_passe", "contrasena", "senha", "wachtwoord", "authorization", "pre_shared_key",
	"hash_salt", "ssh_pass", "user_pw", "bind_pw", "client_id",
}

// credentialNouns are short words that end names of credentials, and much else: only what follows one tells that a
// value is given.
var credentialNouns = []string{"pass", "pw", "pswd", "psk", "key", "auth", "salt", "nonce", "cred", "creds", "_sid"}

// nounEnds are what may follow the noun before a value comes.
var nounEnds = []string{"=", " =", ":", " :", "\"", "'", ">", " ?=", " encoding=", "["}

// CredentialNouns returns the spellings of such words, each with what follows it in an assignment.
func CredentialNouns() []string {
	var all []string
	for _, w := range credentialNouns {
		bare := strings.TrimLeft(w, "_-")
		title := strings.ToUpper(bare[:1]) + bare[1:]
		for _, spelling := range []string{w, title, strings.ToUpper(w)} {
			for _, end := range nounEnds {
				all = append(all, spelling+end)
			}
		}
	}
	return all
}

// NounEnd is where the word ends in data[start:end], an occurrence of a literal of CredentialNouns.
func NounEnd(data []byte, start, end int) int {
	for end > start && !isWord(data[end-1]) {
		end--
	}
	return end
}

// CredentialWords returns the spellings in which names of credentials occur: SNAKE_CASE, kebab-case, camelCase, in
// the usual capitals. They are case-sensitive so that one automaton serves them and the tokens.
func CredentialWords() []string {
	var all []string
	seen := map[string]bool{}
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	for _, w := range credentialWords {
		parts := strings.Split(w, "_")
		title := make([]string, len(parts))
		for i, p := range parts {
			title[i] = strings.ToUpper(p[:1]) + p[1:]
		}
		for _, join := range []string{"_", "-", ""} {
			lower := strings.Join(parts, join)
			add(lower)
			add(strings.ToUpper(lower))
			add(strings.Join(title, join))
		}
		add(parts[0] + strings.Join(title[1:], ""))
		add(strings.ToUpper(parts[0]) + strings.Join(title[1:], ""))
	}
	return all
}
