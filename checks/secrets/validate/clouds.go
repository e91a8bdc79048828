package validate

import "net/http"

// clouds are clouds, hosts of applications and databases, domains and networks.
var clouds = []Call{
	{
		// The call that needs no permission. Keys of the China and GovCloud partitions look the same and are not known there.
		Rules:  []string{"aws-secret-access-key", "aws-bare-secret-key"},
		Method: http.MethodPost, URL: "https://sts.amazonaws.com/", Auth: signed,
		Header:    [][2]string{{"Accept", "application/json"}, {"Content-Type", "application/x-www-form-urlencoded"}},
		Body:      "Action=GetCallerIdentity&Version=2011-06-15",
		Revoked:   []Answer{{Status: 403, Path: "Error.Code", Value: "InvalidClientTokenId"}, {Status: 403, Path: "Error.Code", Value: "ExpiredToken"}},
		Identity:  []string{"GetCallerIdentityResponse.GetCallerIdentityResult.Arn"},
		Reference: "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html",
	},
	{
		Rules: []string{"digitalocean-token", "digitalocean-legacy-token"}, Not: []string{"dor_"},
		URL: "https://api.digitalocean.com/v2/account", Auth: bearer,
		Active:    []Answer{{Status: 200}, {Status: 403, Path: "id", Value: "forbidden"}},
		Identity:  []string{"account.email", "account.team.name"},
		Reference: "https://docs.digitalocean.com/reference/api/digitalocean/#tag/Account",
	},
	{
		Rules: []string{"cloudflare-prefixed-token"}, Prefixes: []string{"cfut_"},
		URL: "https://api.cloudflare.com/client/v4/user/tokens/verify", Auth: bearer,
		Active: []Answer{{Status: 200, Path: "result.status", Value: "active"}}, Revoked: cloudflareRevoked,
		Reference: "https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/",
	},
	{
		Rules: []string{"cloudflare-api-token"},
		URL:   "https://api.cloudflare.com/client/v4/user/tokens/verify", Auth: bearer,
		Active: []Answer{{Status: 200, Path: "result.status", Value: "active"}}, Revoked: cloudflareRevoked,
		Doubt:     "it may belong to an account and not to a user, which only the account's own address can tell",
		Reference: "https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/",
	},
	{
		Rules: []string{"heroku-api-key", "heroku-api-key-uuid"},
		URL:   "https://api.heroku.com/account", Auth: bearer,
		Header:    [][2]string{{"Accept", "application/vnd.heroku+json; version=3"}},
		Active:    []Answer{{Status: 200}, {Status: 403, Path: "id", Value: "forbidden"}},
		Identity:  []string{"email"},
		Reference: "https://devcenter.heroku.com/articles/platform-api-reference#account",
	},
	{
		Rules: []string{"netlify-token"},
		URL:   "https://api.netlify.com/api/v1/user", Auth: bearer,
		Identity:  []string{"email", "full_name"},
		Reference: "https://open-api.netlify.com/#tag/user",
	},
	{
		Rules: []string{"vercel-token", "vercel-prefixed-token"}, Not: []string{"vci_", "vcr_", "vck_"},
		URL: "https://api.vercel.com/v2/user", Auth: bearer,
		Revoked:   []Answer{{Status: 403, Path: "error.invalidToken", Value: "true"}},
		Identity:  []string{"user.username", "user.email"},
		Reference: "https://vercel.com/docs/rest-api/reference/endpoints/user/get-the-user",
	},
	{
		Rules: []string{"render-key"},
		URL:   "https://api.render.com/v1/users", Auth: bearer,
		Identity:  []string{"email", "name"},
		Reference: "https://api-docs.render.com/reference/get-user",
	},
	{
		Rules: []string{"neon-api-key"},
		URL:   "https://console.neon.tech/api/v2/users/me", Auth: bearer,
		Identity:  []string{"login", "email"},
		Reference: "https://api-docs.neon.tech/reference/getcurrentuserinfo",
	},
	{
		Rules: []string{"supabase-token"},
		URL:   "https://api.supabase.com/v1/organizations", Auth: bearer,
		Identity:  []string{"0.name"},
		Reference: "https://supabase.com/docs/reference/api/v1-list-all-organizations",
	},
	{
		// Status 401 is also the answer to a token without the scope.
		Rules: []string{"linode-token"},
		URL:   "https://api.linode.com/v4/profile", Auth: bearer,
		Revoked:  []Answer{{Status: 401, Path: "errors.0.reason", Value: "Invalid Token"}},
		Identity: []string{"username", "email"}, Scopes: "header X-OAuth-Scopes",
		Reference: "https://techdocs.akamai.com/linode-api/reference/get-profile",
	},
	{
		Rules: []string{"hetzner-token"},
		URL:   "https://api.hetzner.cloud/v1/locations", Auth: bearer,
		Reference: "https://docs.hetzner.cloud/reference/cloud#locations",
	},
	{
		// Status 401 is also the answer to an address that the key does not allow.
		Rules: []string{"vultr-key"},
		URL:   "https://api.vultr.com/v2/account", Auth: bearer,
		Revoked:   []Answer{{Status: 401, Text: "Invalid API token"}},
		Identity:  []string{"account.name", "account.email"},
		Reference: "https://www.vultr.com/api/#tag/account",
	},
	{
		Rules: []string{"fastly-api-token"},
		URL:   "https://api.fastly.com/tokens/self", Auth: "Fastly-Key: {secret}",
		Identity: []string{"name", "customer_id"}, Scopes: "scope",
		Reference: "https://www.fastly.com/documentation/reference/api/auth-tokens/user/",
	},
	{
		Rules: []string{"tailscale-key"}, Prefixes: []string{"tskey-api-"},
		URL: "https://api.tailscale.com/api/v2/tailnet/-/keys", Auth: "Authorization: Basic {secret}:",
		Reference: "https://tailscale.com/api#tag/keys",
	},
	{
		Rules: []string{"dnsimple-token"},
		URL:   "https://api.dnsimple.com/v2/whoami", Auth: bearer,
		Identity: []string{"data.account.email", "data.user.email"}, Doubt: "DNSimple's sandbox may",
		Reference: "https://developer.dnsimple.com/v2/identity/",
	},
	{
		Rules: []string{"pulumi-token"},
		URL:   "https://api.pulumi.com/api/user", Auth: "Authorization: token {secret}",
		Identity: []string{"githubLogin", "email"}, Doubt: "a Pulumi server of its owner may",
		Reference: "https://www.pulumi.com/docs/reference/cloud-rest-api/",
	},
	{
		Rules: []string{"terraform-cloud-token"},
		URL:   "https://app.terraform.io/api/v2/account/details", Auth: bearer,
		Identity: []string{"data.attributes.username", "data.attributes.email"}, Doubt: "a Terraform Enterprise server of its owner may",
		Reference: "https://developer.hashicorp.com/terraform/cloud-docs/api-docs/account",
	},
	{
		Rules: []string{"clerk-secret-key"},
		URL:   "https://api.clerk.com/v1/instance", Auth: bearer,
		Identity:  []string{"id", "environment_type"},
		Reference: "https://clerk.com/docs/reference/backend-api/tag/Instance-Settings",
	},
	{
		Rules: []string{"workos-key"},
		URL:   "https://api.workos.com/organizations?limit=1", Auth: bearer,
		Identity:  []string{"data.0.name"},
		Reference: "https://workos.com/docs/reference/organization/list",
	},
	{
		Rules: []string{"pinecone-key"},
		URL:   "https://api.pinecone.io/indexes", Auth: "Api-Key: {secret}",
		Header:    [][2]string{{"X-Pinecone-API-Version", "2024-07"}},
		Identity:  []string{"indexes.0.host"},
		Reference: "https://docs.pinecone.io/reference/api/latest/control-plane/list_indexes",
	},
}

var cloudflareRevoked = []Answer{{Status: 401}, {Status: 200, Path: "result.status", Value: "disabled"}, {Status: 200, Path: "result.status", Value: "expired"}}
