package providers

import (
	"hardcheck/checks"
	"hardcheck/checks/secrets/scan"
)

// crm are the tokens of customer relations, support and sales services.
var crm = []scan.Rule{
	{
		ID: "salesforce-access-token", Title: "Salesforce access token",
		Opens:    "reads and writes the records that the user can",
		Severity: checks.Critical, Reference: "https://help.salesforce.com/s/articleView?id=sf.remoteaccess_access_tokens.htm",
		Revoke:  "Salesforce > Setup > Session management",
		Anchors: []string{"00D"}, Tail: `[0-9A-Za-z]{12}![\w.]{90,110}|[0-9A-Za-z]{15}![\w.]{90,110}`,
		Entropy:    3.5,
		Examples:   []string{"0<+>0D0i4M9vyLx213!QjuhnN8TTIw1xvsVbsPiYo5clYhg0QZsO7gNJxe3s4oyJYq0wUqY7J2LwVFztmfYv9wj5YZ3u9sIIw0QFFZFSryMXPuPH97f26EGI2s", "0<+>0D2oEl2NswbqD33l5!QecJecC5cliLMJQZtoegns8mgnjzR5J4kocz0IX1MrLr4c9uGg8Chcohwb8s9OuhYCbnCFImual3GDuBI8fQUZSSDMjFGOgb6Ob"},
		NearMisses: []string{"x0<+>0DAzKPYGboBQJr!dtbBYV4FZBB8ITkSDnZOlOO7cSALyv6AmygGHtn6bHg1sKzqHEXfq4RWqybCu7HCBX7UcA3LstzOZ4GmGXYbhfEIsd", "0<+>0D8GektUrkpUWi!iiLGGsrQFbHQD0BN4KRFG41hbFjK9ehzmxLWftGI2y1p2RMEnUBSiVkqkqFJSKg1MOVIDtBKG9Ro0WXOyOlKxKX"},
	},
	{
		ID: "salesforce-refresh-token", Title: "Salesforce refresh token",
		Opens:    "gets access tokens of the user",
		Severity: checks.Critical, Reference: "https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_refresh_token_flow.htm",
		Revoke:  "Salesforce > Setup > Connected apps OAuth usage",
		Anchors: []string{"5Aep861"}, Tail: `[\w.]{60,90}`,
		Entropy:    3.5,
		Examples:   []string{"5Ae<+>p861WpL63XxNEIs3gA6lVE976lrhAiJb0qTDvv2oXKkneAOL6dQ0YlegDzFNhDOtZpqAg9M"},
		NearMisses: []string{"x5Ae<+>p861SbCEftpw7IzA4I3uakITCvzeRrspcPesMy0SomdgtYoDMWbfheEK8b4voqavyvGndejKBU9bfPqMlZon5lREXFj", "5Ae<+>p861fTnOI3ruyq9rbxEr3XETyTaOSoAwpLhWYI3UlTrCdbp6iTG8te21CpA2oN0"},
	},
	{
		ID: "salesforce-consumer-key", Title: "Salesforce consumer key",
		Opens:    "names the connected app; its secret belongs to it",
		Severity: checks.Low, Reference: "https://help.salesforce.com/s/articleView?id=sf.connected_app_rotate_consumer_details.htm",
		Revoke:  "Salesforce > Setup > App manager",
		Anchors: []string{"3MVG9"}, Tail: `[\w.]{76,84}`,
		Entropy:    3.5,
		Examples:   []string{"3M<+>VG95zZVvX8u1yEtqraJjK1qBNlCXwrHJjo0QBBiuqk0kEtqbQTLa4mMmbxdeCFF7UMRxr5AV0cr541yL6aN54"},
		NearMisses: []string{"x3M<+>VG9EtUWjuWRyYZOYwHtkDLPx40uaxIZOwdVOH4m3hemr5HowBbxLGxnjJOmlUrOVn1rcTGDTR1DTC0e", "3M<+>VG9sKhuMbPg8JplM9GuvIdm9cASSZdwLVGGOiC12nnaL8FU3YfGKaI6moQHX9QKii7pCK6jwELZLCP"},
	},
	{
		ID: "zoho-token", Title: "Zoho access or refresh token",
		Opens:    "reads and writes the records it covers",
		Severity: checks.High, Reference: "https://www.zoho.com/accounts/protocol/oauth/multi-dc.html",
		Revoke:  "Zoho accounts > Sessions > Connected apps",
		Anchors: []string{"1000."}, Tail: `[0-9a-f]{32}\.[0-9a-f]{32}`,
		Entropy:    3,
		Examples:   []string{"10<+>00.ff7680e371a9e9c96eb52f7f1a2edbc1.8d82b861902764c2b494fc95c6460b56"},
		NearMisses: []string{"x10<+>00.f60e835e62e5f2c5b523374f32442b20.c36a1afb34f127b2d2a1f27f0f0258c6", "10<+>00.b0d3f0a9b878137ae18e850d4b87ffa.51b090c890fbd6c98b49c8684897daf8", "10<+>00.8709cd11079208cfg8b1e70d590e98bf.0f669742429e216178aca395148cbba8"},
	},
	{
		ID: "close-key", Title: "Close API key",
		Opens:    "reads and writes the leads",
		Severity: checks.High, Reference: "https://developer.close.com/topics/authentication/",
		Revoke:  "Close > Settings > Developer > API keys",
		Anchors: []string{"api_"}, Tail: `[0-9A-Za-z]{22}\.[0-9A-Za-z]{22}`,
		Entropy:    3.5,
		Examples:   []string{"ap<+>i_jcEAo9UiRaWeYcGSDabtVq.eI6QYU1EwYywF3yd3q6Kzf"},
		NearMisses: []string{"xap<+>i_68Iwg1hcSXSSMPsp0NBP2W.rvaGbbACNPfjP6hAV5cmS8", "ap<+>i_UH2FFHPIWMiGkdxg6Hufj.OuVy16aBMA6fAdRW9WJquI"},
	},
	{
		ID: "keap-key", Title: "Keap access key",
		Opens:    "reads and writes the contacts",
		Severity: checks.High, Reference: "https://developer.infusionsoft.com/pat-and-sak/",
		Revoke:  "Keap > Settings > API",
		Anchors: []string{"KeapAK-"}, Tail: "[0-9a-f]{60,70}",
		Entropy:    3,
		Examples:   []string{"Kea<+>pAK-23e97cbff990f91a6a245ec5b036e0727db811900bd0bd6daa90a3a2fa085ed2"},
		NearMisses: []string{"xKea<+>pAK-69fbd34a156d063d3bc7f40e5f54d317afedff105b216bb25a485d4ad87655a1f967d7", "Kea<+>pAK-e3e6b55866cc37120e491e756389bb51ae7e4a4e2dbd79f323d52f6fef0", "Kea<+>pAK-9c96c9c04244b1bc6bbb2f06d6b3634g74986386eecf95f665b4455445f931d"},
	},
	{
		ID: "hubspot-service-key", Title: "HubSpot developer token",
		Opens:    "builds and deploys the apps of the account",
		Severity: checks.High, Reference: "https://developers.hubspot.com/docs/developer-tooling/local-development/hubspot-cli/personal-access-key",
		Revoke:  "HubSpot > Development > Keys > Personal access key",
		Anchors: []string{"CiRuYTEt", "CiRldTEt"}, Tail: "[0-9A-Za-z+/_-]{100,600}={0,2}",
		Entropy:    3.5,
		Examples:   []string{"CiRu<+>YTEt1dwOOp288RSY6bRT54Kw5aIZ181ziPyTbkAsq04CqjOd7ZhiI4vf7zgxdDlOuibssNUJWkECHFNkpL03yziGfkoYQERzGwUn2BAi", "CiRl<+>dTEt3ecWGwCzsUXgeyUTQ94HaU1PTRJmKEZUgDyFwxl1JpJjBDyDzbKfwNIPzS5TBGGh6lfzyJGvBHqmKeBbHGsKS20Deb0pX6CN4Q4i"},
		NearMisses: []string{"xCiRu<+>YTEt1lpqkAbZnPMKMQH8uXAfy9ODBISatn87drvzZNOQNvAqOAhh81htuL7PSVltMSe0x7p5/kk4TM9o38CreWvzXgZS9gai2h6vjcDr", "CiRu<+>YTEt72mvAUxUHHVEpYOjAv9xJewlBeG1PYmmAwZ2CgwoLBFnx2BtVRSYBtiyozvLlIBvHCfGKoZk5nJEzrus4idcM4RQ9H2oAEG5Pl1"},
	},
}
