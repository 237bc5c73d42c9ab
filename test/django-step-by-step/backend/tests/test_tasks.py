from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from backend.celery_app import app
from posts import tasks
from posts.models import DailyStatistic, Like, Post
from posts.publish import publish

pytestmark = pytest.mark.django_db

MakeImage = Callable[..., SimpleUploadedFile]


def test_a_second_run_leaves_the_thumbnail_alone(ann: User, image: MakeImage, media: Path) -> None:
    post = publish(ann, "x", image())
    name = tasks.make_thumbnail(post.pk)
    assert tasks.make_thumbnail(post.pk) == ""
    post.refresh_from_db()
    assert post.thumbnail.name == name
    assert len(list((media / "thumbnails").iterdir())) == 1


def test_a_post_that_is_gone_or_bare_gets_no_thumbnail(ann: User) -> None:
    assert tasks.make_thumbnail(0) == ""
    assert tasks.make_thumbnail(publish(ann, "words only").pk) == ""


def test_the_sweep_makes_thumbnails_whose_message_was_lost(ann: User, image: MakeImage) -> None:
    posts = [publish(ann, "x", image()) for _ in range(3)]
    ages = (timedelta(0), timedelta(minutes=3), timedelta(days=2))
    for post, age in zip(posts, ages, strict=True):
        Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - age)
    assert tasks.make_missing_thumbnails() == 1
    for post in posts:
        post.refresh_from_db()
    assert [bool(post.thumbnail) for post in posts] == [False, True, False]


def test_the_day_is_counted_anew_each_time(ann: User, bob: User) -> None:
    post = publish(ann, "first")
    assert tasks.count_the_day() == 1
    publish(ann, "second")
    Like.objects.create(post=post, user=bob)
    assert tasks.count_the_day() == 2
    today = DailyStatistic.objects.get(day=timezone.now().date())
    assert (today.posts, today.likes, today.sign_ups) == (2, 1, 2)


def test_the_end_of_yesterday_is_counted_too(ann: User) -> None:
    post = publish(ann, "late")
    yesterday = timezone.now() - timedelta(days=1)
    Post.objects.filter(pk=post.pk).update(created_at=yesterday)
    tasks.count_the_day()
    assert DailyStatistic.objects.get(day=yesterday.date()).posts == 1


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled <= set(app.tasks)
    assert scheduled


def test_a_task_of_a_worker_that_died_is_another_workers_once_it_cannot_be_running() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    timeout = app.conf.broker_transport_options["visibility_timeout"]
    assert app.conf.task_time_limit < timeout < 3600
