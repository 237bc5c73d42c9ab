"""DjangoEcs deployed: as its outputs say, as it was promised, through a change, and gone.

The sample with worker, beat and a scheduled command; release commands have a module of their own.
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import pytest

from django_cdk import Scaling, ScheduledCommand, Worker
from tests.deploy.inventory import Inventory, inventory, kept
from tests.deploy.lives import Life
from tests.deploy.microblog import MicroBlog, changed_backend, microblog, wait_for
from tests.emulator.server import Emulator

OPTIONS: dict[str, Any] = {
    "celery_app": "backend.celery_app:app",
    "use_celery_beat": True,
    "scheduled_commands": {
        "clearsessions": ScheduledCommand(
            schedule="cron(0 3 * * ? *)", command=["python", "manage.py", "clearsessions"]
        )
    },
    "use_ecs_exec": True,
}
PROCESSES = ("web", "celery", "beat")
LIVE = {"database", "cache", "bucket", "secret", "cluster", "load balancer", "network", "subnet"}


def workers(max_count: int) -> dict[str, Worker]:
    return {"celery": Worker(scaling=Scaling(max_count=max_count))}


@pytest.fixture(scope="module")
def life(emulator: Emulator) -> Life:
    return Life(emulator, "Blog")


@pytest.fixture(scope="module")
def before(emulator: Emulator) -> Inventory:
    return inventory(emulator)


@pytest.fixture(scope="module")
def blog(life: Life, before: Inventory) -> MicroBlog:
    """The first deployment."""
    build = functools.partial(microblog, celery_queues=workers(3), **OPTIONS)
    return MicroBlog(life.emulator, life.deploy(build))


# --- what the outputs say ---


def test_the_url_is_the_load_balancers(blog: MicroBlog) -> None:
    assert blog.outputs["Url"] == f"http://{blog.balancer['DNSName']}"


def test_the_application_answers_through_the_load_balancer(blog: MicroBlog) -> None:
    answer = blog.get("/api/posts/")

    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_the_bucket_is_there_and_holds_the_static_files(blog: MicroBlog) -> None:
    bucket = blog.outputs["StaticFileBucketName"]
    found = blog.emulator.client("s3").list_objects_v2(Bucket=bucket, Prefix="static/admin/css/")

    assert found["KeyCount"] > 0


@pytest.mark.parametrize("process", PROCESSES)
def test_each_service_is_there_with_all_its_tasks(blog: MicroBlog, process: str) -> None:
    service = blog.service(process)

    assert (service["status"], service["runningCount"], service["desiredCount"]) == ("ACTIVE", 1, 1)


def test_the_exec_command_names_the_web_service_and_its_container(blog: MicroBlog) -> None:
    command = blog.outputs["ExecCommand"]

    assert f"--cluster {blog.cluster} " in command
    assert f"--service-name {blog.outputs['Serviceweb']} " in command
    assert f"--container {blog.container('web')['name']} " in command
    assert "--region us-east-1 " in command
    assert blog.service("web")["enableExecuteCommand"] is True


# --- what runs ---


def test_the_worker_is_ready_for_its_queue(blog: MicroBlog) -> None:
    (task,) = blog.tasks("celery")

    wait_for(lambda: bool(re.search(r"celery@\S+ ready\.", blog.log(task))), "the worker is ready")
    assert ".> celery" in blog.log(task)


def test_beat_has_started(blog: MicroBlog) -> None:
    (task,) = blog.tasks("beat")

    wait_for(lambda: "beat: Starting..." in blog.log(task), "beat starts")


def test_each_scheduled_command_runs_as_its_own_task_definition_says(blog: MicroBlog) -> None:
    scheduler = blog.emulator.client("scheduler")
    schedule = scheduler.get_schedule(Name=blog.resource("AWS::Scheduler::Schedule"))
    definition = blog.ecs.describe_task_definition(
        taskDefinition=schedule["Target"]["EcsParameters"]["TaskDefinitionArn"]
    )["taskDefinition"]
    (container,) = definition["containerDefinitions"]

    assert schedule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert schedule["Target"]["Arn"].endswith(f"cluster/{blog.cluster}")
    assert container["command"] == ["python", "manage.py", "clearsessions"]


def test_a_scheduled_command_succeeds_in_the_tasks_environment(blog: MicroBlog) -> None:
    code, printed = blog.run("python", "manage.py", "clearsessions")

    assert code == 0, printed


# --- who reaches whom ---


def rules(blog: MicroBlog, group: str) -> set[tuple[int, str]]:
    """Port and peer of each rule that lets something into a security group."""
    answer = blog.emulator.client("ec2").describe_security_groups(GroupIds=[group])
    found = set()
    for permission in answer["SecurityGroups"][0]["IpPermissions"]:
        peers = [one["GroupId"] for one in permission["UserIdGroupPairs"]]
        peers += [one["CidrIp"] for one in permission["IpRanges"]]
        peers += [one["CidrIpv6"] for one in permission["Ipv6Ranges"]]
        found |= {(permission["FromPort"], peer) for peer in peers}
    return found


def task_group(blog: MicroBlog, process: str = "web") -> str:
    configuration = blog.service(process)["networkConfiguration"]["awsvpcConfiguration"]
    (group,) = configuration["securityGroups"]
    return str(group)


def balancer_group(blog: MicroBlog) -> str:
    (group,) = blog.balancer["SecurityGroups"]
    return str(group)


def test_all_processes_share_one_security_group(blog: MicroBlog) -> None:
    assert len({task_group(blog, process) for process in PROCESSES}) == 1


def test_the_world_reaches_port_80_of_the_load_balancer_alone(blog: MicroBlog) -> None:
    assert rules(blog, balancer_group(blog)) == {(80, "0.0.0.0/0"), (80, "::/0")}


def test_the_tasks_are_reached_by_the_load_balancer_alone(blog: MicroBlog) -> None:
    assert rules(blog, task_group(blog)) == {(8000, balancer_group(blog))}


def test_the_database_is_reached_by_the_tasks_alone(blog: MicroBlog) -> None:
    (group,) = blog.database["VpcSecurityGroups"]

    assert rules(blog, group["VpcSecurityGroupId"]) == {(5432, task_group(blog))}


def test_the_cache_is_reached_by_the_tasks_alone(blog: MicroBlog) -> None:
    cache = blog.resource("AWS::ElastiCache::ReplicationGroup")
    clusters = blog.emulator.client("elasticache").describe_cache_clusters()["CacheClusters"]
    (cluster,) = [one for one in clusters if one["ReplicationGroupId"] == cache]
    (group,) = cluster["SecurityGroups"]

    assert rules(blog, group["SecurityGroupId"]) == {(6379, task_group(blog))}


def test_tasks_have_no_public_address_and_lie_in_private_subnets(blog: MicroBlog) -> None:
    configuration = blog.service("web")["networkConfiguration"]["awsvpcConfiguration"]
    client = blog.emulator.client("ec2")
    subnets = client.describe_subnets(SubnetIds=configuration["subnets"])["Subnets"]
    tiers = {
        tag["Value"]
        for subnet in subnets
        for tag in subnet["Tags"]
        if tag["Key"] == "aws-cdk:subnet-type"
    }

    assert configuration["assignPublicIp"] == "DISABLED"
    assert tiers == {"Private"}


# --- the listener ---


def test_the_listener_forwards_to_the_web_task(blog: MicroBlog) -> None:
    client = blog.emulator.client("elbv2")
    answer = client.describe_listeners(LoadBalancerArn=blog.balancer["LoadBalancerArn"])
    (listener,) = answer["Listeners"]
    (action,) = listener["DefaultActions"]
    health = client.describe_target_health(TargetGroupArn=action["TargetGroupArn"])
    (task,) = blog.tasks("web")
    addresses = {
        detail["value"]
        for attachment in task["attachments"]
        for detail in attachment["details"]
        if detail["name"] == "privateIPv4Address"
    }

    assert (listener["Protocol"], listener["Port"], action["Type"]) == ("HTTP", 80, "forward")
    assert {
        (one["Target"]["Id"], one["Target"]["Port"]) for one in health["TargetHealthDescriptions"]
    } == {(address, 8000) for address in addresses}


def test_the_health_check_is_answered_by_address_as_a_load_balancer_asks(blog: MicroBlog) -> None:
    (task,) = blog.tasks("web")
    asked = re.compile(r'"GET /api/health-check/ HTTP/1\.1" 200 .*ELB-HealthChecker')

    wait_for(lambda: bool(asked.search(blog.log(task))), "the health check is answered")


# --- environment, secrets, roles ---


def test_the_variables_name_what_is_there(blog: MicroBlog) -> None:
    database, environment = blog.database, blog.environment()

    assert environment["POSTGRES_SERVICE_HOST"] == database["Endpoint"]["Address"]
    assert environment["POSTGRES_SERVICE_PORT"] == str(database["Endpoint"]["Port"])
    assert environment["POSTGRES_NAME"] == database["DBName"]
    assert environment["S3_BUCKET_NAME"] == blog.outputs["StaticFileBucketName"]
    assert environment["ALLOWED_HOSTS"] == blog.outputs["Url"].removeprefix("http://")
    assert environment["AWS_S3_REGION_NAME"] == "us-east-1"


@pytest.mark.parametrize("process", PROCESSES)
def test_each_process_has_the_same_variables_and_secrets(blog: MicroBlog, process: str) -> None:
    assert blog.environment(process) == blog.environment("web")
    assert blog.secrets(process) == blog.secrets("web")


def test_the_database_url_is_composed_of_the_databases_own_secret(blog: MicroBlog) -> None:
    secret = json.loads(blog.secret(blog.environment()["DB_SECRET_NAME"]))

    assert blog.secrets()["DATABASE_URL"] == (
        f"postgres://{secret['username']}:{secret['password']}@{secret['host']}:{secret['port']}"
        f"/{secret['dbname']}?sslmode=require"
    )


def test_no_secret_stands_in_a_template_or_a_task_definition(blog: MicroBlog, life: Life) -> None:
    values = {*blog.secrets().values(), json.loads(blog.secret(database_secret(blog)))["password"]}
    template = life.deployer().cloudformation.get_template(StackName="Blog")["TemplateBody"]
    definitions = [blog.definition(process) for process in PROCESSES]
    told = json.dumps([template, definitions], default=str)

    assert not [value for value in values if value in told]


def database_secret(blog: MicroBlog) -> str:
    return blog.environment()["DB_SECRET_NAME"]


ASKS_S3 = "import boto3, sys; boto3.client('s3').list_objects_v2(Bucket=sys.argv[1])"
ASKS_SECRETS = "import boto3; boto3.client('secretsmanager').list_secrets()"


def test_the_application_may_list_its_own_bucket(blog: MicroBlog) -> None:
    code, printed = blog.run("python", "-c", ASKS_S3, blog.outputs["StaticFileBucketName"])

    assert code == 0, printed


def test_the_application_may_not_list_another_bucket(blog: MicroBlog) -> None:
    code, printed = blog.run("python", "-c", ASKS_S3, "cdk-hnb659fds-assets-111111111111-us-east-1")

    assert code == 1
    assert "AccessDenied" in printed


def test_the_application_may_not_list_secrets(blog: MicroBlog) -> None:
    code, printed = blog.run("python", "-c", ASKS_SECRETS)

    assert code == 1
    assert "AccessDenied" in printed


# --- scaling and alarms ---


def scaling_targets(blog: MicroBlog) -> dict[str, tuple[int, int]]:
    client = blog.emulator.client("application-autoscaling")
    targets = client.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    return {
        one["ResourceId"]: (one["MinCapacity"], one["MaxCapacity"])
        for one in targets
        if f"/{blog.cluster}/" in one["ResourceId"]
    }


def of_service(blog: MicroBlog, process: str) -> str:
    return f"service/{blog.cluster}/{blog.outputs[f'Service{process}']}"


def test_web_and_worker_scale_within_their_bounds_and_beat_does_not(blog: MicroBlog) -> None:
    assert scaling_targets(blog) == {
        of_service(blog, "web"): (1, 4),
        of_service(blog, "celery"): (1, 3),
    }


def test_the_alarms_watch_the_target_group_of_this_load_balancer(blog: MicroBlog) -> None:
    alarms = blog.emulator.client("cloudwatch").describe_alarms()["MetricAlarms"]
    group = blog.resource("AWS::ElasticLoadBalancingV2::TargetGroup")
    watched = {
        dimension["Value"]
        for alarm in alarms
        if alarm["AlarmName"].startswith("Blog-")
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "TargetGroup"
    }

    assert watched == {group.rsplit(":", 1)[-1]}


# --- a change: another image, other options ---


@pytest.fixture(scope="module")
def held(blog: MicroBlog) -> Inventory:
    """What held the application before the change."""
    return inventory(blog.emulator)


@pytest.fixture(scope="module")
def old_definitions(blog: MicroBlog) -> dict[str, str]:
    return {process: blog.service(process)["taskDefinition"] for process in PROCESSES}


@pytest.fixture(scope="module")
def answers() -> list[int]:
    """Status codes of the application's answers while it is changed."""
    return []


