package validate

// content are content management, maps, media and social networks.
var content = []Call{
	{
		Rules:  []string{"mapbox-secret-token"},
		URL:    "https://api.mapbox.com/tokens/v2?access_token={secret}",
		Active: []Answer{{Status: 200, Path: "code", Value: "TokenValid"}},
		Revoked: []Answer{{Status: 200, Path: "code", Value: "TokenInvalid"}, {Status: 200, Path: "code", Value: "TokenExpired"},
			{Status: 200, Path: "code", Value: "TokenRevoked"}},
		Identity:  []string{"token.user"},
		Reference: "https://docs.mapbox.com/api/accounts/tokens/#retrieve-a-token",
	},
	{
		Rules: []string{"contentful-management-token"},
		URL:   "https://api.contentful.com/users/me", Auth: bearer,
		Identity: []string{"firstName", "email"}, Doubt: "the European region of Contentful may",
		Reference: "https://www.contentful.com/developers/docs/references/content-management-api/#/reference/users",
	},
	{
		Rules: []string{"webflow-token"},
		URL:   "https://api.webflow.com/v2/token/introspect", Auth: bearer,
		Identity: []string{"application.displayName"}, Scopes: "authorization.scope",
		Reference: "https://developers.webflow.com/data/reference/token/introspect",
	},
	{
		Rules: []string{"sanity-token"},
		URL:   "https://api.sanity.io/v2021-06-07/users/me", Auth: bearer,
		Identity:  []string{"name", "email"},
		Reference: "https://www.sanity.io/docs/http-reference/users",
	},
	{
		Rules: []string{"vimeo-token"},
		URL:   "https://api.vimeo.com/me", Auth: bearer,
		Identity:  []string{"name"},
		Reference: "https://developer.vimeo.com/api/reference/users#get_user",
	},
	{
		Rules: []string{"wistia-token"},
		URL:   "https://api.wistia.com/v1/account.json", Auth: bearer,
		Identity:  []string{"name"},
		Reference: "https://docs.wistia.com/reference/get_account",
	},
	{
		// Code 190 is a token that is no longer valid, whatever made it so.
		Rules: []string{"facebook-access-token"},
		URL:   "https://graph.facebook.com/v19.0/me?fields=id,name", Auth: bearer,
		Revoked:   []Answer{{Status: 400, Path: "error.code", Value: "190"}, {Status: 401, Path: "error.code", Value: "190"}},
		Identity:  []string{"name", "id"},
		Reference: "https://developers.facebook.com/docs/graph-api/guides/error-handling/",
	},
	{
		Rules: []string{"pinterest-access-token"}, Prefixes: []string{"pina_"},
		URL: "https://api.pinterest.com/v5/user_account", Auth: bearer,
		Identity:  []string{"username"},
		Reference: "https://developers.pinterest.com/docs/api/v5/user_account-get",
	},
	{
		Rules: []string{"lichess-token"},
		URL:   "https://lichess.org/api/account", Auth: bearer,
		Identity:  []string{"username"},
		Reference: "https://lichess.org/api#tag/Account/operation/accountMe",
	},
	{
		Rules: []string{"discogs-token"},
		URL:   "https://api.discogs.com/oauth/identity", Auth: "Authorization: Discogs token={secret}",
		Identity:  []string{"username"},
		Reference: "https://www.discogs.com/developers/#page:user-identity",
	},
	{
		Rules: []string{"bitly-token"},
		URL:   "https://api-ssl.bitly.com/v4/user", Auth: bearer,
		Revoked:   []Answer{{Status: 403, Path: "message", Value: "FORBIDDEN"}},
		Identity:  []string{"login", "name"},
		Reference: "https://dev.bitly.com/api-reference#getUser",
	},
}
