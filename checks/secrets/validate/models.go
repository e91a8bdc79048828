package validate

import "net/http"

// models are providers of language, speech and image models, and what serves them.
var models = []Call{
	{
		// Keys of a project may lack the permission to list models, and keys may be bound to addresses: both is told apart.
		Rules: []string{"openai-key", "openai-project-key"}, Not: []string{"sk-admin-"},
		URL: "https://api.openai.com/v1/models", Auth: bearer,
		Active:    []Answer{{Status: 200}, {Status: 403, Text: "missing scopes"}, {Status: 401, Text: "missing scopes"}},
		Revoked:   []Answer{{Status: 401, Path: "error.code", Value: "invalid_api_key"}, {Status: 401, Path: "error.code", Value: "account_deactivated"}},
		Reference: "https://platform.openai.com/docs/api-reference/models/list",
	},
	{
		Rules: []string{"anthropic-key"}, Prefixes: []string{"sk-ant-api03-"},
		URL: "https://api.anthropic.com/v1/models?limit=1", Auth: "x-api-key: {secret}",
		Header:    [][2]string{{"anthropic-version", "2023-06-01"}},
		Reference: "https://docs.anthropic.com/en/api/models-list",
	},
	{
		Rules: []string{"anthropic-key"}, Prefixes: []string{"sk-ant-admin01-"},
		URL: "https://api.anthropic.com/v1/organizations/me", Auth: "x-api-key: {secret}",
		Header:    [][2]string{{"anthropic-version", "2023-06-01"}},
		Identity:  []string{"name"},
		Reference: "https://docs.anthropic.com/en/api/admin-api/organization/get-me",
	},
	{
		Rules: []string{"hugging-face-token", "hugging-face-organization-token"},
		URL:   "https://huggingface.co/api/whoami-v2", Auth: bearer,
		Identity: []string{"name", "email"}, Scopes: "auth.accessToken.role",
		Reference: "https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.whoami",
	},
	{
		Rules: []string{"groq-key"},
		URL:   "https://api.groq.com/openai/v1/models", Auth: bearer,
		Reference: "https://console.groq.com/docs/api-reference#models-list",
	},
	{
		Rules: []string{"replicate-token"},
		URL:   "https://api.replicate.com/v1/account", Auth: bearer,
		Identity:  []string{"username", "name"},
		Reference: "https://replicate.com/docs/reference/http#account.get",
	},
	{
		Rules: []string{"openrouter-key"},
		URL:   "https://openrouter.ai/api/v1/key", Auth: bearer,
		Reference: "https://openrouter.ai/docs/api-reference/limits",
	},
	{
		Rules: []string{"mistral-key"},
		URL:   "https://api.mistral.ai/v1/models", Auth: bearer,
		Reference: "https://docs.mistral.ai/api/#tag/models",
	},
	{
		Rules:  []string{"cohere-key"},
		Method: http.MethodPost, URL: "https://api.cohere.com/v1/check-api-key", Auth: bearer,
		Active:    []Answer{{Status: 200, Path: "valid", Value: "true"}},
		Revoked:   []Answer{{Status: 401}, {Status: 200, Path: "valid", Value: "false"}},
		Identity:  []string{"organization_id", "owner_id"},
		Reference: "https://docs.cohere.com/reference/check-api-key",
	},
	{
		// Status 401 is also the answer to a key without the permission to read its user.
		Rules: []string{"elevenlabs-key"},
		URL:   "https://api.elevenlabs.io/v1/user", Auth: "xi-api-key: {secret}",
		Active:    []Answer{{Status: 200}, {Status: 401, Path: "detail.status", Value: "missing_permissions"}},
		Revoked:   []Answer{{Status: 401, Path: "detail.status", Value: "invalid_api_key"}},
		Identity:  []string{"user_id", "first_name"},
		Reference: "https://elevenlabs.io/docs/api-reference/user/get",
	},
	{
		Rules: []string{"deepgram-key"},
		URL:   "https://api.deepgram.com/v1/projects", Auth: "Authorization: Token {secret}",
		Revoked:   []Answer{{Status: 401, Path: "err_code", Value: "INVALID_AUTH"}},
		Identity:  []string{"projects.0.name"},
		Reference: "https://developers.deepgram.com/reference/manage/projects/list",
	},
	{
		Rules: []string{"assemblyai-key"},
		URL:   "https://api.assemblyai.com/v2/transcript?limit=1", Auth: "Authorization: {secret}",
		Reference: "https://www.assemblyai.com/docs/api-reference/transcripts/list",
	},
	{
		Rules: []string{"together-key", "together-bare-key"},
		URL:   "https://api.together.xyz/v1/models", Auth: bearer,
		Reference: "https://docs.together.ai/reference/models-1",
	},
	{
		Rules: []string{"xai-key"},
		URL:   "https://api.x.ai/v1/api-key", Auth: bearer,
		Revoked: []Answer{{Status: 200, Path: "api_key_disabled", Value: "true"}, {Status: 200, Path: "api_key_blocked", Value: "true"},
			{Status: 400, Text: "incorrect api key"}, {Status: 401}},
		Identity: []string{"name", "team_id"}, Scopes: "acls",
		Reference: "https://docs.x.ai/docs/api-reference#api-key",
	},
	{
		Rules: []string{"cerebras-key"},
		URL:   "https://api.cerebras.ai/v1/models", Auth: bearer,
		Reference: "https://inference-docs.cerebras.ai/api-reference/models",
	},
	{
		Rules: []string{"runpod-key"},
		URL:   "https://rest.runpod.io/v1/pods", Auth: bearer,
		Reference: "https://docs.runpod.io/api-reference/pods/GET/pods",
	},
	{
		Rules: []string{"tavily-key"},
		URL:   "https://api.tavily.com/usage", Auth: bearer,
		Identity:  []string{"account.current_plan"},
		Reference: "https://docs.tavily.com/documentation/api-reference/endpoint/usage",
	},
	{
		Rules: []string{"firecrawl-key"},
		URL:   "https://api.firecrawl.dev/v1/team/credit-usage", Auth: bearer,
		Doubt:     "a Firecrawl server of its owner may",
		Reference: "https://docs.firecrawl.dev/api-reference/v1-endpoint/credit-usage",
	},
	{
		Rules: []string{"deepl-free-key"},
		URL:   "https://api-free.deepl.com/v2/usage", Auth: "Authorization: DeepL-Auth-Key {secret}",
		Revoked:   []Answer{{Status: 403}},
		Reference: "https://developers.deepl.com/api-reference/usage-and-quota",
	},
	{
		Rules: []string{"deepl-key"},
		URL:   "https://api.deepl.com/v2/usage", Auth: "Authorization: DeepL-Auth-Key {secret}",
		Revoked:   []Answer{{Status: 403}},
		Reference: "https://developers.deepl.com/api-reference/usage-and-quota",
	},
	{
		Rules:     []string{"serpapi-key"},
		URL:       "https://serpapi.com/account.json?api_key={secret}",
		Identity:  []string{"account_email"},
		Reference: "https://serpapi.com/account-api",
	},
}
