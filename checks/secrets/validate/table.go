package validate

import (
	"regexp"
	"slices"
	"sync"
)

// Calls lists every call, by family.
func Calls() []Call {
	return slices.Concat(code, clouds, models, messaging, payments, monitoring, productivity, content)
}

// table is the calls by the rule whose tokens they are about, made at the first token.
var table = sync.OnceValue(func() map[string][]*Call {
	all, out := Calls(), map[string][]*Call{}
	for i := range all {
		for _, rule := range all[i].Rules {
			out[rule] = append(out[rule], &all[i])
		}
	}
	return out
})

// Asks reports whether some tokens of the rule can be asked about.
func Asks(rule string) bool { return len(table()[rule]) > 0 }

var mailchimpKey = regexp.MustCompile(`^[0-9a-f]{32}-(us[1-9][0-9]?)$`)

// mailchimpRegion is the data centre that a Mailchimp key names behind its hyphen, such as us21.
func mailchimpRegion(secret string) string {
	m := mailchimpKey.FindStringSubmatch(secret)
	if m == nil {
		return ""
	}
	return m[1]
}
