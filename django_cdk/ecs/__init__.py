"""How the processes of an application run on ECS Fargate."""
