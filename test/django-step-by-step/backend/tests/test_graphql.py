from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from posts.models import Post

pytestmark = pytest.mark.django_db

FIELDS = "id text author { username } likeCount likedByMe"


def ask(client: APIClient, query: str, **variables: Any) -> Any:
    token = client.get("/api/csrf/").json()["csrfToken"]
    body = {"query": query, "variables": variables}
    response = client.post("/graphql/", body, format="json", headers={"X-CSRFToken": token})
    assert response.status_code == 200, response.content
    return response.json()


def test_posts_come_newest_first_in_one_query(
    visitor: APIClient, ann: User, django_assert_num_queries: Any
) -> None:
    for text in ("old", "new"):
        Post.objects.create(author=ann, text=text)
    with django_assert_num_queries(1):
        answer = ask(visitor, f"{{ posts {{ {FIELDS} }} me {{ username }} }}")
    assert [post["text"] for post in answer["data"]["posts"]] == ["new", "old"]
    assert answer["data"]["posts"][0]["author"] == {"username": "ann"}
    assert answer["data"]["me"] is None


def test_posts_are_cut_by_limit_and_offset(visitor: APIClient, ann: User) -> None:
    for number in range(5):
        Post.objects.create(author=ann, text=str(number))
    answer = ask(visitor, "{ posts(limit: 2, offset: 1) { text } }")
    assert answer["data"]["posts"] == [{"text": "3"}, {"text": "2"}]


def test_a_logged_in_user_writes_and_likes(visitor: APIClient, ann: User) -> None:
    visitor.force_login(ann)
    made = ask(visitor, f'mutation {{ createPost(text: "Hello") {{ {FIELDS} }} }}')
    post = made["data"]["createPost"]
    assert Post.objects.get().author == ann
    like = "mutation($id: ID!) { likePost(id: $id) { likeCount likedByMe } }"
    for _ in range(2):
        liked = ask(visitor, like, id=post["id"])
        assert liked["data"]["likePost"] == {"likeCount": 1, "likedByMe": True}
    unlike = like.replace("likePost", "unlikePost")
    unliked = ask(visitor, unlike, id=post["id"])
    assert unliked["data"]["unlikePost"] == {"likeCount": 0, "likedByMe": False}


@pytest.mark.parametrize(
    ("mutation", "message"),
    [
        ('createPost(text: " ") { id }', "This field cannot be blank."),
        ('likePost(id: "77") { id }', "There is no post 77."),
        ('likePost(id: "x") { id }', "There is no post x."),
    ],
)
def test_a_wrong_mutation_says_what_is_wrong(
    visitor: APIClient, ann: User, mutation: str, message: str
) -> None:
    visitor.force_login(ann)
    answer = ask(visitor, f"mutation {{ {mutation} }}")
    assert [error["message"] for error in answer["errors"]] == [message]


def test_a_mutation_needs_a_log_in(visitor: APIClient) -> None:
    answer = ask(visitor, 'mutation { createPost(text: "x") { id } }')
    assert answer["errors"][0]["message"] == "Log in first."
    assert not Post.objects.exists()


def test_a_mutation_needs_the_csrf_token(visitor: APIClient, ann: User) -> None:
    visitor.force_login(ann)
    body = {"query": 'mutation { createPost(text: "x") { id } }'}
    response = visitor.post("/graphql/", body, format="json")
    assert (response.status_code, Post.objects.count()) == (403, 0)
    assert "CSRF" in response.json()["detail"]


def test_a_mutation_does_not_travel_in_a_link(visitor: APIClient, ann: User) -> None:
    visitor.force_login(ann)
    visitor.get("/graphql/", {"query": 'mutation { createPost(text: "x") { id } }'})
    assert not Post.objects.exists()
