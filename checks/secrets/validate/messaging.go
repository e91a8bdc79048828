package validate

import "net/http"

// messaging are chat, mail, telephony and customer messaging.
var messaging = []Call{
	{
		// Every answer has status 200. invalid_auth is also said to addresses that the workspace does not allow.
		Rules: []string{"slack-bot-token", "slack-user-token", "slack-app-token"}, Prefixes: []string{"xoxb-", "xoxp-", "xoxa-", "xapp-"},
		Method: http.MethodPost, URL: "https://slack.com/api/auth.test", Auth: bearer,
		Active: []Answer{{Status: 200, Path: "ok", Value: "true"}},
		Revoked: []Answer{{Status: 200, Path: "error", Value: "invalid_auth"}, {Status: 200, Path: "error", Value: "token_revoked"},
			{Status: 200, Path: "error", Value: "token_expired"}, {Status: 200, Path: "error", Value: "account_inactive"}},
		Identity: []string{"team", "user"}, Scopes: "header X-OAuth-Scopes",
		Reference: "https://docs.slack.dev/reference/methods/auth.test",
	},
	{
		Rules: []string{"discord-bot-token", "discord-bot-login"},
		URL:   "https://discord.com/api/v10/users/@me", Auth: "Authorization: Bot {secret}",
		Identity: []string{"username", "id"}, Doubt: "it may be a person's own token, which cannot be asked about as a bot's",
		Reference: "https://discord.com/developers/docs/resources/user#get-current-user",
	},
	{
		Rules:     []string{"telegram-bot-token", "telegram-keyed-token"},
		URL:       "https://api.telegram.org/bot{secret}/getMe",
		Active:    []Answer{{Status: 200, Path: "ok", Value: "true"}},
		Identity:  []string{"result.username"},
		Reference: "https://core.telegram.org/bots/api#getme",
	},
	{
		Rules: []string{"sendgrid-key"},
		URL:   "https://api.sendgrid.com/v3/scopes", Auth: bearer,
		Scopes:    "scopes",
		Reference: "https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions/retrieve-a-list-of-scopes-for-which-this-user-has-access",
	},
	{
		Rules: []string{"mailgun-key", "mailgun-token"},
		URL:   "https://api.mailgun.net/v3/domains?limit=1", Auth: "Authorization: Basic api:{secret}",
		Identity: []string{"items.0.name"}, Doubt: "it may be a key that can do nothing but send",
		Reference: "https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/domains/get-v3-domains",
	},
	{
		Rules: []string{"mailchimp-key"}, Region: mailchimpRegion,
		URL: "https://{region}.api.mailchimp.com/3.0/", Auth: "Authorization: Basic any:{secret}",
		Identity:  []string{"account_name", "email"},
		Reference: "https://mailchimp.com/developer/marketing/api/root/list-api-root-resources/",
	},
	{
		// Status 401 is also the answer to an address that the account does not know.
		Rules: []string{"brevo-key"}, Prefixes: []string{"xkeysib-"},
		URL: "https://api.brevo.com/v3/account", Auth: "api-key: {secret}",
		Revoked:   []Answer{{Status: 401, Text: "key not found"}},
		Identity:  []string{"companyName", "email"},
		Reference: "https://developers.brevo.com/reference/getaccount",
	},
	{
		Rules: []string{"resend-key"},
		URL:   "https://api.resend.com/domains", Auth: bearer,
		Active:    []Answer{{Status: 200}, {Status: 401, Path: "name", Value: "restricted_api_key"}},
		Revoked:   []Answer{{Status: 403, Path: "name", Value: "invalid_api_key"}, {Status: 400, Text: "API key is invalid"}, {Status: 401, Text: "API key is invalid"}},
		Identity:  []string{"data.0.name"},
		Reference: "https://resend.com/docs/api-reference/errors",
	},
	{
		Rules: []string{"postmark-token"},
		URL:   "https://api.postmarkapp.com/server", Auth: "X-Postmark-Server-Token: {secret}",
		Identity: []string{"Name"}, Doubt: "it may be the token of an account and not of a server",
		Reference: "https://postmarkapp.com/developer/api/server-api",
	},
	{
		Rules: []string{"mailersend-token"},
		URL:   "https://api.mailersend.com/v1/api-quota", Auth: bearer,
		Reference: "https://developers.mailersend.com/api/v1/api-quota.html",
	},
	{
		Rules: []string{"klaviyo-private-key"},
		URL:   "https://a.klaviyo.com/api/accounts/", Auth: "Authorization: Klaviyo-API-Key {secret}",
		Header:    [][2]string{{"revision", "2024-10-15"}},
		Active:    []Answer{{Status: 200}, {Status: 403, Path: "errors.0.code", Value: "permission_denied"}},
		Identity:  []string{"data.0.attributes.contact_information.organization_name"},
		Reference: "https://developers.klaviyo.com/en/reference/get_accounts",
	},
	{
		Rules: []string{"loops-key"},
		URL:   "https://app.loops.so/api/v1/api-key", Auth: bearer,
		Identity:  []string{"teamName"},
		Reference: "https://loops.so/docs/api-reference/api-key",
	},
	{
		Rules: []string{"intercom-access-token"},
		URL:   "https://api.intercom.io/me", Auth: bearer,
		Identity: []string{"app.name", "email"}, Doubt: "another region of Intercom may",
		Reference: "https://developers.intercom.com/docs/references/rest-api/api.intercom.io/admins/identifyadmin",
	},
	{
		Rules: []string{"pushbullet-token"},
		URL:   "https://api.pushbullet.com/v2/users/me", Auth: "Access-Token: {secret}",
		Identity:  []string{"email"},
		Reference: "https://docs.pushbullet.com/#get-user",
	},
	{
		Rules: []string{"dailyco-key"},
		URL:   "https://api.daily.co/v1/", Auth: bearer,
		Identity:  []string{"domain_name"},
		Reference: "https://docs.daily.co/reference/rest-api/your-domain/get-domain-config",
	},
	{
		Rules: []string{"hunter-key"},
		URL:   "https://api.hunter.io/v2/account", Auth: "X-API-KEY: {secret}",
		Identity:  []string{"data.email"},
		Reference: "https://hunter.io/api-documentation/v2#account",
	},
}
