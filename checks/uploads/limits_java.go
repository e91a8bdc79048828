package uploads

// javaLimiters are those of Spring Boot. They hold for forms: a JSON body of Spring MVC has no limit of its own.
var javaLimiters = []limiter{
	{product: "spring-boot", role: roleFramework, runtime: "java", names: []string{"spring.servlet.multipart.max-request-size"},
		held: enforcement{countsDeclared: true, countsChunked: true, status: 413, covers: coversForm}},
}
