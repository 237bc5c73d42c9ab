"""The sample's CI files: GitLab to a swarm over SSH, GitHub to DockerEc2 through ECR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_cdk.swarm.yaml import dump

if TYPE_CHECKING:
    from django_cdk.swarm.yaml import Yaml

_PYTHON = "python:3.13-slim"
_NODE = "node:22-slim"
_DOCKER = "docker:28"

_TEST_BACKEND: list[Yaml] = [
    "cd backend",
    "pip install -r requirements-dev.txt",
    "python -m pytest -q",
]
_TEST_FRONTEND: list[Yaml] = ["cd frontend", "npm ci", "npm run lint", "npm test", "npm run build"]

_LOGIN = (
    'echo "$CI_REGISTRY_PASSWORD" | docker login --username "$CI_REGISTRY_USER" '
    '--password-stdin "$CI_REGISTRY"'
)
_FILES = "stack.yml release.yml routes.yml deploy.sh with_secrets.sh"


def gitlab_ci(comment: str) -> str:
    """``.gitlab-ci.yml``: test, build, push, `docker stack deploy` over SSH."""
    on_main: list[Yaml] = [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    return dump(
        {
            "stages": ["test", "build", "deploy"],
            "variables": {
                "IMAGE": "$CI_REGISTRY_IMAGE/backend:$CI_COMMIT_SHORT_SHA",
                # linux/arm64 for a Raspberry Pi, linux/amd64 for a droplet, or both.
                "PLATFORMS": "linux/amd64,linux/arm64",
            },
            "backend": {"stage": "test", "image": _PYTHON, "script": _TEST_BACKEND},
            "frontend": {"stage": "test", "image": _NODE, "script": _TEST_FRONTEND},
            "build": {
                "stage": "build",
                "image": _DOCKER,
                "services": [f"{_DOCKER}-dind"],
                "rules": on_main,
                "script": [
                    _LOGIN,
                    "docker run --privileged --rm tonistiigi/binfmt --install arm64",
                    "docker buildx create --use",
                    'docker buildx build --platform "$PLATFORMS" --tag "$IMAGE" --push backend',
                ],
            },
            "deploy": {
                "stage": "deploy",
                "image": "alpine:3.22",
                "rules": on_main,
                # One after the other, never two at once.
                "resource_group": "production",
                "environment": {"name": "production", "url": "https://$DOMAIN"},
                "before_script": [
                    "apk add --no-cache openssh-client",
                    "mkdir -p ~/.ssh && chmod 700 ~/.ssh",
                    # Both are CI variables of type file.
                    'cp "$SSH_PRIVATE_KEY" ~/.ssh/id_ed25519 && chmod 600 ~/.ssh/id_ed25519',
                    'cp "$SSH_KNOWN_HOSTS" ~/.ssh/known_hosts',
                ],
                "script": [
                    'ssh "$SSH_TARGET" mkdir -p blog',
                    f'scp {_FILES} "$SSH_TARGET:blog/"',
                    # On a manager: pull, migrate, update, watch; fails when the update does.
                    'ssh "$SSH_TARGET" "DOMAIN=$DOMAIN IMAGE=$IMAGE bash blog/deploy.sh"',
                ],
            },
        },
        comment=comment,
    )


def github_workflow(comment: str) -> str:
    """A workflow that pushes to DockerEc2's repository and starts its update."""
    return dump(
        {
            "name": "deploy",
            "on": {"push": {"branches": ["main"]}},
            # id-token: AWS trusts GitHub's token; there is no access key to keep.
            "permissions": {"contents": "read", "id-token": "write"},
            "concurrency": {"group": "production"},
            "jobs": {
                "test": {
                    "runs-on": "ubuntu-24.04",
                    "timeout-minutes": 20,
                    "steps": [
                        {"uses": "actions/checkout@v5"},
                        {"uses": "actions/setup-python@v6", "with": {"python-version": "3.13"}},
                        {"run": "\n".join(map(str, _TEST_BACKEND)) + "\n"},
                    ],
                },
                "deploy": {
                    "needs": "test",
                    # As the instance's CPU: ubuntu-24.04 for x86, this for Graviton.
                    "runs-on": "ubuntu-24.04-arm",
                    "timeout-minutes": 60,
                    "env": {
                        "IMAGE": "${{ vars.BACKEND_REPOSITORY }}:${{ github.sha }}",
                        "INSTANCE": "${{ vars.INSTANCE_ID }}",
                        "DOCUMENT": "${{ vars.UPDATE_DOCUMENT }}",
                    },
                    "steps": [
                        {"uses": "actions/checkout@v5"},
                        {
                            "uses": "aws-actions/configure-aws-credentials@v5",
                            "with": {
                                "role-to-assume": "${{ vars.DEPLOY_ROLE }}",
                                "aws-region": "${{ vars.AWS_REGION }}",
                            },
                        },
                        {"uses": "aws-actions/amazon-ecr-login@v2"},
                        {"run": 'docker build --tag "$IMAGE" backend && docker push "$IMAGE"'},
                        {"name": "Update, and wait for it", "run": _UPDATE},
                    ],
                },
            },
        },
        comment=comment,
    )


_UPDATE = """\
id=$(aws ssm send-command --document-name "$DOCUMENT" --instance-ids "$INSTANCE" \\
  --parameters "Image=$IMAGE" --query Command.CommandId --output text)
status=Pending
while [ "$status" = Pending ] || [ "$status" = InProgress ] || [ "$status" = Delayed ]; do
  sleep 5
  status=$(aws ssm get-command-invocation --command-id "$id" --instance-id "$INSTANCE" \\
    --query Status --output text)
done
aws ssm get-command-invocation --command-id "$id" --instance-id "$INSTANCE" \\
  --query '[StandardOutputContent, StandardErrorContent]' --output text
[ "$status" = Success ]
"""
