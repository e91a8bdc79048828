package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestASPNET(t *testing.T) {
	archive := `
-- Shop/Program.cs --
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);
builder.Services.AddRazorPages();
builder.Services.AddHsts(options =>
{
    options.MaxAge = TimeSpan.FromDays(365);
    options.IncludeSubDomains = true;
});
builder.Services.AddCors(options =>
{
    options.AddPolicy("open", policy => policy.SetIsOriginAllowed(_ => true).AllowCredentials());
    options.AddDefaultPolicy(policy => { policy.WithOrigins("https://a.example").AllowAnyHeader(); });
});
builder.Services.AddSession(options => { options.Cookie.HttpOnly = true; options.Cookie.Name = "sid"; });
builder.Services.AddAuthentication().AddCookie(o => o.Cookie.SecurePolicy = CookieSecurePolicy.None);
var app = builder.Build();
if (!app.Environment.IsDevelopment())
{
    app.UseExceptionHandler("/Error");
    app.UseHsts();
}
else
{
    app.UseDeveloperExceptionPage();
}
app.UseHttpsRedirection();
app.Use(async (context, next) =>
{
    context.Response.Headers["X-Frame-Options"] = "DENY";
    context.Response.Headers.Append("Content-Security-Policy", "default-src 'self'; " + "object-src 'none'");
    context.Response.Headers.XContentTypeOptions = "nosniff";
    context.Response.Headers.Remove("X-Powered-By");
    if (context.Request.Path.StartsWithSegments("/x")) { context.Response.Headers["Referrer-Policy"] = "origin"; }
    await next();
});
app.MapGet("/login", (HttpContext context) => context.Response.Cookies.Append("token", value, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict }));
app.Run();
-- Old/web.config --
<configuration>
  <system.web><httpCookies httpOnlyCookies="true" requireSSL="true" sameSite="Lax" /><httpRuntime enableVersionHeader="false" /></system.web>
  <system.webServer>
    <httpProtocol><customHeaders>
      <remove name="X-Powered-By" />
      <add name="X-Frame-Options" value="SAMEORIGIN" />
    </customHeaders></httpProtocol>
    <security><requestFiltering removeServerHeader="true" /></security>
  </system.webServer>
</configuration>
`
	got := tell(scopesOf(t, aspnetReader(), archive), "Kestrel.AddServerHeader", "UseHsts", "UseHttpsRedirection", "UseDeveloperExceptionPage", "header", "cors.origin", "cors.credentials",
		"AddSession", "AddCookie", "Cookies.Append", "pages", "customHeaders", "httpCookies", "requestFiltering.removeServerHeader", "httpRuntime.enableVersionHeader")
	want := map[string][]string{
		"application": {
			"Kestrel.AddServerHeader=Kestrel (default)", "Kestrel.AddServerHeader=false[remove]", "pages=true",
			"cors.origin=<nil>[reflect vary]", "cors.credentials=true", "cors.origin=[][match vary]",
			"AddSession=sid=(value); Path=/; HttpOnly; SameSite=Lax[append session]",
			"AddCookie=.AspNetCore.Cookies=(value); Path=/; HttpOnly; SameSite=Lax[append session]",
			"UseHttpsRedirection=true", "header X-Frame-Options=DENY",
			"header Content-Security-Policy=default-src 'self'; object-src 'none'[append]", "header X-Content-Type-Options=nosniff", "header X-Powered-By=<nil>[remove]",
			"header Referrer-Policy=origin[conditional]",
			"Cookies.Append=token=(value); Path=/; HttpOnly; SameSite=Strict[append]",
			"UseHsts=max-age=31536000; includeSubDomains",
		},
		"web.config": {
			"httpCookies=ASP.NET_SessionId=(value); Path=/; HttpOnly; Secure; SameSite=Lax[append session]",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
