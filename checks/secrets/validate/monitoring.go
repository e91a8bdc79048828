package validate

import "net/http"

// monitoring are observability, incidents, analytics and security services.
var monitoring = []Call{
	{
		Rules: []string{"sentry-user-token", "sentry-organization-token", "sentry-bare-token"},
		URL:   "https://sentry.io/api/0/", Auth: bearer,
		Identity: []string{"user.username", "user.email"}, Scopes: "auth.scopes", Doubt: "a Sentry server of its owner may",
		Reference: "https://docs.sentry.io/api/auth/",
	},
	{
		Rules: []string{"datadog-api-key"},
		URL:   "https://api.datadoghq.com/api/v1/validate", Auth: "DD-API-KEY: {secret}",
		Active:  []Answer{{Status: 200, Path: "valid", Value: "true"}},
		Revoked: []Answer{{Status: 403}}, Doubt: "another site of Datadog may",
		Reference: "https://docs.datadoghq.com/api/latest/authentication/validate-api-key/",
	},
	{
		Rules:  []string{"new-relic-user-key"},
		Method: http.MethodPost, URL: "https://api.newrelic.com/graphql", Auth: "API-Key: {secret}",
		Header: [][2]string{{"Content-Type", "application/json"}}, Body: `{"query":"{ actor { user { name email } } }"}`,
		Active:   []Answer{{Status: 200, Path: "data.actor.user.email", Value: "*"}},
		Identity: []string{"data.actor.user.email"}, Doubt: "the European region of New Relic may",
		Reference: "https://docs.newrelic.com/docs/apis/nerdgraph/get-started/introduction-new-relic-nerdgraph/",
	},
	{
		Rules: []string{"pagerduty-key"},
		URL:   "https://api.pagerduty.com/abilities", Auth: "Authorization: Token token={secret}",
		Header:    [][2]string{{"Accept", "application/vnd.pagerduty+json;version=2"}},
		Doubt:     "it may be of the European region, or a key that can do nothing but raise events",
		Reference: "https://developer.pagerduty.com/api-reference/e46c9ba4ea4d7-list-abilities",
	},
	{
		Rules: []string{"honeycomb-key", "honeycomb-legacy-key"},
		URL:   "https://api.honeycomb.io/1/auth", Auth: "X-Honeycomb-Team: {secret}",
		Identity: []string{"team.slug", "environment.slug"}, Doubt: "the European region of Honeycomb may",
		Reference: "https://docs.honeycomb.io/api/auth/list-authorizations",
	},
	{
		Rules: []string{"opsgenie-key"},
		URL:   "https://api.opsgenie.com/v2/account", Auth: "Authorization: GenieKey {secret}",
		Identity: []string{"data.name"}, Doubt: "the European region of Opsgenie may",
		Reference: "https://docs.opsgenie.com/docs/account-api",
	},
	{
		Rules: []string{"axiom-token"}, Prefixes: []string{"xapt-"},
		URL: "https://api.axiom.co/v2/user", Auth: bearer,
		Identity:  []string{"name", "email"},
		Reference: "https://axiom.co/docs/restapi/endpoints/getCurrentUser",
	},
	{
		Rules: []string{"rootly-key"},
		URL:   "https://api.rootly.com/v1/users/me", Auth: bearer,
		Identity:  []string{"data.attributes.name", "data.attributes.email"},
		Reference: "https://docs.rootly.com/api-reference/users/get-current-user",
	},
	{
		Rules: []string{"firehydrant-token"},
		URL:   "https://api.firehydrant.io/v1/ping", Auth: bearer,
		Identity:  []string{"actor.name", "actor.email"},
		Reference: "https://docs.firehydrant.com/reference/get_v1-ping",
	},
	{
		Rules: []string{"posthog-personal-key"},
		URL:   "https://us.posthog.com/api/users/@me/", Auth: bearer,
		Active:   []Answer{{Status: 200}, {Status: 403, Path: "code", Value: "permission_denied"}},
		Identity: []string{"email", "organization.name"}, Doubt: "the European region of PostHog or a server of its owner may",
		Reference: "https://posthog.com/docs/api/user",
	},
	{
		Rules:     []string{"shodan-key"},
		URL:       "https://api.shodan.io/api-info?key={secret}",
		Identity:  []string{"plan"},
		Reference: "https://developer.shodan.io/api",
	},
	{
		Rules: []string{"virustotal-key"},
		URL:   "https://www.virustotal.com/api/v3/users/{secret}", Auth: "x-apikey: {secret}",
		Identity:  []string{"data.attributes.first_name"},
		Reference: "https://docs.virustotal.com/reference/user",
	},
	{
		Rules: []string{"adafruit-key"},
		URL:   "https://io.adafruit.com/api/v2/user", Auth: "X-AIO-Key: {secret}",
		Identity:  []string{"user.username", "user.name"},
		Reference: "https://io.adafruit.com/api/docs/#get-user-info",
	},
}
