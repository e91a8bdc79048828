package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSpring(t *testing.T) {
	archive := `
-- shop/pom.xml --
<dependency><artifactId>spring-boot-starter-security</artifactId></dependency><dependency><artifactId>spring-boot-starter-thymeleaf</artifactId></dependency>
-- shop/src/main/java/shop/Application.java --
@SpringBootApplication
public class Application { public static void main(String[] args) { SpringApplication.run(Application.class, args); } }
-- shop/src/main/java/shop/SecurityConfig.java --
@Configuration
@EnableWebSecurity
public class SecurityConfig {
    private static final String CSP = "default-src 'self'; " + "object-src 'none'";

    @Bean
    SecurityFilterChain web(HttpSecurity http) throws Exception {
        return http
            .csrf(Customizer.withDefaults())
            .headers(headers -> headers
                .frameOptions(HeadersConfigurer.FrameOptionsConfig::sameOrigin)
                .httpStrictTransportSecurity(hsts -> hsts.includeSubDomains(false).maxAgeInSeconds(60 * 60))
                .contentSecurityPolicy(csp -> csp.policyDirectives(CSP))
                .referrerPolicy(r -> r.policy(ReferrerPolicy.STRICT_ORIGIN))
                .permissionsPolicyHeader(p -> p.policy("camera=()"))
                .xssProtection(xss -> xss.disable())
                .addHeaderWriter(new StaticHeadersWriter("X-Custom", "1")))
            .build();
    }

    @Bean
    SecurityFilterChain api(HttpSecurity http) throws Exception {
        http.securityMatcher("/api/**").headers().frameOptions().disable().contentTypeOptions().disable().and().csrf().disable();
        return http.build();
    }

    @Bean
    CorsConfigurationSource cors() {
        CorsConfiguration configuration = new CorsConfiguration();
        configuration.setAllowedOriginPatterns(List.of("*"));
        configuration.setAllowCredentials(true);
        return source;
    }
}
-- shop/src/main/java/shop/Login.java --
@Controller
@CrossOrigin(origins = {"https://partner.example"}, allowCredentials = "true")
public class Login {
    void login(HttpServletResponse response) {
        Cookie cookie = new Cookie("token", jwt);
        cookie.setHttpOnly(true);
        response.addCookie(cookie);
        ResponseCookie other = ResponseCookie.from("sid", id).httpOnly(true).secure(true).sameSite("Strict").build();
    }
}
-- shop/src/main/resources/application.yml --
server:
  servlet:
    session:
      cookie:
        httpOnly: false
        sameSite: none
  error:
    include-stacktrace: always
management.endpoints.web.exposure.include: "*"
---
spring.config.activate.on-profile: dev
server.error.include-message: always
-- admin/src/main/kotlin/Security.kt --
@Bean
fun filterChain(http: HttpSecurity): SecurityFilterChain {
    http {
        headers {
            frameOptions { disable() }
            contentSecurityPolicy { policyDirectives = "default-src *" }
            cacheControl { }
        }
    }
    return http.build()
}
-- plain/src/main/java/A.java --
@SpringBootApplication class A { }
-- plain/build.gradle --
implementation 'org.springframework.boot:spring-boot-starter-security'
-- plain/src/main/resources/application.properties --
server.servlet.session.cookie.secure=${COOKIE_SECURE:true}
# server.error.include-stacktrace=always
`
	shared := []string{
		"cors.origin=<nil>[reflect vary]", "cors.credentials=true",
	}
	more := []string{
		"cors.origin=[][match vary]", "cors.credentials=true",
		"ResponseCookie=sid=(value); Path=/; HttpOnly; Secure; SameSite=Strict[append]",
		"new Cookie=token=(value); Path=/; HttpOnly[append]",
		"server.error.include-stacktrace=always", "management.endpoints.web.exposure.include=*",
		"server.servlet.session.cookie=JSESSIONID=(value); Path=/; Secure; SameSite=None[append session]", "pages=true",
	}
	all := append(shared, more...)
	got := tell(scopesOf(t, springReader(), archive), "headers.frameOptions", "headers.httpStrictTransportSecurity", "headers.contentSecurityPolicy", "headers.referrerPolicy",
		"headers.permissionsPolicy", "headers.contentTypeOptions", "headers.xssProtection", "headers.cacheControl", "header", "cors.origin", "cors.credentials", "new Cookie",
		"ResponseCookie", "server.servlet.session.cookie", "server.error.include-stacktrace", "management.endpoints.web.exposure.include", "pages", "server.servlet.session.cookie.secure")
	want := map[string][]string{
		"chain web": append([]string{
			"headers.contentTypeOptions=nosniff (default)", "headers.cacheControl=no-cache, no-store, max-age=0, must-revalidate (default)",
			"headers.frameOptions=SAMEORIGIN", "headers.httpStrictTransportSecurity=max-age=3600",
			"headers.contentSecurityPolicy=default-src 'self'; object-src 'none'", "headers.referrerPolicy=strict-origin", "headers.permissionsPolicy=camera=()",
			"headers.xssProtection=<nil>[remove]", "header X-Custom=1",
		}, all...),
		"chain api": append([]string{
			"headers.xssProtection=0 (default)", "headers.cacheControl=no-cache, no-store, max-age=0, must-revalidate (default)",
			"headers.httpStrictTransportSecurity=max-age=31536000 ; includeSubDomains (default)", "headers.frameOptions=<nil>[remove]",
			"headers.contentTypeOptions=<nil>[remove]",
		}, all...),
		"chain filterChain": {
			"headers.contentTypeOptions=nosniff (default)", "headers.xssProtection=0 (default)",
			"headers.httpStrictTransportSecurity=max-age=31536000 ; includeSubDomains (default)", "headers.frameOptions=<nil>[remove]",
			"headers.contentSecurityPolicy=default-src *", "headers.cacheControl=no-cache, no-store, max-age=0, must-revalidate",
		},
		"application": {
			"headers.contentTypeOptions=nosniff (default)", "headers.xssProtection=0 (default)", "headers.cacheControl=no-cache, no-store, max-age=0, must-revalidate (default)",
			"headers.httpStrictTransportSecurity=max-age=31536000 ; includeSubDomains (default)", "headers.frameOptions=DENY (default)",
			"server.servlet.session.cookie.secure~${COOKIE_SECURE:true}",
			"server.servlet.session.cookie=JSESSIONID=(value); Path=/; HttpOnly; Secure[append session]",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
