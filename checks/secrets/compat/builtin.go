package compat

import (
	"slices"
	"strings"
)

// builtin maps the rules of gitleaks's default configuration to the built-in rules for the same secrets. A built-in
// rule may stand for several of gitleaks's, and the other way round.
var builtin = parseBuiltin(`
1password-secret-key: onepassword-secret-key
1password-service-account-token: onepassword-service-account
adafruit-api-key: adafruit-key
adobe-client-id: adobe-client-id
adobe-client-secret: adobe-client-secret
age-secret-key: age-secret-key
airtable-api-key: airtable-legacy-key
airtable-personnal-access-token: airtable-token
algolia-api-key: algolia-admin-key
alibaba-access-key-id: alibaba-access-key-id
alibaba-secret-key: alibaba-secret-key
anthropic-admin-api-key: anthropic-key
anthropic-api-key: anthropic-key
artifactory-api-key: artifactory-api-key
artifactory-reference-token: artifactory-reference-token
asana-client-id: asana-client-id
asana-client-secret: asana-client-secret
atlassian-api-token: atlassian-api-token
authress-service-client-access-key: authress-key
aws-access-token: aws-access-key-id
aws-amazon-bedrock-api-key-long-lived: aws-bedrock-api-key
aws-amazon-bedrock-api-key-short-lived: aws-bedrock-api-key
azure-ad-client-secret: azure-client-secret
bitbucket-client-secret: bitbucket-oauth-secret
bittrex-access-key: bittrex-key
bittrex-secret-key: bittrex-key
cisco-meraki-api-key: meraki-key
clickhouse-cloud-api-secret-key: clickhouse-cloud-secret
clojars-api-token: clojars-token
cloudflare-api-key: cloudflare-api-token
cloudflare-global-api-key: cloudflare-global-api-key
cloudflare-origin-ca-key: cloudflare-origin-ca-key
codecov-access-token: codecov-token
cohere-api-token: cohere-key
coinbase-access-token: coinbase-secret
confluent-access-token: confluent-key-id
confluent-secret-key: confluent-secret confluent-bare-secret
contentful-delivery-api-token: contentful-token
databricks-api-token: databricks-token
datadog-access-token: datadog-api-key datadog-application-key
defined-networking-api-token: defined-networking-key
digitalocean-access-token: digitalocean-token
digitalocean-pat: digitalocean-token
digitalocean-refresh-token: digitalocean-token
discord-client-id: discord-client-id
discord-client-secret: discord-client-secret
doppler-api-token: doppler-token
droneci-access-token: drone-token
dropbox-api-token: dropbox-app-secret
dropbox-long-lived-api-token: dropbox-token
dropbox-short-lived-api-token: dropbox-token
duffel-api-token: duffel-token
dynatrace-api-token: dynatrace-token
easypost-api-token: easypost-key
easypost-test-api-token: easypost-key
etsy-access-token: etsy-key
facebook-access-token: facebook-app-token
facebook-page-access-token: facebook-access-token
facebook-secret: facebook-app-secret
fastly-api-token: fastly-api-token
finicity-api-token: finicity-key
finicity-client-secret: finicity-secret
finnhub-access-token: finnhub-key
flickr-access-token: flickr-key
flutterwave-encryption-key: flutterwave-key
flutterwave-public-key: flutterwave-public-key
flutterwave-secret-key: flutterwave-key
flyio-access-token: fly-token fly-personal-token
frameio-api-token: frameio-token
freemius-secret-key: freemius-secret-key
freshbooks-access-token: freshbooks-token
gcp-api-key: gcp-api-key
generic-api-key: key password
github-app-token: github-server-token github-user-token
github-fine-grained-pat: github-fine-grained-token
github-oauth: github-oauth-token
github-pat: github-personal-token
github-refresh-token: github-refresh-token
gitlab-cicd-job-token: gitlab-job-token
gitlab-deploy-token: gitlab-deploy-token
gitlab-feature-flag-client-token: gitlab-feature-flags-token
gitlab-feed-token: gitlab-feed-token
gitlab-incoming-mail-token: gitlab-mail-token
gitlab-kubernetes-agent-token: gitlab-agent-token
gitlab-oauth-app-secret: gitlab-oauth-secret
gitlab-pat-routable: gitlab-personal-token
gitlab-pat: gitlab-personal-token
gitlab-ptt: gitlab-trigger-token
gitlab-rrt: gitlab-runner-registration-token
gitlab-runner-authentication-token-routable: gitlab-runner-token
gitlab-runner-authentication-token: gitlab-runner-token
gitlab-scim-token: gitlab-scim-token
gitlab-session-cookie: gitlab-session-cookie
gitter-access-token: gitter-token
gocardless-api-token: gocardless-token
grafana-api-key: grafana-api-key
grafana-cloud-api-token: grafana-cloud-token
grafana-service-account-token: grafana-service-account-token
harness-api-key: harness-token
hashicorp-tf-api-token: terraform-cloud-token
heroku-api-key-v2: heroku-api-key
heroku-api-key: heroku-api-key-uuid
hubspot-api-key: hubspot-legacy-key
huggingface-access-token: hugging-face-token
huggingface-organization-api-token: hugging-face-organization-token
infracost-api-token: infracost-key
intercom-api-key: intercom-access-token
intra42-client-secret: intra42-client-secret
jfrog-api-key: jfrog-legacy-key
jfrog-identity-token: jfrog-identity-token
jwt: jwt
kraken-access-token: kraken-secret
kucoin-access-token: kucoin-key
kucoin-secret-key: kucoin-secret
launchdarkly-access-token: launchdarkly-bare-key launchdarkly-key
linear-api-key: linear-api-key
linkedin-client-id: linkedin-client-id
linkedin-client-secret: linkedin-client-secret linkedin-legacy-secret
lob-api-key: lob-key
looker-client-id: looker-client-id
looker-client-secret: looker-secret
mailchimp-api-key: mailchimp-key
mailgun-private-api-token: mailgun-key mailgun-token
mailgun-pub-key: mailgun-public-key
mailgun-signing-key: mailgun-token
mapbox-api-token: mapbox-public-token
mattermost-access-token: mattermost-token
maxmind-license-key: maxmind-license-key maxmind-legacy-key
messagebird-api-token: messagebird-key
messagebird-client-id: messagebird-client-id
microsoft-teams-webhook: teams-webhook
netlify-access-token: netlify-token netlify-legacy-token
new-relic-browser-api-token: new-relic-browser-key
new-relic-insert-key: new-relic-insert-key
new-relic-user-api-key: new-relic-user-key
notion-api-token: notion-token
npm-access-token: npm-token
nytimes-access-token: nytimes-key
octopus-deploy-api-key: octopus-api-key
okta-access-token: okta-api-token
openai-api-key: openai-key openai-project-key
openshift-user-token: openshift-token
perplexity-api-key: perplexity-key
plaid-api-token: plaid-access-token
plaid-client-id: plaid-client-id
plaid-secret-key: plaid-secret
planetscale-api-token: planetscale-token
planetscale-oauth-token: planetscale-token
planetscale-password: planetscale-token
postman-api-token: postman-api-key
prefect-api-token: prefect-token
private-key: pem-private-key openssh-private-key pgp-private-key encrypted-private-key
pulumi-api-token: pulumi-token
pypi-upload-token: pypi-token
rapidapi-access-token: rapidapi-key
readme-api-token: readme-key
rubygems-api-token: rubygems-token
scalingo-api-token: scalingo-token
sendbird-access-token: sendbird-token
sendgrid-api-token: sendgrid-key
sendinblue-api-token: brevo-key
sentry-access-token: sentry-bare-token
sentry-org-token: sentry-organization-token
sentry-user-token: sentry-user-token
settlemint-application-access-token: settlemint-token
settlemint-personal-access-token: settlemint-token
settlemint-service-access-token: settlemint-token
shippo-api-token: shippo-token
shopify-access-token: shopify-access-token
shopify-custom-access-token: shopify-custom-app-token
shopify-private-app-access-token: shopify-private-app-password
shopify-shared-secret: shopify-shared-secret
sidekiq-secret: contribsys-setting
sidekiq-sensitive-url: contribsys-login
slack-app-token: slack-app-token
slack-bot-token: slack-bot-token
slack-config-access-token: slack-configuration-token
slack-config-refresh-token: slack-configuration-token
slack-legacy-bot-token: slack-bot-token
slack-legacy-token: slack-user-token
slack-legacy-workspace-token: slack-user-token
slack-user-token: slack-user-token
slack-webhook-url: slack-webhook
snyk-api-token: snyk-token
sonar-api-token: sonar-token sonar-bare-token
sourcegraph-access-token: sourcegraph-token
square-access-token: square-access-token square-legacy-token
squarespace-access-token: squarespace-key
stripe-access-token: stripe-secret-key stripe-test-key
sumologic-access-id: sumologic-id
sumologic-access-token: sumologic-key
telegram-bot-api-token: telegram-bot-token
travisci-access-token: travis-token
twilio-api-key: twilio-api-key
twitch-api-token: twitch-secret
twitter-access-secret: twitter-access-secret
twitter-access-token: twitter-access-token
twitter-api-key: twitter-api-key
twitter-api-secret: twitter-api-secret
twitter-bearer-token: twitter-bearer-token
typeform-api-token: typeform-token
vault-batch-token: vault-batch-token
vault-service-token: vault-service-token vault-legacy-token
yandex-access-token: yandex-iam-token
yandex-api-key: yandex-api-key
yandex-aws-access-token: yandex-static-secret
zendesk-secret-key: zendesk-token
`)

// counterparts are the rules of gitleaks that each built-in rule stands for.
var counterparts = func() map[string][]string {
	m := map[string][]string{}
	for id, ours := range builtin {
		for _, o := range ours {
			m[o] = append(m[o], id)
		}
	}
	return m
}()

func parseBuiltin(table string) map[string][]string {
	m := map[string][]string{}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		id, ours, _ := strings.Cut(line, ":")
		m[id] = strings.Fields(ours)
	}
	return m
}

// sameRule reports whether a rule named by another scanner can be the rule of a finding.
func sameRule(theirs, ours string) bool {
	return theirs == ours || slices.Contains(builtin[theirs], ours)
}
