"""DjangoEcs deployed, and its application used: through the load balancer, by worker and beat."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from pathlib import Path

import pytest
import requests

from tests.deploy.impatient import PERIOD, impatient_microblog
from tests.deploy.lives import Life
from tests.deploy.microblog import MicroBlog, wait_for
from tests.deploy.visitor import PASSWORD, Visitor
from tests.emulator.server import Emulator
from tests.routing.pictures import png

ADMIN = f"""
from django.contrib.auth.models import User
User.objects.create_superuser("admin", password="{PASSWORD}")
"""


@pytest.fixture(scope="module")
def blog(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> MicroBlog:
    folder: Path = tmp_path_factory.mktemp("application") / "backend"
    life = Life(emulator, "Used")
    return MicroBlog(emulator, life.deploy(functools.partial(impatient_microblog, folder=folder)))


@pytest.fixture
def visitor(blog: MicroBlog) -> Visitor:
    return Visitor.of(blog)


@pytest.fixture(scope="module")
def admin(blog: MicroBlog) -> Visitor:
    """An administrator, made by a command of the team's and logged in by the form."""
    code, printed = blog.run("python", "manage.py", "shell", "-c", ADMIN)
    assert code == 0, printed
    visitor = Visitor.of(blog)
    # The form sets the cookie that its answer needs.
    page = visitor.get("/admin/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    form = {"username": "admin", "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    answer = visitor.send("/admin/login/?next=/admin/", data=form, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    return visitor


def thumbnail(visitor: Visitor, post: int) -> str:
    """The address of a post's thumbnail once the worker has made it."""
    found: list[str] = []

    def is_made() -> bool:
        found[:] = [visitor.get(f"/api/posts/{post}/").json()["thumbnail"] or ""]
        return bool(found[0])

    wait_for(is_made, f"the thumbnail of post {post}")
    return found[0]


# --- web ---


def test_the_health_check_answers(visitor: Visitor) -> None:
    answer = visitor.get("/api/health-check/")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_database_and_cache_answer_the_application(visitor: Visitor) -> None:
    answer = visitor.get("/api/health-check/ready/")

    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "cache": "ok"}


def test_who_signs_up_is_logged_in(visitor: Visitor) -> None:
    name = visitor.sign_up()

    assert visitor.get("/api/auth/me/").json()["user"]["username"] == name


def test_who_has_not_signed_up_posts_nothing(visitor: Visitor) -> None:
    assert visitor.write("hello").status_code == 403


def test_a_posted_picture_is_what_its_address_answers(visitor: Visitor) -> None:
    picture = png(600, 400)
    visitor.sign_up()

    answer = visitor.write("look at this", picture)

    assert answer.status_code == 201
    stored = requests.get(answer.json()["image"], timeout=30)
    assert (stored.status_code, stored.headers["Content-Type"]) == (200, "image/png")
    assert stored.content == picture


def test_pictures_lie_below_media_in_the_stacks_bucket(blog: MicroBlog, visitor: Visitor) -> None:
    visitor.sign_up()
    visitor.write("look at this", png(60, 40))

    found = blog.emulator.client("s3").list_objects_v2(
        Bucket=blog.outputs["StaticFileBucketName"], Prefix="media/posts/"
    )

    assert found["KeyCount"] > 0


def test_a_picture_without_its_signature_is_refused(visitor: Visitor) -> None:
    visitor.sign_up()
    address = visitor.write("look at this", png(60, 40)).json()["image"]

    assert requests.get(address.partition("?")[0], timeout=30).status_code == 403


# --- worker ---


def test_the_worker_makes_the_thumbnail_of_a_posted_picture(visitor: Visitor) -> None:
    visitor.sign_up()
    post = visitor.write("look at this", png(1200, 800)).json()

    answer = requests.get(thumbnail(visitor, post["id"]), timeout=30)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")


def test_the_worker_that_did_it_is_the_deployed_one(blog: MicroBlog, visitor: Visitor) -> None:
    visitor.sign_up()
    post = visitor.write("look at this", png(300, 200)).json()
    name = thumbnail(visitor, post["id"]).partition("?")[0].partition("/media/")[2]
    (task,) = blog.tasks("celery")

    wait_for(
        lambda: bool(
            re.search(rf"make_thumbnail\[\S+\] succeeded in .*{re.escape(name)}", blog.log(task))
        ),
        "the worker's log tells of it",
    )


# --- beat ---


def test_beat_sends_a_periodic_task_once_each_time_that_it_is_due(blog: MicroBlog) -> None:
    (task,) = blog.tasks("beat")

    def sent() -> list[float]:
        found = re.findall(
            r"(\d+):(\d+):(\d+),(\d+).*Sending due task daily-statistic", blog.log(task)
        )
        return [int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000 for h, m, s, ms in found]

    wait_for(lambda: len(sent()) >= 2, "two counts are due")

    pauses = [later - earlier for earlier, later in itertools.pairwise(sent())]
    assert min(pauses) > PERIOD - 1


def test_the_worker_does_each_periodic_task_once(blog: MicroBlog) -> None:
    (task,) = blog.tasks("celery")

    def done() -> list[str]:
        return re.findall(r"count_the_day\[(\S+)\] succeeded", blog.log(task))

    wait_for(lambda: len(done()) >= 2, "two counts are done")

    assert set(Counter(done()).values()) == {1}


def test_the_periodic_task_leaves_its_count(blog: MicroBlog, visitor: Visitor) -> None:
    visitor.sign_up()
    visitor.write("count me")

    wait_for(
        lambda: (
            blog.sql(
                "SELECT posts = (SELECT count(*) FROM posts_post WHERE created_at::date = day)"
                " FROM posts_dailystatistic ORDER BY day DESC LIMIT 1"
            )
            == [[True]]
        ),
        "today is counted",
    )


# --- administration ---


def test_an_administrator_logs_in_and_sees_the_posts(admin: Visitor, visitor: Visitor) -> None:
    visitor.sign_up()
    visitor.write("seen from the administration")

    answer = admin.get("/admin/posts/post/")

    assert answer.status_code == 200
    assert "seen from the administration" in answer.text


def test_the_administration_is_closed_to_others(visitor: Visitor) -> None:
    visitor.sign_up()

    answer = visitor.get("/admin/posts/post/")

    assert "/admin/login/" in answer.url


# --- static files ---


def test_each_static_file_that_a_page_names_is_served(admin: Visitor) -> None:
    page = admin.get("/admin/").text
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))

    answers = {path: admin.get(path) for path in named}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(
        named, 200
    )
    (style,) = [answer for path, answer in answers.items() if "/css/base." in path]
    assert style.headers["Content-Type"].startswith("text/css")
    assert style.headers["Cache-Control"] == "public, max-age=31536000, immutable"
