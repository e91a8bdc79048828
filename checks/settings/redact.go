package settings

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// secretWords mark the name of a variable or key whose value is a credential.
var secretWords = []string{"SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "APIKEY", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY",
	"CREDENTIAL", "SIGNING_KEY", "ENCRYPTION_KEY", "AUTH_KEY", "MASTER_KEY", "SALT"}

// secretName reports whether the value of a variable of that name is a credential, not a file or a length of one.
func secretName(name string) bool {
	upper := strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	for _, suffix := range []string{"_FILE", "_PATH", "_AGE", "_TIMEOUT", "_TTL", "_LENGTH", "_EXPIRE", "_EXPIRES", "_EXPIRY", "_NAME", "_HASHERS", "_VALIDATORS"} {
		if strings.HasSuffix(upper, suffix) {
			return false
		}
	}
	for _, word := range secretWords {
		if strings.Contains(upper, word) {
			return true
		}
	}
	return false
}

// userinfo is a URL's user and password.
var userinfo = regexp.MustCompile(`(://[^\s/@:]*):([^\s/@]+)@`)

// redacted is a value that may be shown: a credential becomes its length, a URL's password is cut out.
func redacted(name, value string) string {
	if secretName(name) && value != "" {
		return fmt.Sprintf("(secret, %d characters)", utf8.RuneCountInString(value))
	}
	return userinfo.ReplaceAllStringFunc(value, func(match string) string {
		groups := userinfo.FindStringSubmatch(match)
		return fmt.Sprintf("%s:(secret, %d characters)@", groups[1], utf8.RuneCountInString(groups[2]))
	})
}
