"""What runs: a Django application, described once for every target."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Literal, TypedDict, get_args

from .app_checks import check_image, check_web, refuse_unused
from .celery import celery_beat_command, check_queues, queue_workers
from .command import check_command
from .environment import check_environment, check_variables
from .errors import OptionError, check_choice, check_type, closest
from .health_check import HealthCheck, check_health_check
from .process import (
    Process,
    ScheduledCommand,
    Size,
    Worker,
    check_name,
    check_schedule,
    check_stop_timeout,
)
from .scaling import Scaling

if TYPE_CHECKING:
    from aws_cdk.aws_ecr import IRepository
    from aws_cdk.aws_ecr_assets import DockerImageAsset
    from aws_cdk.aws_secretsmanager import ISecret

    from .environment import SecretField

CpuArchitecture = Literal["X86_64", "ARM64"]

MIGRATE = ("python", "manage.py", "migrate", "--noinput")
COLLECTSTATIC = ("python", "manage.py", "collectstatic", "--noinput")
DEFAULT_RELEASE_COMMANDS: Mapping[str, Sequence[str]] = {
    "migrate": MIGRATE,
    "collectstatic": COLLECTSTATIC,
}

# Services, outputs and log streams are told apart by the name of their process.
_TAKEN_NAMES = ("web", "beat")

_SIGNAL = re.compile(r"SIG[A-Z0-9]+")


class DjangoAppProps(TypedDict, total=False):
    """The options of :class:`DjangoApp`, for keyword arguments and for sharing in a dictionary.

    .. code-block:: python

        blog: DjangoAppProps = {"image_directory": "backend", "celery_app": "backend.celery_app"}
        DjangoEcs(stack, "Blog", **blog)

    Meaning and defaults: :class:`DjangoApp`.
    """

    image_directory: str
    dockerfile: str
    image_target: str
    build_args: Mapping[str, str]
    build_contexts: Mapping[str, str]
    image: str | DockerImageAsset | IRepository
    image_tag: str
    cpu_architecture: CpuArchitecture
    web_command: Sequence[str]
    web_size: Size
    web_scaling: Scaling
    port: int
    health_check_path: str
    health_check_codes: str
    health_check_grace: int
    celery_app: str
    celery_queues: Sequence[str] | Mapping[str, Worker]
    workers: Mapping[str, Worker | Sequence[str]]
    use_celery_beat: bool
    beat_command: Sequence[str]
    beat_size: Size
    beat_health_check: HealthCheck
    scheduled_commands: Mapping[str, ScheduledCommand]
    release_commands: Mapping[str, Sequence[str]]
    release_size: Size
    django_settings_module: str
    environment: Mapping[str, str]
    environment_variables: Mapping[str, str]
    secrets: Mapping[str, ISecret | SecretField]
    user: str
    read_only_root_filesystem: bool
    writable_paths: Sequence[str]
    stop_timeout: int
    stop_signal: str


@dataclass(frozen=True, kw_only=True)
class DjangoApp:
    """A Django application: its image, its processes and its environment.

    :param image_directory: directory with the Dockerfile, the build context. Default: none;
        give this or ``image``.
    :param dockerfile: the Dockerfile, relative to ``image_directory``.
    :param image_target: stage of a multi-stage Dockerfile to build. Default: the last.
    :param build_args: build arguments of the Dockerfile; not for secrets, they stay in the image.
    :param build_contexts: further named build contexts, name -> directory or image.
    :param image: an existing image instead of a build: its URI, an ECR repository or an asset,
        built for ``cpu_architecture``, which can't be checked here.
    :param image_tag: tag or ``sha256:`` digest in the ECR repository given as ``image``.
        Default: ``latest``.
    :param cpu_architecture: ``X86_64`` or ``ARM64`` (Graviton, about 20 % cheaper). The image is
        built for it and the tasks run on it.
    :param web_command: command of the web process. Default: the image's own.
    :param web_size: CPU and memory of one web task.
    :param web_scaling: how many web tasks. Default: 1 to 4, holding 60 % CPU.
    :param port: port on which the web process listens.
    :param health_check_path: path the load balancer asks, plain HTTP, Host header an IP address.
    :param health_check_codes: answers that count as healthy, for example ``200-399`` or
        ``200,301``. Default ``200-399``.
    :param health_check_grace: seconds after the start of a task during which failed checks do
        not count. Default 60.
    :param celery_app: celery application, as for ``celery -A``: ``backend.celery_app:app``.
        Alone it means one worker for celery's default queue ``celery``.
    :param celery_queues: one worker for each: names, or name -> :class:`Worker` for its size and
        scaling. Default: ``["celery"]`` when ``celery_app`` is given.
    :param workers: further workers of any kind, name -> :class:`Worker` or command.
    :param use_celery_beat: run celery beat, exactly one.
    :param beat_command: its command. Default: made from ``celery_app``.
    :param beat_size: CPU and memory of beat.
    :param beat_health_check: :class:`HealthCheck` by which a hanging beat is noticed. Default:
        none.
    :param scheduled_commands: name -> :class:`ScheduledCommand`.
    :param release_commands: name -> command, run in this order before new code serves. Default:
        migrate, collectstatic. Empty when the image does its own.
    :param release_size: CPU and memory of a release command.
    :param django_settings_module: ``DJANGO_SETTINGS_MODULE``. Default: the image's own.
    :param environment: the project's own names: name -> template (README: the environment
        contract); replaces the default table as a whole.
    :param environment_variables: plain values on top; they win over the table.
    :param secrets: further secrets: name -> Secrets Manager secret, or :class:`SecretField`.
    :param user: user (and group) the containers run as, ``999`` or ``999:999``. Default: the
        image's own.
    :param read_only_root_filesystem: containers can write to ``writable_paths`` only.
    :param writable_paths: paths kept writable (in memory) with a read-only root file system.
    :param stop_timeout: seconds between the stop signal and SIGKILL for web and beat (1-120);
        each worker has its own.
    :param stop_signal: stop signal the image does not name itself, for example ``SIGINT``. Not
        on ECS, which takes it from the image's ``STOPSIGNAL``. Default: the image's own, or
        SIGTERM.
    :raises OptionError: (a ``ValueError``) for each option that can't work, with the remedy.
    """

    image_directory: str | None = None
    dockerfile: str = "Dockerfile"
    image_target: str | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    build_contexts: Mapping[str, str] = field(default_factory=dict)
    image: str | DockerImageAsset | IRepository | None = None
    image_tag: str | None = None
    cpu_architecture: CpuArchitecture = "X86_64"
    web_command: Sequence[str] | None = None
    web_size: Size = Size()
    web_scaling: Scaling = Scaling(max_count=4)
    port: int = 8000
    health_check_path: str = "/api/health-check/"
    health_check_codes: str = "200-399"
    health_check_grace: int = 60
    celery_app: str | None = None
    celery_queues: Sequence[str] | Mapping[str, Worker] | None = None
    workers: Mapping[str, Worker | Sequence[str]] = field(default_factory=dict)
    use_celery_beat: bool = False
    beat_command: Sequence[str] | None = None
    beat_size: Size = Size(cpu=256, memory_mib=512)
    beat_health_check: HealthCheck | None = None
    scheduled_commands: Mapping[str, ScheduledCommand] = field(default_factory=dict)
    release_commands: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: dict(DEFAULT_RELEASE_COMMANDS)
    )
    release_size: Size = Size()
    django_settings_module: str | None = None
    environment: Mapping[str, str] | None = None
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, ISecret | SecretField] = field(default_factory=dict)
    user: str | None = None
    read_only_root_filesystem: bool = False
    writable_paths: Sequence[str] = ("/tmp",)  # noqa: S108 - a path in the container
    stop_timeout: int = 30
    stop_signal: str | None = None

    @classmethod
    def from_options(cls, options: DjangoAppProps) -> DjangoApp:
        """The application that these options describe.

        :raises OptionError: for an unknown option too, naming the one that was meant.
        """
        known = [one.name for one in fields(cls)]
        for name, value in options.items():
            if name not in known:
                raise OptionError(name, value, f"there is no such option; {closest(name, known)}")
        return cls(**options)

    def __post_init__(self) -> None:
        check_choice("cpu_architecture", self.cpu_architecture, get_args(CpuArchitecture))
        check_image(self)
        check_web(self)
        refuse_unused(self)
        check_environment(self.environment)
        check_variables(self)
        check_stop_timeout("stop_timeout", self.stop_timeout)
        if self.stop_signal is not None and not _SIGNAL.fullmatch(self.stop_signal):
            raise OptionError("stop_signal", self.stop_signal, "give a name such as SIGINT.")
        for path in self.writable_paths:
            if not path.startswith("/"):
                raise OptionError("writable_paths", path, "give an absolute path such as /tmp.")
        # Derived processes check themselves; asking for them here brings every error forward.
        _ = (self.processes, self.release, self.scheduled)

    @property
    def processes(self) -> tuple[Process, ...]:
        """The long-running processes: web, then each worker, then beat."""
        beat = (self.beat,) if self.beat else ()
        return (self.web, *self.worker_processes, *beat)

    @property
    def web(self) -> Process:
        """The web process."""
        command = self.web_command
        self.web_scaling.check("web_scaling", "web")
        return Process(
            name="web",
            kind="web",
            command=None if command is None else check_command("web_command", command),
            size=self.web_size,
            scaling=self.web_scaling,
            port=self.port,
            stop_timeout=self.stop_timeout,
        )

    @property
    def worker_processes(self) -> tuple[Process, ...]:
        """One process for each celery queue, then one for each further worker."""
        queues = self.celery_queues
        if queues is None:
            queues = ["celery"] if self.celery_app else []
        by_queue = queue_workers(self.celery_app, queues)
        return (
            *(_worker("celery_queues", name, worker) for name, worker in by_queue.items()),
            *(_worker("workers", name, worker, by_queue) for name, worker in self.workers.items()),
        )

    @property
    def beat(self) -> Process | None:
        """Celery beat, when asked for."""
        if not self.use_celery_beat:
            if self.beat_command is not None:
                raise OptionError(
                    "beat_command", self.beat_command, "set use_celery_beat=True too."
                )
            return None
        if self.beat_command is None and not self.celery_app:
            raise OptionError("use_celery_beat", True, "give celery_app or beat_command too.")
        return Process(
            name="beat",
            kind="beat",
            command=celery_beat_command(str(self.celery_app))
            if self.beat_command is None
            else check_command("beat_command", self.beat_command),
            size=self.beat_size,
            stop_timeout=self.stop_timeout,
            health_check=check_health_check("beat_health_check", self.beat_health_check),
        )

    @property
    def release(self) -> tuple[Process, ...]:
        """The release commands, in order."""
        if not isinstance(self.release_commands, Mapping):
            raise OptionError(
                "release_commands",
                self.release_commands,
                'give name -> command: {"migrate": ["python", "manage.py", "migrate"]}.',
            )
        return tuple(
            Process(
                name=check_name("release_commands", name),
                kind="release",
                command=check_command(f"release_commands[{name!r}]", command),
                size=self.release_size,
            )
            for name, command in self.release_commands.items()
        )

    @property
    def scheduled(self) -> tuple[Process, ...]:
        """The scheduled commands."""
        for name, one in self.scheduled_commands.items():
            remedy = 'give a ScheduledCommand(schedule="cron(0 3 * * ? *)", command=[...]).'
            check_type(f"scheduled_commands[{name!r}]", one, ScheduledCommand, remedy)
            check_schedule(f"scheduled_commands[{name!r}].schedule", one.schedule)
        return tuple(
            Process(
                name=check_name("scheduled_commands", name),
                kind="scheduled",
                command=check_command(f"scheduled_commands[{name!r}].command", one.command),
                size=one.size,
                schedule=one,
            )
            for name, one in self.scheduled_commands.items()
        )


def _worker(
    option: str, name: str, given: Worker | Sequence[str], taken: Mapping[str, Worker] | None = None
) -> Process:
    check_name(option, name)
    if name in _TAKEN_NAMES:
        raise OptionError(option, name, "the web process and beat have these names: take another.")
    if name in (taken or {}):
        raise OptionError(option, name, "a celery queue has this name already: take another.")
    worker = given if isinstance(given, Worker) else Worker(command=given)
    where = f"{option}[{name!r}]"
    if worker.command is None:
        raise OptionError(where, worker, "give its command.")
    worker.scaling.check(f"{where}.scaling", "worker")
    return Process(
        name=name,
        kind="worker",
        command=check_command(f"{where}.command", worker.command),
        size=worker.size,
        scaling=worker.scaling,
        spot=worker.spot,
        stop_timeout=check_stop_timeout(f"{where}.stop_timeout", worker.stop_timeout),
        health_check=check_health_check(f"{where}.health_check", worker.health_check),
        queues=check_queues(where, worker),
    )
