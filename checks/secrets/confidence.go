package secrets

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// Confidence is a sum of points: what the name and the value give together, and what their context adds or takes.
const (
	lowFrom    = 3 // a finding that is reported and fails no gate
	mediumFrom = 6
	highFrom   = 8
)

// never is less than any context makes up for.
const never = -99

// pairPoints are the points of a value under a name of a class.
var pairPoints = [...][valueClasses]int{
	passwordName: {sampleValue: 1, wordValue: 1, stockValue: 0, numberValue: 2, phraseValue: 1, plainValue: 4, rareValue: 5, complexValue: 6, uuidValue: 3, randomValue: 8},
	secretName:   {sampleValue: 3, wordValue: never, stockValue: never, numberValue: never, phraseValue: never, plainValue: 1, rareValue: 4, complexValue: 5, uuidValue: 6, randomValue: 8},
	keyName:      {sampleValue: never, wordValue: never, stockValue: never, numberValue: never, phraseValue: never, plainValue: never, rareValue: never, complexValue: 0, uuidValue: 3, randomValue: 4},
}

// Points of the context.
const (
	inConfiguration = 2
	inItsFile       = 3
	inHeader        = 2
	inExample       = -2
	inRemark        = -3
	inDocumentation = -2
	inData          = -3
	inTranslation   = -4
	isCompared      = -2
	isInner         = -2
	isUnquotedCode  = -2
	isMidLine       = -2
)

// confidence grades the credential in its text; ok is false for what is clearly none.
func confidence(t *text, c credential) (precision checks.Precision, ok bool) {
	points := pairPoints[c.class][c.value] + contextPoints(t, c)
	value := string(t.data[c.start:c.end])
	if unmistakable(t, c) && !altered(c, value) {
		points = max(points, lowFrom)
	}
	switch {
	case c.value == noValue || t.binary || points < lowFrom:
		return 0, false
	case points < mediumFrom || c.value == sampleValue || c.bare || foreign(c, value) || !configures(t) || c.inner || c.compared || c.class == keyName || identifies(c) || illustrates(t, c):
		return checks.PrecisionLow, true
	case points < highFrom:
		return checks.PrecisionMedium, true
	}
	return checks.PrecisionHigh, true
}

// identifies reports the name of what holds a secret instead of the secret itself, as Docker's secrets have one. Vault and
// Nomad call a secret so that is a UUID.
func identifies(c credential) bool {
	return strings.HasSuffix(c.normal, "secretid") && c.value != uuidValue
}

// From how many bytes on letters that no language joins are a key, not a password: under any name, and under a
// provider's.
const (
	leastRareKey     = 20
	leastProviderKey = 12
)

// unmistakable reports a name that says whose secret it is, with a value in the form of one: no context makes it nothing.
// In tests and examples only a provider's name does.
func unmistakable(t *text, c credential) bool {
	if c.normal == clearTextPassword && c.value != noValue {
		return true
	}
	if c.value < rareValue && c.value != sampleValue || c.value == uuidValue || c.class != secretName || c.inner || c.compared || t.kind == machine || translates(t.Path) {
		return false
	}
	words := partsOf(c.name)
	if provider := knownProviders().names(words); provider {
		return len(words) > 1 && c.end-c.start >= leastProviderKey
	}
	return len(words) > 1 && !t.example() && (c.value == randomValue || c.value == sampleValue || c.end-c.start >= leastRareKey)
}

func contextPoints(t *text, c credential) int {
	points := 0
	add := func(is bool, n int) {
		if is {
			points += n
		}
	}
	example := t.example()
	configuration := c.config || !example && slices.Contains(configurationData, t.Ext())
	add(configuration, inConfiguration)
	add(keepsCredentials(t.Path) && c.class == passwordName, inItsFile)
	add(c.header && !configuration, inHeader)
	add(example, inExample)
	add(illustrates(t, c), inRemark)
	add(t.kind == prose, inDocumentation)
	add(t.kind == machine, inData)
	add(translates(t.Path), inTranslation)
	add(c.compared, isCompared)
	add(c.inner, isInner)
	add(!c.quoted && !configuration, isUnquotedCode)
	add(c.midLine, isMidLine)
	return points
}

// configurationData are the endings of files in which quoted values configure.
var configurationData = []string{".json", ".toml", ".tf", ".tfvars", ".hcl", ".json5", ".tfstate"}

// translates reports whether the path is that of translated texts.
func translates(path string) bool {
	for element := range strings.SplitSeq(strings.ToLower(path), "/") {
		for w := range nameWords(element) {
			if slices.Contains([]string{"locale", "locales", "i18n", "l10n", "lang", "langs", "language", "languages", "translation", "translations", "messages", "nls", "strings"}, w) {
				return true
			}
		}
	}
	return false
}
