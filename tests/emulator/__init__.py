"""A small AWS on this machine: ministack, with what it lacks or does otherwise put right.

`python -m tests.emulator` starts it; tests start it with `tests.emulator.server.running_emulator`
and deploy to it with `tests.emulator.deployer.Deployer`. CloudFormation, IAM (policies are
enforced), Lambda, Step Functions, S3, Secrets Manager, logs and the control planes of EC2, ELB and
the rest are ministack's. ECS tasks are processes of this machine, RDS is a real Postgres,
ElastiCache a real Redis, both behind TLS. Lambda functions have their layers. An EC2 instance is
played: it gets its files and uses its role, and runs no shell command. Every difference from AWS
that is mended here is told in the module that mends it, with what AWS does and what ministack
1.5.33 does instead.

Not emulated: there is no Kubernetes behind an EKS cluster, which keeps what it is told; security
groups and routes are recorded and let everything through, CloudFront moves no data, certificates
are issued at once, scaling policies never act, a state machine's role is not checked, and
CloudFormation makes one resource after the other in the order of their dependencies.
"""
