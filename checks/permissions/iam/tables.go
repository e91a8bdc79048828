package iam

import "strings"

// restrictable are actions that accept a resource's ARN (Service Authorization Reference) and that read data, change or
// destroy it, or give out credentials: on "*" they reach what the policy was not written for. Actions that accept only "*",
// such as ec2:DescribeInstances or s3:ListAllMyBuckets, are not among them.
var restrictable = actionTable(restrictableActions)

// passRole hands a role to a service, and with it the role's rights.
const passRole = "iam:passrole"

// restrictableActions is the table as it is read: a line is a service, a colon and its actions.
const restrictableActions = `
s3: getobject getobjectversion putobject deleteobject deleteobjectversion putobjectacl putbucketpolicy deletebucketpolicy putbucketacl deletebucket putbucketpublicaccessblock
dynamodb: getitem batchgetitem query scan putitem updateitem deleteitem batchwriteitem deletetable updatetable
secretsmanager: getsecretvalue putsecretvalue updatesecret deletesecret putresourcepolicy
ssm: getparameter getparameters getparametersbypath putparameter deleteparameter sendcommand startsession
kms: decrypt encrypt generatedatakey generatedatakeywithoutplaintext reencryptfrom reencryptto creategrant putkeypolicy schedulekeydeletion disablekey
sqs: sendmessage receivemessage deletemessage purgequeue deletequeue setqueueattributes addpermission
sns: publish subscribe deletetopic settopicattributes addpermission
lambda: invokefunction updatefunctioncode updatefunctionconfiguration deletefunction addpermission
ec2: terminateinstances stopinstances startinstances rebootinstances deletevolume deletesnapshot modifysnapshotattribute modifyinstanceattribute authorizesecuritygroupingress authorizesecuritygroupegress
rds: deletedbinstance deletedbcluster modifydbinstance restoredbinstancefromdbsnapshot modifydbsnapshotattribute deletedbsnapshot
rds-db: connect
iam: passrole createaccesskey createloginprofile updateloginprofile attachuserpolicy attachgrouppolicy attachrolepolicy putuserpolicy putgrouppolicy putrolepolicy createpolicyversion setdefaultpolicyversion addusertogroup updateassumerolepolicy deleterole deleteuser deletepolicy createrole createuser createpolicy deactivatemfadevice deleterolepermissionsboundary deleteuserpermissionsboundary
sts: assumerole assumerolewithwebidentity assumerolewithsaml
ecr: batchdeleteimage putimage deleterepository setrepositorypolicy
ecs: runtask updateservice deleteservice executecommand
eks: deletecluster updateclusterconfig createaccessentry associateaccesspolicy
cloudformation: createstack updatestack deletestack
codebuild: startbuild updateproject deleteproject
cloudtrail: stoplogging deletetrail updatetrail puteventselectors
logs: deleteloggroup deletelogstream putresourcepolicy
kinesis: getrecords putrecord putrecords deletestream
firehose: putrecord putrecordbatch deletedeliverystream
elasticache: deletecachecluster deletereplicationgroup connect
es: eshttpdelete eshttpput eshttppost deleteelasticsearchdomain deletedomain
route53: changeresourcerecordsets deletehostedzone
acm: deletecertificate exportcertificate
redshift: getclustercredentials deletecluster
states: startexecution deletestatemachine updatestatemachine
events: putrule puttargets deleterule
backup: deletebackupvault deleterecoverypoint putbackupvaultaccesspolicy
glue: updatedevendpoint deletetable updatejob
elasticfilesystem: deletefilesystem putfilesystempolicy clientrootaccess
ec2-instance-connect: sendsshpublickey
codecommit: gitpush deleterepository`

// sensitiveServices are services of which all actions on everything lead to the account's credentials, keys or data.
var sensitiveServices = words(`iam sts organizations kms secretsmanager s3 ssm lambda ec2 sso identitystore cloudformation eks ecs rds dynamodb
cloudtrail account glue sagemaker codebuild codepipeline ecr acm-pca redshift route53 backup guardduty`)

