package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRails(t *testing.T) {
	archive := `
-- shop/config/application.rb --
require_relative "boot"
module Shop
  class Application < Rails::Application
    config.load_defaults 7.1
    config.action_dispatch.default_headers.delete("X-Frame-Options")
    config.middleware.insert_before 0, Rack::Cors do
      allow do
        origins '*'
        resource '/public/*', headers: :any, methods: [:get]
      end
      allow do
        origins 'https://a.example', /b\.example\z/
        resource '*', credentials: true
      end
    end
  end
end
-- shop/config/environments/production.rb --
Rails.application.configure do
  config.force_ssl = true # everywhere
  config.ssl_options = { hsts: { subdomains: true, preload: true, expires: 1.year }, redirect: { exclude: ->(request) { request.path == "/up" } } }
  config.action_dispatch.default_headers["Referrer-Policy"] = "no-referrer"
  config.server_timing = true if ENV["TIMING"]
end
-- shop/config/environments/development.rb --
Rails.application.configure do
  config.force_ssl = false
end
-- shop/config/initializers/content_security_policy.rb --
Rails.application.configure do
  config.content_security_policy do |policy|
    policy.default_src :self, :https
    policy.object_src  :none
    policy.script_src  :self, "https://cdn.example",
                       :unsafe_eval
    # policy.report_uri "/csp"
  end
  config.content_security_policy_nonce_generator = ->(request) { request.session.id.to_s }
  config.content_security_policy_nonce_directives = %w(script-src)
end
-- shop/config/initializers/permissions_policy.rb --
Rails.application.config.permissions_policy do |policy|
  policy.camera      :none
  policy.fullscreen  :self, "https://a.example"
end
-- shop/config/initializers/session_store.rb --
Rails.application.config.session_store :cookie_store, key: "_shop", secure: Rails.env.production?, same_site: :none
-- blog/config/application.rb --
class Application < Rails::Application
  config.api_only = true
end
-- blog/config/initializers/content_security_policy.rb --
# Rails.application.configure do
#   config.content_security_policy do |policy|
#     policy.default_src :self
#   end
# end
-- blog/config/environments/production.rb --
Rails.application.configure do
  config.force_ssl = ENV.fetch("FORCE_SSL", "true") == "true"
  if ENV["X"]
    config.assume_ssl = true
  end
end
`
	got := map[string][]string{}
	for _, s := range scopesOf(t, railsReader(), archive) {
		got[s.Place.Path] = effect(s, "force_ssl", "header", "content_security_policy", "permissions_policy", "session_store.cookie", "cors.origin", "cors.credentials",
			"server_timing", "assume_ssl", "api_only", "ssl_options.hsts.preload")
	}
	want := map[string][]string{
		"shop/config/application.rb": {
			"cors.origin=*", "cors.origin~origins 'https://a.example', /b\\.example\\z/[match vary]", "cors.credentials=true",
			"force_ssl=true", "ssl_options.hsts.preload=true", "server_timing=true",
			"content_security_policy=true", "permissions_policy=true",
			"session_store.cookie=_shop=(value); Path=/; HttpOnly; Secure; SameSite=None[append session]",
			"header X-Frame-Options=SAMEORIGIN (default)", "header X-Xss-Protection=0 (default)", "header X-Content-Type-Options=nosniff (default)",
			"header X-Permitted-Cross-Domain-Policies=none (default)", "header Referrer-Policy=strict-origin-when-cross-origin (default)",
			"header X-Frame-Options=<nil>[remove]", "header Referrer-Policy=no-referrer",
			"force_ssl=max-age=31556952; includeSubDomains; preload",
			"permissions_policy=camera 'none'; fullscreen 'self' https://a.example",
			"content_security_policy=default-src 'self' https:; object-src 'none'; script-src 'self' https://cdn.example 'unsafe-eval' 'nonce-differsInEveryAnswer'",
		},
		"blog/config/application.rb": {
			"api_only=true", "force_ssl~config.force_ssl = ENV.fetch(\"FORCE_SSL\", \"true\") == \"true\"",
			"assume_ssl~config.assume_ssl = true",
			"header X-Frame-Options=SAMEORIGIN (default)", "header X-Xss-Protection=0 (default)", "header X-Content-Type-Options=nosniff (default)",
			"header X-Permitted-Cross-Domain-Policies=none (default)", "header Referrer-Policy=strict-origin-when-cross-origin (default)",
			"force_ssl~config.force_ssl = ENV.fetch(\"FORCE_SSL\", \"true\") == \"true\"",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
