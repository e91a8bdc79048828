package headers

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"hardcheck/checks/engine"
)

// defaultSources are applications with their framework's hardening on and nothing else configured, and what is truly
// missing in each: the rules that fail under the checks' defaults.
var defaultSources = map[string]struct {
	archive string
	want    []string
}{
	"express with helmet": {`
-- package.json --
{"scripts": {"start": "node server.js"}, "dependencies": {"helmet": "^8.1.0"}}
-- server.js --
const express = require('express');
const helmet = require('helmet');
const app = express();
app.use(helmet());
app.use(express.static('public'));
app.get('/', (req, res) => res.render('index'));
app.listen(3000);
`, nil},
	"helmet 7": {`
-- package.json --
{"dependencies": {"helmet": "~7.1.0"}}
-- server.js --
const app = require('express')();
app.use(require('helmet')());
app.get('/', (req, res) => res.render('index'));
`, nil},
	"nest with helmet": {`
-- src/main.ts --
import { NestFactory } from '@nestjs/core';
import { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
async function bootstrap(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { bufferLogs: true });
  app.use(helmet());
  app.setViewEngine('hbs');
  await app.listen(process.env.PORT ?? 3000);
}
void bootstrap();
`, nil},
	"django, check --deploy": {`
-- manage.py --
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
-- shop/settings.py --
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["shop.example"]
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.sessions"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "shop.urls"
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
`, []string{"headers/csp missing"}},
	"flask-talisman": {`
-- app.py --
from flask import Flask
from flask_talisman import Talisman
app = Flask(__name__)
app.config["SECRET_KEY"] = key
Talisman(app)
`, nil},
	"spring security": {`
-- pom.xml --
<artifactId>spring-boot-starter-security</artifactId><artifactId>spring-boot-starter-thymeleaf</artifactId>
-- src/main/java/shop/Application.java --
@SpringBootApplication
public class Application { public static void main(String[] args) { SpringApplication.run(Application.class, args); } }
-- src/main/java/shop/Security.java --
@Configuration
public class Security {
    @Bean
    public SecurityFilterChain chain(HttpSecurity http) throws Exception {
        http.authorizeHttpRequests(a -> a.anyRequest().authenticated()).formLogin(Customizer.withDefaults());
        return http.build();
    }
}
-- Dockerfile --
ENTRYPOINT ["java", "-jar", "/app.jar"]
`, []string{"headers/csp missing"}},
	"rails": {`
-- config/application.rb --
module Shop
  class Application < Rails::Application
    config.load_defaults 8.0
  end
end
-- config/environments/production.rb --
Rails.application.configure do
  config.assume_ssl = true
  config.force_ssl = true
end
-- config/environments/development.rb --
Rails.application.configure do
  config.force_ssl = false
end
-- config/initializers/permissions_policy.rb --
# Rails.application.config.permissions_policy do |policy|
#   policy.camera :none
# end
`, []string{"headers/csp missing"}},
	"fastapi": {`
-- main.py --
from fastapi import FastAPI
app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
-- Dockerfile --
CMD ["uvicorn", "main:app"]
`, nil},
}

// TestDefaultSources: a framework's own defaults give no finding but what they truly leave out.
func TestDefaultSources(t *testing.T) {
	var jobs []engine.Job
	for _, c := range Checks() {
		if c.OnTree() {
			jobs = append(jobs, one(c)...)
		}
	}
	for name, tt := range defaultSources {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range txtar.Parse([]byte(tt.archive)).Files {
				file := filepath.Join(dir, filepath.FromSlash(f.Name))
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(tt.want, judgeTree(t, jobs, dir)); diff != "" {
				t.Errorf("(-truly missing +found):\n%s", diff)
			}
		})
	}
}