// telemetry are services whose data is the caller's own measurements.
var telemetry = words(`logs cloudwatch xray aps rum synthetics`)

// route is a known way from a set of actions to more rights. Together they suffice where all are allowed on everything.
// Spencer Gietzen, AWS IAM Privilege Escalation: Methods and Mitigation, Rhino Security Labs 2018, and the services' own
// documentation of iam:PassRole.
type route struct {
	actions []string
	gain    string
}

var routes = []route{
	{[]string{"iam:createpolicyversion"}, "write a new version of an attached policy"},
	{[]string{"iam:setdefaultpolicyversion"}, "turn an attached policy back to a wider version"},
	{[]string{"iam:createaccesskey"}, "make access keys of another user"},
	{[]string{"iam:createloginprofile"}, "give another user a password of one's own"},
	{[]string{"iam:updateloginprofile"}, "change another user's password"},
	{[]string{"iam:attachuserpolicy"}, "attach AdministratorAccess to a user"},
	{[]string{"iam:attachgrouppolicy"}, "attach AdministratorAccess to a group"},
	{[]string{"iam:attachrolepolicy"}, "attach AdministratorAccess to a role"},
	{[]string{"iam:putuserpolicy"}, "write an inline policy for a user"},
	{[]string{"iam:putgrouppolicy"}, "write an inline policy for a group"},
	{[]string{"iam:putrolepolicy"}, "write an inline policy for a role"},
	{[]string{"iam:addusertogroup"}, "join a group that may more"},
	{[]string{"iam:updateassumerolepolicy"}, "let oneself become any role"},
	{[]string{"iam:deleterolepermissionsboundary"}, "remove the boundary of a role"},
	{[]string{"iam:deleteuserpermissionsboundary"}, "remove the boundary of a user"},
	{[]string{passRole, "ec2:runinstances"}, "start a machine with any role and read its credentials"},
	{[]string{passRole, "ec2:requestspotinstances"}, "start a machine with any role and read its credentials"},
	{[]string{passRole, "lambda:createfunction", "lambda:invokefunction"}, "run code as any role in a new function"},
	{[]string{passRole, "lambda:createfunction", "lambda:createeventsourcemapping"}, "run code as any role in a new function"},
	{[]string{passRole, "lambda:createfunction", "lambda:addpermission"}, "run code as any role in a new function"},
	{[]string{"lambda:updatefunctioncode"}, "replace the code of any function and act as its role"},
	{[]string{"lambda:updatefunctionconfiguration"}, "put a layer before the code of any function and act as its role"},
	{[]string{passRole, "glue:createdevendpoint"}, "open a development endpoint with any role"},
	{[]string{"glue:updatedevendpoint"}, "put one's key on any development endpoint"},
	{[]string{passRole, "glue:createjob", "glue:startjobrun"}, "run a job as any role"},
	{[]string{passRole, "cloudformation:createstack"}, "build a stack as any role"},
	{[]string{passRole, "datapipeline:createpipeline", "datapipeline:putpipelinedefinition"}, "run a pipeline as any role"},
	{[]string{passRole, "ecs:registertaskdefinition", "ecs:runtask"}, "run a container as any role"},
	{[]string{passRole, "codebuild:createproject", "codebuild:startbuild"}, "run a build as any role"},
	{[]string{passRole, "sagemaker:createnotebookinstance"}, "open a notebook with any role"},
	{[]string{passRole, "sagemaker:createtrainingjob"}, "run a training job as any role"},
	{[]string{passRole, "states:createstatemachine", "states:startexecution"}, "run a state machine as any role"},
	{[]string{"sagemaker:createpresignednotebookinstanceurl"}, "open any notebook and act as its role"},
	{[]string{"ssm:sendcommand"}, "run commands on any managed machine and act as its role"},
	{[]string{"ssm:startsession"}, "open a shell on any managed machine and act as its role"},
}

// actionTable reads lines of "service: action action".
func actionTable(text string) map[string]bool {
	table := map[string]bool{}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		service, actions, _ := strings.Cut(line, ":")
		for _, action := range strings.Fields(actions) {
			table[service+":"+action] = true
		}
	}
	return table
}
