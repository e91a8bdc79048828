package settings

// readers lists every product's reader. A new product is one file and one line here.
func readers() []reader {
	return []reader{
		nginxReader(),
		apacheReader(),
		caddyReader(),
		haproxyReader(),
		traefikReader(),
		ingressReader(),
		gatewayReader(),
		vercelReader(),
		firebaseReader(),
		staticWebAppReader(),
		iisReader(),
		lighttpdReader(),
		composeReader(),
		dockerfileReader(),
		systemdReader(),
		dotenvReader(),
		commandsReader(),
		djangoReader(),
		flaskReader(),
		fastapiReader(),
		expressReader(),
		nextReader(),
		springReader(),
		railsReader(),
		aspnetReader(),
		uvicornModuleReader(),
		gunicornModuleReader(),
		phpReader(),
		supervisorReader(),
		hypercornReader(),
		netlifyReader(),
		uwsgiReader(),
	}
}
