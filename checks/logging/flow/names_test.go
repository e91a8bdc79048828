package flow

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCredentialName(t *testing.T) {
	for want, names := range map[Certainty][]string{
		IsCredential: {"DATABASE_URL", "SQLALCHEMY_DATABASE_URI", "mongoUri", "password", "DB_PASSWORD", "dbPassword", "user_passwd", "api_key", "apiKey", "X-Api-Key", "secret_key", "AWS_SECRET_ACCESS_KEY",
			"client_secret", "access_token", "refreshToken", "jwt", "HTTP_AUTHORIZATION", "authorization_header", "db_pass", "smtp_pwd",
			"private_key", "new_password", "reset_token", "access_tokens", "GITHUB_TOKEN"},
		IfAuth: {"token", "some_token"},
		NotCredential: {"", "key", "url", "redirect_uri", "masked_database_url", "db_url_host", "public_key", "primary_key", "password_hash", "password_field", "hashed_password", "token_type", "token_count", "next_token",
			"next_page_token", "tokens", "max_tokens", "secret_name", "secrets", "password_reset_url_name", "password_file", "token_url", "has_password",
			"is_secret", "get_token", "reset_password_url", "pwd", "passed", "pass", "author", "authorization", "authorization_url", "encrypted_password", "keyboard", "monkey",
			"access_key_id", "cancellation_token", "eos_token"},
	} {
		for _, name := range names {
			if got := CredentialName(name); got != want {
				t.Errorf("%s: Certainty %d, want %d", name, got, want)
			}
		}
	}
}

func TestNameWords(t *testing.T) {
	got := [][]string{NameWords("dbPassword"), NameWords("DB_PASSWORD"), NameWords("X-Api-Key"), NameWords("__a__"), NameWords("HTTPServer")}
	want := [][]string{{"db", "password"}, {"db", "password"}, {"x", "api", "key"}, {"a"}, {"httpserver"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
