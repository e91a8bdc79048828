package logging

import "testing"

func TestForDevelopment(t *testing.T) {
	for path, want := range map[string]bool{
		"shop/settings/dev.py":           true,
		"shop/local_settings.py":         true,
		"docker-compose.override.yml":    true,
		"docker-compose.dev.yml":         true,
		"compose.test.yaml":              true,
		".env.example":                   true,
		".env.development":               true,
		"tests/app.py":                   true,
		".devcontainer/compose.yaml":     true,
		"Dockerfile.dev":                 true,
		"shop/settings.py":               false,
		"shop/settings/production.py":    false,
		".env":                           false,
		".env.production":                false,
		"docker-compose.yml":             false,
		"deploy/device/settings.py":      false,
		"protest/latest/contest.service": false,
		"a.service.d/override.conf":      false,
		"a.service.d/dev.conf":           true,
	} {
		if got := forDevelopment(path); got != want {
			t.Errorf("forDevelopment(%q) = %v, want %v", path, got, want)
		}
	}
}
