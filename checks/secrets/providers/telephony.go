package providers

import (
	"hardcheck/checks"
	"hardcheck/checks/secrets/scan"
)

// telephony are the keys of telephony services.
var telephony = []scan.Rule{
	{
		ID: "telnyx-key", Title: "Telnyx API key",
		Opens:    "sends messages and places calls at the account's cost",
		Severity: checks.Critical, Reference: "https://developers.telnyx.com/development/api-fundamentals/authentication",
		Revoke:  "Telnyx portal > API keys",
		Anchors: []string{"KEY"}, Tail: "[0-9A-F]{32}_[0-9A-Za-z]{22}",
		Entropy:    3.5,
		Examples:   []string{"K<+>EYBA24FFA875EEEB24DC855E05941AC360_IazorGSMcZcOxDfiUiMY2h"},
		NearMisses: []string{"xK<+>EYA436BD9A161184401361E0587B634C7C_iqk7jgWhaW8w5afP7VZXQ4", "K<+>EY0288EC917E08AFDF68A1ED7F68D2F38_Ee1ZG2YlUgKVcPXEwMkuTX", "K<+>EY426910A0CD66B023g62E1D4EDD715A36_8FfEkQd0QQNMBv06v6XvDg"},
	},
	{
		ID: "signalwire-token", Title: "SignalWire API token",
		Opens:    "sends messages and places calls at the account's cost",
		Severity: checks.High, Reference: "https://developer.signalwire.com/platform/dashboard/getting-started/your-signalwire-api-space/",
		Revoke:  "SignalWire dashboard > API credentials",
		Anchors: []string{"PT"}, Tail: "[0-9a-f]{48}",
		Entropy:    3,
		Examples:   []string{"P<+>T44bc3771d611eec09f6d9912b30817e3ef31d40df4430d88"},
		NearMisses: []string{"xP<+>T2ceedbfd8812273a8584e182386851e16c0886ace07ff602", "P<+>T053cfaae6c4538b03b485027e8a391a85c9ee0b2f12bae7", "P<+>Tb61a7e6e665b4a59c330a250g1939f81fe0664f2a6f5241a"},
	},
	{
		ID: "africastalking-key", Title: "Africa's Talking API key",
		Opens:    "sends messages and places calls at the account's cost",
		Severity: checks.High, Reference: "https://developers.africastalking.com/docs/authentication",
		Revoke:  "Africa's Talking > Settings > API key",
		Anchors: []string{"atsk_"}, Tail: "[0-9a-f]{64,80}",
		Entropy:    3,
		Examples:   []string{"at<+>sk_8ff716cfded8ad3ff8230cb6f1ef2d634beaf3d708b7ea7502f2be3dfe73de5bb"},
		NearMisses: []string{"xat<+>sk_3016d75c5ca2f180b467a129ce8fc1a211a9959e8569c2a13ae916a7b864c2155bbd659b11954c", "at<+>sk_f2cf05a177266e53288d3cc8214e3214b182d6bc2f2ec21282f0802de91e3b3", "at<+>sk_a44545b5e2a8354226c3c6e2fec16f21d2ae7b7g53faf7476a45b60ce784e22edbe88a023cde41"},
	},
	{
		ID: "retell-key", Title: "Retell AI API key",
		Opens:    "places calls at the account's cost",
		Severity: checks.High, Reference: "https://docs.retellai.com/accounts/manage-api-keys",
		Revoke:  "Retell AI dashboard > Keys",
		Anchors: []string{"key_"}, Tail: "[0-9a-f]{28}",
		Entropy:    3,
		Examples:   []string{"ke<+>y_1f2834731edef10a1b95064a7a48"},
		NearMisses: []string{"xke<+>y_68575c3665c75624b01728be6c79", "ke<+>y_82de18c631e11eefe768977755b", "ke<+>y_c0f567009775bfg8a993e325975a"},
	},
	{
		ID: "lob-publishable-key", Title: "Lob publishable key",
		Opens:    "verifies addresses at the account's cost",
		Severity: checks.Low, Reference: "https://docs.lob.com/#tag/Authentication",
		Revoke:  "Lob dashboard > Settings > API keys",
		Anchors: []string{"live_pub_", "test_pub_"}, Tail: "[0-9a-f]{31}",
		Entropy:    3,
		Examples:   []string{"live<+>_pub_ae5cd9e275505747c58a4c7c782dc49", "test<+>_pub_cdc679a4948ec8d17349811afc5f7fb"},
		NearMisses: []string{"xlive<+>_pub_86f4f454567425c244b7ecfa4451df2", "live<+>_pub_b28aaedfaf5ccf62056db8b0f2edd3", "live<+>_pub_bf22dc6da18f4deg94642be857003cc"},
	},
	{
		ID: "lob-key", Title: "Lob API key",
		Opens:    "prints and sends letters at the account's cost",
		Severity: checks.High, Reference: "https://docs.lob.com/#tag/Authentication",
		Revoke:  "Lob dashboard > Settings > API keys",
		Anchors: []string{"live_", "test_"}, Tail: "[0-9a-f]{35}",
		Entropy:    3,
		Examples:   []string{"li<+>ve_48b128f2a7278568a6ebbf5aec28feb3194", "te<+>st_1b222b1d9be44a53d7dfb9d1636c873477d"},
		NearMisses: []string{"xli<+>ve_ef7544facf729d6cfc3e847a8475d2783e7", "li<+>ve_d8d19793433af4390f744f48d8c89475c1", "li<+>ve_9239271a204181f9fg5f7d6c447a0cef4fd"},
	},
}
