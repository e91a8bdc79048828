package uploads

// dotnetLimiters are Kestrel's limit, the attributes of actions that replace it, and the limit of forms below it.
var dotnetLimiters = []limiter{
	{product: "kestrel", role: roleFramework, runtime: "dotnet", kinds: []string{"app"}, names: []string{"MaxRequestBodySize"}, held: everyBody},
	{product: "kestrel", role: roleRoute, runtime: "dotnet", kinds: []string{"route"}, names: []string{"RequestSizeLimit", "DisableRequestSizeLimit"}, held: everyBody},
	{product: "kestrel", role: roleRoute, runtime: "dotnet", kinds: []string{"form"}, names: []string{"MultipartBodyLengthLimit"}, held: readBody(coversForm, 400)},
}
