"""Which settings module to use where.

`development`  a laptop: DEBUG, SQLite and files on disk unless the environment says otherwise
`production`   any server: compose, swarm, Kubernetes, Heroku; S3 when a bucket is named,
               else files on disk (the default of the Docker image)
`aws`          production on AWS (ECS, EKS, EC2), where a missing bucket is an error at start
"""
