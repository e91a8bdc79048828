package validate

// payments are payments, shops and shipping.
var payments = []Call{
	{
		// A restricted key may lack the permission to read the account; that it is told so proves it.
		Rules: []string{"stripe-secret-key", "stripe-test-key"}, Prefixes: []string{"sk_live_", "rk_live_", "sk_test_", "rk_test_"},
		URL: "https://api.stripe.com/v1/account", Auth: bearer,
		Active:    []Answer{{Status: 200}, {Status: 403, Text: "does not have the required permissions"}},
		Identity:  []string{"id", "settings.dashboard.display_name"},
		Reference: "https://docs.stripe.com/api/accounts/retrieve",
	},
	{
		Rules: []string{"square-access-token", "square-keyed-token"},
		URL:   "https://connect.squareup.com/v2/merchants/me", Auth: bearer,
		Active:   []Answer{{Status: 200}, {Status: 403, Path: "errors.0.code", Value: "INSUFFICIENT_SCOPES"}},
		Identity: []string{"merchant.business_name", "merchant.id"}, Doubt: "Square's sandbox may",
		Reference: "https://developer.squareup.com/reference/square/merchants-api/retrieve-merchant",
	},
	{
		Rules: []string{"paystack-secret-key"},
		URL:   "https://api.paystack.co/balance", Auth: bearer,
		Reference: "https://paystack.com/docs/api/transfer-control/#balance",
	},
	{
		Rules: []string{"paddle-key"},
		URL:   "https://api.paddle.com/event-types", Auth: bearer,
		Active:    []Answer{{Status: 200}, {Status: 403, Path: "error.code", Value: "forbidden"}},
		Revoked:   []Answer{{Status: 403, Path: "error.code", Value: "invalid_token"}},
		Reference: "https://developer.paddle.com/errors/shared/invalid_token",
	},
	{
		Rules: []string{"easypost-key"}, Prefixes: []string{"EZAK"},
		URL: "https://api.easypost.com/v2/users", Auth: "Authorization: Basic {secret}:",
		Identity:  []string{"name", "email"},
		Reference: "https://docs.easypost.com/docs/users",
	},
	{
		Rules: []string{"shippo-token"},
		URL:   "https://api.goshippo.com/addresses?results=1", Auth: "Authorization: ShippoToken {secret}",
		Reference: "https://docs.goshippo.com/shippoapi/public-api/addresses/listaddresses",
	},
	{
		Rules: []string{"duffel-token"},
		URL:   "https://api.duffel.com/air/airlines?limit=1", Auth: bearer,
		Header:    [][2]string{{"Duffel-Version", "v2"}},
		Reference: "https://duffel.com/docs/api/v2/airlines/get-airlines",
	},
	{
		Rules: []string{"lob-key"},
		URL:   "https://api.lob.com/v1/addresses?limit=1", Auth: "Authorization: Basic {secret}:",
		Reference: "https://docs.lob.com/#tag/Addresses/operation/addresses_list",
	},
	{
		Rules: []string{"gumroad-token"},
		URL:   "https://api.gumroad.com/v2/user", Auth: bearer,
		Identity:  []string{"user.email", "user.name"},
		Reference: "https://gumroad.com/api#get-/user",
	},
	{
		Rules: []string{"ynab-token"},
		URL:   "https://api.ynab.com/v1/user", Auth: bearer,
		Identity:  []string{"data.user.id"},
		Reference: "https://api.ynab.com/v1#/User/getUser",
	},
	{
		Rules: []string{"patreon-token"},
		URL:   "https://www.patreon.com/api/oauth2/v2/identity", Auth: bearer,
		Identity:  []string{"data.id"},
		Reference: "https://docs.patreon.com/#get-api-oauth2-v2-identity",
	},
	{
		Rules: []string{"samsara-token"},
		URL:   "https://api.samsara.com/me", Auth: bearer,
		Identity: []string{"data.name"}, Doubt: "another region of Samsara may",
		Reference: "https://developers.samsara.com/reference/getorganizationinfo",
	},
}
