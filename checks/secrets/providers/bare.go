package providers

import (
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/secrets/scan"
)

// bareKey is a format without a prefix of its own, which only a word near the value tells from others of its shape.
type bareKey struct {
	id, title string
	words     string // keywords of the rule, separated by commas
	tail      string
	severity  checks.Severity
	precision checks.Precision
	opens     string
	reference string // URL without its scheme
	revoke    string
	example   string // a value that must be found after the first word, and one that must not
	miss      string
}

// How sure a word near the value makes us: likely where the value's shape is rare, maybe where identifiers share it.
const (
	likely = checks.PrecisionMedium
	maybe  = checks.PrecisionLow
)

// Shapes of bare keys.
const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

func hex(n int) string   { return "[0-9a-f]{" + strconv.Itoa(n) + "}" }
func alnum(n int) string { return "[0-9A-Za-z]{" + strconv.Itoa(n) + "}" }
func lower(n int) string { return "[0-9a-z]{" + strconv.Itoa(n) + "}" }
func upper(n int) string { return "[0-9A-Z]{" + strconv.Itoa(n) + "}" }
func word(n int) string  { return `[\w-]{` + strconv.Itoa(n) + "}" }

// rule is the keyword rule of the row.
func (k bareKey) rule() scan.Rule {
	words := strings.Split(k.words, ",")
	name := strings.ToUpper(strings.ReplaceAll(words[0], " ", "_")) + "_KEY"
	return scan.Rule{
		ID: k.id, Title: k.title, Opens: k.opens, Severity: k.severity, Precision: k.precision, Reference: "https://" + k.reference, Revoke: k.revoke,
		Keywords: words, Tail: k.tail, Identifier: strings.HasSuffix(k.title, " ID"),
		Examples:   []string{name + "=" + k.example, words[0] + ":\n  key: \"" + k.example + "\""},
		NearMisses: []string{name + "=" + k.miss, "checksum=" + k.example, name + "_SHA256=" + k.example},
	}
}

// bareRules are the rules of every table of bare keys.
func bareRules() []scan.Rule {
	rules := make([]scan.Rule, 0, 1024)
	for _, table := range [][]bareKey{bareIdentity, bareSocial, bareMessaging, bareEmail, bareTelephony, barePayments, bareTrading, bareCRM,
		bareAnalytics, bareProductivity, bareStaff, bareCommerce, bareContent, barePlaces, bareData,
		bareClouds, bareModels, bareBuilds, bareCode, bareDatabases, bareMonitoring, bareSecurity, bareIdentifiers} {
		for _, k := range table {
			rules = append(rules, k.rule())
		}
	}
	return rules
}
