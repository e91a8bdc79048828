package validate

// bearer is how most providers take a token (RFC 6750).
const bearer = "Authorization: Bearer {secret}"

// code are code hosts, package registries and build services.
var code = []Call{
	{
		Rules: []string{"github-personal-token", "github-fine-grained-token", "github-oauth-token", "github-user-token", "github-legacy-token"},
		URL:   "https://api.github.com/user", Auth: bearer,
		Header:   [][2]string{{"Accept", "application/vnd.github+json"}, {"X-GitHub-Api-Version", "2022-11-28"}},
		Identity: []string{"login"}, Scopes: "header X-OAuth-Scopes",
		Reference: "https://docs.github.com/en/rest/users/users#get-the-authenticated-user",
	},
	{
		Rules: []string{"github-server-token"},
		URL:   "https://api.github.com/installation/repositories?per_page=1", Auth: bearer,
		Header:    [][2]string{{"Accept", "application/vnd.github+json"}, {"X-GitHub-Api-Version", "2022-11-28"}},
		Identity:  []string{"repositories.0.owner.login"},
		Reference: "https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation",
	},
	{
		Rules: []string{"gitlab-personal-token", "gitlab-bare-token"},
		URL:   "https://gitlab.com/api/v4/personal_access_tokens/self", Auth: "PRIVATE-TOKEN: {secret}",
		Active:   []Answer{{Status: 200}, {Status: 403, Text: "insufficient_scope"}},
		Identity: []string{"name", "user_id"}, Scopes: "scopes", Doubt: "a GitLab server of its owner may",
		Reference: "https://docs.gitlab.com/api/personal_access_tokens/",
	},
	{
		Rules: []string{"npm-token"},
		URL:   "https://registry.npmjs.org/-/whoami", Auth: bearer,
		Identity:  []string{"username"},
		Reference: "https://docs.npmjs.com/cli/commands/npm-whoami",
	},
	{
		Rules: []string{"rubygems-token"},
		URL:   "https://rubygems.org/api/v1/gems.json", Auth: "Authorization: {secret}",
		Active:    []Answer{{Status: 200}, {Status: 403, Text: "cannot perform the specified action"}},
		Reference: "https://guides.rubygems.org/rubygems-org-api/",
	},
	{
		// A token is recognised before it is told that the page is for browsers.
		Rules: []string{"crates-io-token"},
		URL:   "https://crates.io/api/v1/me", Auth: "Authorization: {secret}",
		Active: []Answer{{Status: 200}, {Status: 403, Text: "can only be performed on the crates.io website"},
			{Status: 403, Text: "does not have the required permissions"}},
		Revoked:   []Answer{{Status: 401}, {Status: 403, Text: "authentication failed"}},
		Reference: "https://crates.io/data-access",
	},
	{
		Rules: []string{"anaconda-token"},
		URL:   "https://api.anaconda.org/user", Auth: "Authorization: token {secret}",
		Identity:  []string{"login"},
		Reference: "https://api.anaconda.org/docs",
	},
	{
		Rules: []string{"cloudsmith-key"},
		URL:   "https://api.cloudsmith.io/v1/user/self/", Auth: "X-Api-Key: {secret}",
		Active:    []Answer{{Status: 200, Path: "authenticated", Value: "true"}},
		Identity:  []string{"slug", "email"},
		Reference: "https://docs.cloudsmith.com/api/user/self",
	},
	{
		Rules: []string{"buildkite-token"}, Prefixes: []string{"bkua_"},
		URL: "https://api.buildkite.com/v2/access-token", Auth: bearer,
		Identity: []string{"user.name", "user.email"}, Scopes: "scopes",
		Reference: "https://buildkite.com/docs/apis/rest-api/access-token",
	},
	{
		Rules: []string{"circleci-token"}, Prefixes: []string{"CCIPAT_"},
		URL: "https://circleci.com/api/v2/me", Auth: "Circle-Token: {secret}",
		Identity:  []string{"login", "name"},
		Reference: "https://circleci.com/docs/api/v2/#operation/getCurrentUser",
	},
	{
		Rules: []string{"bitrise-token"},
		URL:   "https://api.bitrise.io/v0.1/me", Auth: "Authorization: {secret}",
		Identity:  []string{"data.username", "data.email"},
		Reference: "https://docs.bitrise.io/en/bitrise-ci/api/api-overview.html",
	},
	{
		Rules: []string{"postman-api-key"},
		URL:   "https://api.getpostman.com/me", Auth: "X-API-Key: {secret}",
		Identity:  []string{"user.username", "user.email"},
		Reference: "https://learning.postman.com/docs/developer/postman-api/make-postman-api-call/",
	},
	{
		Rules: []string{"launchdarkly-key"}, Prefixes: []string{"api-"},
		URL: "https://app.launchdarkly.com/api/v2/caller-identity", Auth: "Authorization: {secret}",
		Identity: []string{"tokenName", "accountId"}, Doubt: "LaunchDarkly's federal instance may",
		Reference: "https://launchdarkly.com/docs/api/other/get-caller-identity",
	},
	{
		Rules: []string{"snyk-token"},
		URL:   "https://api.snyk.io/rest/self?version=2024-10-15", Auth: "Authorization: token {secret}",
		Identity: []string{"data.attributes.username", "data.attributes.email"}, Doubt: "another region of Snyk may",
		Reference: "https://docs.snyk.io/snyk-api/reference/users",
	},
	{
		Rules: []string{"sonar-token"},
		URL:   "https://sonarcloud.io/api/authentication/validate", Auth: bearer,
		Active:  []Answer{{Status: 200, Path: "valid", Value: "true"}},
		Revoked: []Answer{{Status: 200, Path: "valid", Value: "false"}, {Status: 401}},
		Doubt:   "a SonarQube server of its owner may", Reference: "https://docs.sonarsource.com/sonarqube-cloud/advanced-setup/web-api/",
	},
	{
		Rules: []string{"doppler-token", "doppler-service-token"},
		URL:   "https://api.doppler.com/v3/me", Auth: bearer,
		Identity:  []string{"workplace.name", "name"},
		Reference: "https://docs.doppler.com/reference/auth-me",
	},
	{
		Rules: []string{"prefect-token"}, Prefixes: []string{"pnu_"},
		URL: "https://api.prefect.cloud/api/me/", Auth: bearer,
		Identity:  []string{"handle", "email"},
		Reference: "https://docs.prefect.io/v3/api-ref/rest-api/cloud",
	},
	{
		Rules: []string{"val-town-token"},
		URL:   "https://api.val.town/v1/me", Auth: bearer,
		Identity:  []string{"username", "email"},
		Reference: "https://docs.val.town/openapi",
	},
	{
		Rules: []string{"apify-token"},
		URL:   "https://api.apify.com/v2/users/me", Auth: bearer,
		Identity:  []string{"data.username"},
		Reference: "https://docs.apify.com/api/v2/users-me-get",
	},
}
