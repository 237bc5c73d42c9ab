"""An application on ECS, found and handled through boto3."""
