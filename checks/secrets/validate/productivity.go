package validate

import "net/http"

// productivity are documents, design, tasks and customers.
var productivity = []Call{
	{
		Rules:  []string{"linear-api-key"},
		Method: http.MethodPost, URL: "https://api.linear.app/graphql", Auth: "Authorization: {secret}",
		Header: [][2]string{{"Content-Type", "application/json"}}, Body: linearViewer,
		Active: []Answer{{Status: 200, Path: "data.viewer.name", Value: "*"}}, Revoked: linearRevoked,
		Identity:  []string{"data.viewer.email", "data.viewer.organization.name"},
		Reference: "https://linear.app/developers/graphql",
	},
	{
		Rules: []string{"linear-oauth-token"}, Prefixes: []string{"lin_oauth_"},
		Method: http.MethodPost, URL: "https://api.linear.app/graphql", Auth: bearer,
		Header: [][2]string{{"Content-Type", "application/json"}}, Body: linearViewer,
		Active: []Answer{{Status: 200, Path: "data.viewer.name", Value: "*"}}, Revoked: linearRevoked,
		Identity:  []string{"data.viewer.email", "data.viewer.organization.name"},
		Reference: "https://linear.app/developers/graphql",
	},
	{
		Rules: []string{"notion-token", "notion-legacy-token"},
		URL:   "https://api.notion.com/v1/users/me", Auth: bearer,
		Header:    [][2]string{{"Notion-Version", "2022-06-28"}},
		Active:    []Answer{{Status: 200}, {Status: 403, Path: "code", Value: "restricted_resource"}},
		Identity:  []string{"name", "bot.workspace_name"},
		Reference: "https://developers.notion.com/reference/get-self",
	},
	{
		Rules: []string{"figma-token"},
		URL:   "https://api.figma.com/v1/me", Auth: "X-Figma-Token: {secret}",
		Active:    []Answer{{Status: 200}, {Status: 403, Text: "invalid scope"}},
		Revoked:   []Answer{{Status: 403, Text: "invalid token"}, {Status: 403, Text: "token expired"}},
		Identity:  []string{"handle", "email"},
		Reference: "https://developers.figma.com/docs/rest-api/users-endpoints/",
	},
	{
		// Status 401 is also the answer to a token without the scope.
		Rules:  []string{"dropbox-token", "dropbox-legacy-token"},
		Method: http.MethodPost, URL: "https://api.dropboxapi.com/2/users/get_current_account", Auth: bearer,
		Active:    []Answer{{Status: 200}, {Status: 401, Text: "missing_scope"}},
		Identity:  []string{"email", "name.display_name"},
		Reference: "https://www.dropbox.com/developers/documentation/http/documentation#users-get_current_account",
	},
	{
		Rules: []string{"box-token"},
		URL:   "https://api.box.com/2.0/users/me", Auth: bearer,
		Identity:  []string{"login", "name"},
		Reference: "https://developer.box.com/reference/get-users-me/",
	},
	{
		Rules: []string{"asana-token"},
		URL:   "https://app.asana.com/api/1.0/users/me", Auth: bearer,
		Identity:  []string{"data.name", "data.email"},
		Reference: "https://developers.asana.com/reference/getuser",
	},
	{
		Rules: []string{"airtable-token", "airtable-oauth-token"},
		URL:   "https://api.airtable.com/v0/meta/whoami", Auth: bearer,
		Identity: []string{"id", "email"}, Scopes: "scopes",
		Reference: "https://airtable.com/developers/web/api/get-user-id-scopes",
	},
	{
		Rules: []string{"clickup-token"},
		URL:   "https://api.clickup.com/api/v2/user", Auth: "Authorization: {secret}",
		Identity:  []string{"user.username", "user.email"},
		Reference: "https://developer.clickup.com/reference/getauthorizeduser",
	},
	{
		Rules: []string{"todoist-token"},
		URL:   "https://api.todoist.com/api/v1/user", Auth: bearer,
		Identity:  []string{"full_name", "email"},
		Reference: "https://developer.todoist.com/api/v1/#tag/User",
	},
	{
		Rules: []string{"hubspot-token"},
		URL:   "https://api.hubapi.com/account-info/v3/details", Auth: bearer,
		Active:    []Answer{{Status: 200}, {Status: 403, Path: "category", Value: "MISSING_SCOPES"}},
		Identity:  []string{"portalId", "uiDomain"},
		Reference: "https://developers.hubspot.com/docs/api-reference/account-account-info-v3/guide",
	},
	{
		Rules: []string{"pipedrive-token"},
		URL:   "https://api.pipedrive.com/v1/users/me", Auth: "x-api-token: {secret}",
		Identity:  []string{"data.company_name", "data.email"},
		Reference: "https://developers.pipedrive.com/docs/api/v1/Users#getCurrentUser",
	},
	{
		Rules: []string{"attio-token"},
		URL:   "https://api.attio.com/v2/self", Auth: bearer,
		Active:   []Answer{{Status: 200, Path: "active", Value: "true"}},
		Revoked:  []Answer{{Status: 401}, {Status: 200, Path: "active", Value: "false"}},
		Identity: []string{"workspace_name"}, Scopes: "scope",
		Reference: "https://docs.attio.com/rest-api/endpoint-reference/meta/identify",
	},
	{
		Rules: []string{"typeform-token"},
		URL:   "https://api.typeform.com/me", Auth: bearer,
		Identity: []string{"alias", "email"}, Doubt: "the European region of Typeform may",
		Reference: "https://www.typeform.com/developers/create/reference/retrieve-own-account/",
	},
	{
		Rules: []string{"dropboxsign-key"},
		URL:   "https://api.hellosign.com/v3/account", Auth: "Authorization: Basic {secret}:",
		Identity:  []string{"account.email_address"},
		Reference: "https://developers.hellosign.com/api/reference/operation/accountGet/",
	},
	{
		Rules: []string{"readme-key"},
		URL:   "https://dash.readme.com/api/v1/", Auth: "Authorization: Basic {secret}:",
		Identity:  []string{"name", "subdomain"},
		Reference: "https://docs.readme.com/main/reference/getproject",
	},
	{
		Rules: []string{"wakatime-key"},
		URL:   "https://api.wakatime.com/api/v1/users/current", Auth: "Authorization: Basic {secret}",
		Identity:  []string{"data.username", "data.email"},
		Reference: "https://wakatime.com/developers#users",
	},
	{
		Rules: []string{"crowdin-token"},
		URL:   "https://api.crowdin.com/api/v2/user", Auth: bearer,
		Identity: []string{"data.username", "data.email"}, Doubt: "Crowdin Enterprise may",
		Reference: "https://support.crowdin.com/developer/api/v2/#tag/Users/operation/api.user.get",
	},
	{
		Rules: []string{"phrase-token"},
		URL:   "https://api.phrase.com/v2/user", Auth: "Authorization: token {secret}",
		Identity: []string{"username", "email"}, Doubt: "the American region of Phrase may",
		Reference: "https://developers.phrase.com/en/api/strings/users/show-current-user",
	},
	{
		Rules: []string{"transifex-token"},
		URL:   "https://rest.api.transifex.com/organizations", Auth: bearer,
		Identity:  []string{"data.0.attributes.slug"},
		Reference: "https://developers.transifex.com/reference/get_organizations",
	},
}

var linearRevoked = []Answer{{Status: 401}, {Status: 400, Path: "errors.0.extensions.code", Value: "AUTHENTICATION_ERROR"}}

const linearViewer = `{"query":"{ viewer { name email organization { name } } }"}`