@pytest.fixture(scope="module")
def changed(
    life: Life,
    blog: MicroBlog,
    held: Inventory,
    old_definitions: dict[str, str],
    answers: list[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> MicroBlog:
    """A second version: an image with one more file, a variable, more workers at most."""
    folder = tmp_path_factory.mktemp("second") / "backend"
    backend = changed_backend(folder, {"second.py": 'VERSION = "two"\n'})
    build = functools.partial(
        microblog,
        backend=backend,
        celery_queues=workers(5),
        environment_variables={"FEATURE": "on"},
        **OPTIONS,
    )
    with blog.watched() as seen:
        deployed = MicroBlog(life.emulator, life.deploy(build))
    answers += seen
    return deployed


def test_the_application_answers_all_through_a_change(
    changed: MicroBlog, answers: list[int]
) -> None:
    assert len(answers) > 5
    assert set(answers) == {200}


def test_a_change_replaces_nothing_that_holds_data(changed: MicroBlog, held: Inventory) -> None:
    now = inventory(changed.emulator)

    assert {one for one in held if one[0] in LIVE} == {one for one in now if one[0] in LIVE}


@pytest.mark.parametrize("process", PROCESSES)
def test_after_a_change_every_service_runs_the_new_task_definition(
    changed: MicroBlog, old_definitions: dict[str, str], process: str
) -> None:
    new = changed.service(process)["taskDefinition"]
    (task,) = changed.tasks(process)

    assert new != old_definitions[process]
    assert task["taskDefinitionArn"] == new


def test_after_a_change_the_new_image_runs(changed: MicroBlog) -> None:
    code, printed = changed.run("python", "-c", "import second; print(second.VERSION)")

    assert (code, printed) == (0, "two")


def test_after_a_change_the_new_variable_is_there(changed: MicroBlog) -> None:
    assert changed.environment("celery")["FEATURE"] == "on"


def test_after_a_change_the_worker_scales_further(changed: MicroBlog) -> None:
    assert scaling_targets(changed)[of_service(changed, "celery")] == (1, 5)


def test_after_a_change_the_application_answers(changed: MicroBlog) -> None:
    assert changed.get("/api/posts/").status_code == 200


def test_two_beats_never_run_at_once(changed: MicroBlog) -> None:
    (old,) = changed.tasks("beat", "STOPPED")
    (new,) = changed.tasks("beat")

    assert old["stoppedAt"] <= new["createdAt"]


def test_a_new_web_task_runs_before_the_old_one_stops(changed: MicroBlog) -> None:
    old = changed.tasks("web", "STOPPED")[-1]
    (new,) = changed.tasks("web")

    assert new["startedAt"] < old["stoppingAt"]


@pytest.mark.parametrize("process", PROCESSES)
def test_a_stopped_process_ends_by_itself_on_sigterm(changed: MicroBlog, process: str) -> None:
    (old,) = changed.tasks(process, "STOPPED")

    assert [container["exitCode"] for container in old["containers"]] == [0]


# --- the end ---


@pytest.fixture(scope="module")
def gone(life: Life, changed: MicroBlog, before: Inventory) -> set[tuple[str, str]]:
    """What is left when the stack is deleted."""
    life.destroy()
    return kept(life.emulator, before, "Blog")


def test_with_destroy_nothing_is_left(gone: set[tuple[str, str]]) -> None:
    assert gone == set()
